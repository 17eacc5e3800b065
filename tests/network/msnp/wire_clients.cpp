// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_clients.hpp"

#include "core/base/text.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace msn::test {
namespace {

// "2024-05-17T09:08:07.654Z" (msncd-protocol(7) 13.2)
bool is_time(std::string_view word) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  if (word.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? word[i] < '0' || word[i] > '9' : word[i] != form[i]) return false;
  return true;
}

}  // namespace

WireClients::WireClients(const std::string& socket, const StreamPeer::Until& until, Poll poll)
    : until_(until),
      asking_(until, connect_to_unix(socket)),
      polling_(until, connect_to_unix(socket)),
      poll_(poll) {}

std::string WireClients::answer_line() {
  auto line = asking_.hear("\n");
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

std::string WireClients::event() {
  if (poll_ == Poll::plain) {
    poll_plain();
    auto event = std::move(taken_.front());
    taken_.pop_front();
    return event;
  }
  const auto line = polling_.ask("POLL EV MAX=1 WAIT=60\n");
  const auto words = split(line, ' ');
  if (words.size() < 4 || words[0] != "EV") throw std::runtime_error("no event but " + line);
  const auto cursor = parse_number(words[1]);
  if (!cursor || *cursor <= cursor_) throw std::runtime_error("the cursor does not rise: " + line);
  cursor_ = *cursor;
  if (!is_time(words[2])) throw std::runtime_error("that is no time: " + line);
  auto event = rest_of_event(line.substr(static_cast<std::size_t>(words[3].data() - line.data())));
  const auto end = polling_.hear("\n");
  const auto position = "POLLEND " + std::to_string(cursor_) + " ";
  if (!end.starts_with(position) ||
      !parse_number(end.substr(position.size(), end.size() - 1 - position.size())))
    throw std::runtime_error("the answer ends in " + end);
  return event;
}

std::string WireClients::rest_of_event(std::string event) {
  if (!event.starts_with("MSG ")) return event;
  for (auto lines = parse_number(split(event, ' ')[1]).value(); lines > 0; --lines)
    event += polling_.hear("\n");
  return event;
}

void WireClients::poll_plain() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (taken_.empty()) {
    auto line = polling_.ask("POLL\n");
    for (; line != "POLLEND\n"; line = polling_.hear("\n")) {
      if (line == "ERR ENOTCONN\n" || polling_.ended)
        throw std::runtime_error("no event but " + line);
      taken_.push_back(rest_of_event(line));
    }
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no event came");
    // No event yet.
    if (taken_.empty()) until_([turned = false]() mutable { return std::exchange(turned, true); });
  }
}

std::optional<std::string> WireClients::left_over() {
  for (auto* peer : {&asking_, &polling_}) {
    peer->listen();
    if (!peer->heard.empty()) return peer->heard;
    if (peer->ended) return "the end of a client's connection";
  }
  if (!taken_.empty()) return taken_.front();
  // Before the first login there is no queue.
  const auto queue = polling_.ask("POLL PEEK\n");
  const auto words = split(queue, ' ');
  if (queue == "ERR ENOTCONN\n" || (words[0] == "POLLEND" && words.back() == "0\n"))
    return std::nullopt;
  return queue;
}

}  // namespace msn::test
