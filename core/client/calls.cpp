// SPDX-License-Identifier: MIT
#include "core/client/calls.hpp"

#include "core/base/text.hpp"
#include "core/client/legacy.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>

namespace msn::client {
namespace {

using protocol::Answer;
using protocol::AnswerReader;
using protocol::AnswerShape;
using std::chrono::milliseconds;

// One exchange. An ERR answer is the error. `who`: the contact in the request.
Result<Answer> ask(Connection& connection, std::string_view unit,
                   AnswerShape shape = AnswerShape::line, milliseconds extra = {},
                   AnswerReader::OnEvent on_event = {}, std::string_view who = {}) {
  auto answer = connection.exchange(unit, shape, extra, std::move(on_event));
  if (answer && answer->error) {
    answer->error->message = std::move(answer->line);
    if (answer->error->code == ErrorCode::unknown_contact) answer->error->name = who;
    return fail(std::move(*answer->error));
  }
  return answer;
}

constexpr std::string_view carried_out = "it was carried out",
                           message_sent = "the message was sent";

// The same for a request that changes something.
Result<Answer> act(Connection& connection, std::string_view unit, milliseconds extra = {},
                   std::string_view what = carried_out, std::string_view who = {}) {
  auto answer = ask(connection, unit, AnswerShape::line, extra, {}, who);
  if (!answer) return fail(not_done(connection, std::move(answer.error()), what));
  return answer;
}

Result<void> order(Connection& connection, std::string_view unit) {
  auto answer = act(connection, unit);
  if (!answer) return fail(std::move(answer.error()));
  return {};
}

// If a Unix socket was closed before anything was sent, the daemon may have been restarted between
// two requests. Nothing was carried out, so the request is sent once more, to the new daemon.
template <class Attempt>
auto retry_if_unsent(const Connection& connection, const Attempt& attempt) {
  auto done = attempt();
  const bool is_new = !done && done.error().code == ErrorCode::no_daemon &&
                      connection.address().kind == pipe::Address::Kind::unix_socket;
  return is_new ? attempt() : done;
}

// The contact in the form for this daemon. msncd resolves nicks and ignores case (protocol 6.14).
Result<std::string> contact(const Connection& connection, std::string_view who) {
  if (connection.peer().legacy) return legacy::address(who);
  return std::string(who);
}

// The contact's address: the last word of the answer if that is an address, otherwise `who` (6.14).
std::string address_in(std::string_view text, std::string_view who) {
  const auto last = text.substr(text.rfind(' ') + 1);
  return std::string(last.find('@') == last.npos ? who : last);
}

std::string kind_of(const Peer& peer) {
  return peer.legacy ? "an original msncd" : "this msncd";
}

// Fails unless HELLO names the feature. For options without which a POLL would remove events
// (protocol 13.4).
Result<void> require(Connection& connection, std::string_view feature, std::string_view word) {
  if (auto answered = connection.hello(); !answered) return answered;
  if (connection.peer().has(feature)) return {};
  return fail(ErrorCode::unsupported, kind_of(connection.peer()) + " does not know " +
                                          std::string(word) +
                                          " and would remove the events: nothing was sent");
}

SendResult read_send_answer(std::string_view text, const protocol::SendMsg& message) {
  SendResult result;
  result.email = address_in(text, message.who);
  const auto words = split(text, ' ');
  // Without this word the daemon ignored the id, and will not report the outcome.
  if (!message.id || words.front() != *message.id) return result;
  result.id = message.id;
  if (words.size() > 1 && words[1] == "sent") result.state = SendResult::State::sent;
  if (words.size() > 1 && words[1] == "queued") result.state = SendResult::State::queued;
  return result;
}

}  // namespace

Error not_done(const Connection& connection, Error error, std::string_view what) {
  const bool lost = error.code == ErrorCode::daemon_timeout || error.code == ErrorCode::protocol ||
                    error.code == ErrorCode::no_daemon;
  if (!lost || !connection.unanswered()) return error;
  return {ErrorCode::unknown_outcome,
          error.message + "; it is not known whether " + std::string(what)};
}

Result<void> login(Connection& connection, const protocol::Login& login) {
  if (connection.peer().legacy)
    if (auto good = legacy::check_login(login); !good) return good;
  return order(connection, protocol::Login{to_lower_ascii(login.email), login.password}.encode());
}

// A legacy daemon would print the password on its standard output and create nothing.
Result<void> create_account(Connection& connection, const protocol::Register& account) {
  if (connection.peer().legacy)
    return fail(ErrorCode::unsupported,
                "an original msncd cannot create accounts: nothing was sent");
  return order(connection,
               protocol::Register{to_lower_ascii(account.email), account.password}.encode());
}

Result<void> change_password(Connection& connection, const protocol::Passwd& passwords) {
  if (connection.peer().legacy)
    return fail(ErrorCode::unsupported,
                "an original msncd cannot change passwords: nothing was sent");
  return order(connection, passwords.encode());
}

Result<void> logoff(Connection& connection) {
  const auto patience = connection.patience();
  const bool legacy = connection.peer().legacy;
  // A legacy daemon answers at once or has ended without an answer.
  constexpr milliseconds enough{2000};
  if (legacy) connection.set_patience(patience ? std::min(*patience, enough) : enough);
  auto done = order(connection, protocol::Logoff{}.encode());
  connection.set_patience(patience);
  if (done || legacy || done.error().code == ErrorCode::not_logged_in) return {};
  return done;
}

Result<void> set_status(Connection& connection, model::Status status) {
  return order(connection, protocol::SetStatus{status}.encode());
}

Result<std::vector<protocol::Attribute>> state(Connection& connection) {
  auto answer = ask(connection, protocol::encode_bare("STATE"), AnswerShape::attributes);
  if (!answer) return fail(std::move(answer.error()));
  return std::move(answer->attributes);
}

Result<void> nick(Connection& connection, std::string_view nick) {
  if (connection.peer().legacy) return fail(legacy::refusal("NICK"));
  return order(connection, protocol::Nick{std::string(nick)}.encode());
}

Result<void> priv(Connection& connection, model::Privacy privacy) {
  return order(connection, protocol::Priv{privacy}.encode());
}

Result<void> add(Connection& connection, std::string_view email, std::string_view nick) {
  if (connection.peer().legacy)
    if (auto named = legacy::address(email); !named) return fail(std::move(named.error()));
  auto added = act(connection, protocol::Add{std::string(nick), to_lower_ascii(email)}.encode(), {},
                   carried_out, email);
  if (!added) return fail(std::move(added.error()));
  return {};
}

Result<std::vector<protocol::Attribute>> info(Connection& connection, std::string_view who) {
  if (connection.peer().legacy) return fail(legacy::refusal("INFO"));
  auto answer = ask(connection, protocol::ContactRequest{"INFO", std::string(who)}.encode(),
                    AnswerShape::attributes, {}, {}, who);
  if (!answer) return fail(std::move(answer.error()));
  return std::move(answer->attributes);
}

Result<std::vector<protocol::ListEntry>> contacts(Connection& connection, List list) {
  // A legacy daemon does not need the option ASKS.
  const auto request = list == List::forward ? protocol::encode_bare("GETCL")
                       : list == List::reverse
                           ? protocol::GetReverse{!connection.peer().legacy}.encode()
                           : protocol::encode_bare("GETBL");
  auto answer = ask(connection, request, AnswerShape::contact_list);
  if (!answer) return fail(std::move(answer.error()));
  // A legacy daemon also lists words that are not addresses (protocol 9.4).
  std::erase_if(answer->contacts, [](const protocol::ListEntry& entry) {
    return entry.email.find('@') == std::string::npos;
  });
  return std::move(answer->contacts);
}

Result<std::string> contact_request(Connection& connection, std::string_view keyword,
                                    std::string_view who) {
  if (connection.peer().legacy && keyword == "DEL") return fail(legacy::refusal(keyword));
  auto named = contact(connection, who);
  if (!named) return named;
  auto answer =
      act(connection, protocol::ContactRequest{std::string(keyword), std::move(*named)}.encode(),
          {}, carried_out, who);
  if (!answer) return fail(std::move(answer.error()));
  return address_in(answer->text, who);
}

Result<std::string> ren(Connection& connection, std::string_view who, std::string_view nick) {
  auto named = contact(connection, who);
  if (!named) return named;
  auto answer = act(connection, protocol::Ren{std::move(*named), std::string(nick)}.encode(), {},
                    carried_out, who);
  if (!answer) return fail(std::move(answer.error()));
  return address_in(answer->text, who);
}

std::size_t text_size(const std::vector<std::string>& lines) {
  std::size_t size = lines.empty() ? 0 : 2 * (lines.size() - 1);
  for (const auto& line : lines) size += line.size();
  return size;
}

Result<std::size_t> text_limit(Connection& connection, std::size_t size) {
  namespace limits = protocol::limits;
  if (size <= limits::legacy_text) return limits::legacy_text;
  if (auto answered = retry_if_unsent(connection, [&] { return connection.hello(); }); !answered)
    return fail(std::move(answered.error()));
  if (!connection.peer().has("long")) return limits::legacy_text;
  if (!connection.peer().text_limit) {
    auto attributes = state(connection);
    if (!attributes) return fail(std::move(attributes.error()));
    std::size_t limit = limits::text;
    for (const auto& [name, value] : *attributes)
      if (name == "text_limit") limit = parse_number(value).value_or(limit);
    connection.set_text_limit(limit);
  }
  return *connection.peer().text_limit;
}

Result<SendResult> send(Connection& connection, const protocol::SendMsg& message) {
  // A legacy daemon would answer OK and drop a text over the limit (protocol 6.8).
  const std::size_t size = text_size(message.lines);
  const auto limit = text_limit(connection, size);
  if (!limit) return fail(limit.error());
  const Peer& peer = connection.peer();
  if (size > *limit)
    return fail(
        ErrorCode::too_long,
        "the text has " + std::to_string(size) +
            (message.lines.size() > 1 ? " bytes (each line break counts as two), " : " bytes, ") +
            kind_of(peer) + " accepts at most " + std::to_string(*limit) + ": use --split");
  if (message.lines.size() > protocol::limits::text_lines)
    return fail(ErrorCode::too_long, "the text has " + std::to_string(message.lines.size()) +
                                         " lines, a message can have at most " +
                                         std::to_string(protocol::limits::text_lines) +
                                         ": use --split");
  const bool reports = !peer.asked || peer.has("sendx");
  if (message.wait && !reports)
    return fail(ErrorCode::unsupported,
                kind_of(peer) +
                    " does not report the outcome of a message: nothing was sent; leave out "
                    "--confirm");
  if (peer.legacy) {
    auto units = legacy::units(message);
    if (!units) return fail(std::move(units.error()));
    for (const auto& unit : *units)
      if (auto sent = act(connection, unit, {}, message_sent); !sent)
        return fail(std::move(sent.error()));
    return SendResult{SendResult::State::accepted, std::nullopt, message.who};
  }
  protocol::SendMsg plain;
  if (message.id && !reports) plain = {message.who, message.lines, {}, {}};
  const auto& sent = message.id && !reports ? plain : message;
  auto answer = retry_if_unsent(connection, [&] {
    return act(connection, sent.encode(),
               message.wait ? milliseconds(*message.wait) : milliseconds{}, message_sent,
               message.who);
  });
  if (!answer) return fail(std::move(answer.error()));
  return read_send_answer(answer->text, sent);
}

Result<PollResult> poll(Connection& connection, const protocol::Poll& poll,
                        const AnswerReader::OnEvent& on_event) {
  if (poll.peek)
    if (auto known = require(connection, "peek", "PEEK"); !known) return fail(known.error());
  if (poll.queue)
    if (auto known = require(connection, "queue", "QUEUE"); !known) return fail(known.error());
  if (poll.from)
    if (auto known = require(connection, "from", "FROM"); !known) return fail(known.error());
  if (poll.last)
    if (auto known = require(connection, "last", "LAST"); !known) return fail(known.error());
  if (poll.since)
    if (auto known = require(connection, "since", "SINCE"); !known) return fail(known.error());
  if (poll.with)
    if (auto known = require(connection, "with", "WITH"); !known) return fail(known.error());
  PollResult result;
  std::optional<std::uint64_t> last;
  auto answer =
      ask(connection, poll.encode(), AnswerShape::poll,
          poll.wait ? milliseconds(*poll.wait) : milliseconds{}, [&](model::StampedEvent event) {
            ++result.events;
            last = event.stamp.cursor;
            if (on_event) on_event(std::move(event));
          });
  if (!answer) return fail(std::move(answer.error()));
  result.extended = answer->extended;
  result.cursor = std::move(answer->cursor);
  result.more = answer->more;
  result.storage_full = answer->storage_full;
  result.shared = answer->shared;
  if (connection.datagrams() && result.extended) {
    // No datagram was lost if POLLEND has the last event's cursor and, in the history, either
    // nothing follows or the answer has MAX= events.
    const bool whole = last && std::to_string(*last) == result.cursor;
    const bool full = !poll.history() || result.more == 0 || result.events == poll.max;
    if (!whole || !full) return fail(incomplete(connection));
  }
  return result;
}

Error incomplete(const Connection& connection) {
  return {ErrorCode::protocol,
          connection.address().text() +
              ": some datagrams of the answer were lost, and their events with them"};
}

Result<void> send_ack(Connection& connection, const protocol::Ack& ack) {
  if (!connection.datagrams()) return connection.send(ack.encode());
  auto answered = client::ack(connection, ack);
  return answered ? Result<void>() : fail(std::move(answered.error()));
}

Result<std::uint64_t> ack(Connection& connection, const protocol::Ack& ack) {
  if (ack.queue)
    if (auto known = require(connection, "queue", "QUEUE"); !known) return fail(known.error());
  auto answer = act(connection, ack.encode());
  if (!answer) return fail(std::move(answer.error()));
  return parse_number(answer->text.substr(0, answer->text.find(' '))).value_or(0);
}

Result<void> queue_new(Connection& connection, const protocol::QNew& queue) {
  return order(connection, queue.encode());
}

Result<void> queue_del(Connection& connection, std::string_view name) {
  return order(connection, protocol::QDel{std::string(name)}.encode());
}

Result<std::vector<protocol::QueueLine>> queue_list(Connection& connection) {
  auto answer = ask(connection, protocol::encode_bare("QLIST"), AnswerShape::queue_list);
  if (!answer) return fail(std::move(answer.error()));
  return std::move(answer->queues);
}

AnswerShape answer_shape(std::string_view unit) {
  const auto keyword = unit.substr(0, unit.find_first_of(" \r\n"));
  if (keyword == "POLL") return AnswerShape::poll;
  if (keyword == "GETCL" || keyword == "GETRCL" || keyword == "GETBL")
    return AnswerShape::contact_list;
  if (keyword == "QLIST") return AnswerShape::queue_list;
  if (keyword == "INFO" || keyword == "STATE") return AnswerShape::attributes;
  return AnswerShape::line;
}

bool only_asks(std::string_view unit) {
  const auto keyword = unit.substr(0, unit.find_first_of(" \r\n"));
  return keyword == "HELLO" || answer_shape(unit) != AnswerShape::line;
}

}  // namespace msn::client
