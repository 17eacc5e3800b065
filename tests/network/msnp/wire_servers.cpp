// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_servers.hpp"

#include "core/network/msnp/codec.hpp"
#include "tests/network/msnp/wire_rows.hpp"

#include <stdexcept>
#include <utility>

namespace msn::test {

using network::msnp::Command;

WireServers::WireServers(asio::io_context& loop, const std::string& directory, Wait wait,
                         std::size_t chop)
    : wait_(std::move(wait)), chop_(chop), ca_file_(directory + "/cert.pem") {
  make_certificate(ca_file_, directory + "/key.pem");
  https_ = std::make_unique<HttpsServer>(loop, ca_file_, directory + "/key.pem",
                                         [this](const HttpsRequest& r) { return on_https(r); });
  ns_ = std::make_unique<MsnListener>(loop, [this](auto link) { arrive("NS", link); });
  sb_ = std::make_unique<MsnListener>(loop, [this](auto link) { arrive("SB", link); });
}

WireServers::~WireServers() {
  for (auto& [name, line] : named_) line->link->close();
  for (auto& [kind, waiting] : arrived_)
    for (auto& line : waiting) line->link->close();
}

void WireServers::arrive(const std::string& kind, std::shared_ptr<MsnLink> link) {
  auto line = std::make_shared<Line>();
  line->link = link;
  link->start(
      [line](MsnLink&, const Command& c) {
        line->heard.push_back(std::string(c.line()) +
                              (c.payload().empty() ? "" : "\n" + std::string(c.payload())));
      },
      [line](MsnLink&) { line->closed = true; });
  arrived_[kind].push_back(line);
}

HttpsReply WireServers::on_https(const HttpsRequest& request) {
  asked_.push_back(request);
  HttpsReply reply{500};
  if (replies_.empty()) return reply;
  const auto text = expand(std::move(replies_.front()));
  replies_.pop_front();
  if (text == "silence") {
    reply.silent = true;
    return reply;
  }
  if (text.starts_with("raw ")) {
    reply.raw = unescape(text.substr(4));
    return reply;
  }
  reply.status = std::stoi(text);
  auto rest = text.find(' ') == text.npos ? std::string() : text.substr(text.find(' ') + 1);
  for (std::size_t at = 0; at < rest.size();) {
    const auto end = std::min(rest.find(" ;; ", at), rest.size());
    const auto header = rest.substr(at, end - at);
    const auto colon = header.find(": ");
    reply.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
    at = end + 4;
  }
  return reply;
}

std::string WireServers::expand(std::string text) const {
  const std::pair<std::string, std::string> names[] = {
      {"$NS", "127.0.0.1:" + std::to_string(ns_->port())},
      {"$SB", "127.0.0.1:" + std::to_string(sb_->port())},
      {"$HTTPS", "https://localhost:" + std::to_string(https_->port())}};
  for (const auto& [name, value] : names)
    for (auto at = text.find(name); at != text.npos; at = text.find(name))
      text.replace(at, name.size(), value);
  return text;
}

WireServers::Line& WireServers::line(const std::string& name) {
  const auto found = named_.find(name);
  if (found == named_.end()) throw std::runtime_error("no connection " + name);
  return *found->second;
}

void WireServers::connection(const std::string& name, const std::string& what) {
  if (what == "connects") {
    auto& waiting = arrived_[name.substr(0, 2)];
    wait_([&] { return !waiting.empty(); }, "no connection");
    named_[name] = waiting.front();
    waiting.pop_front();
  } else if (what == "closes") {
    line(name).link->close_after_sending();
  } else if (what == "breaks") {
    line(name).link->close();
  } else if (what == "closed") {
    wait_([&] { return line(name).closed; }, "it was not closed");
  } else {
    throw std::runtime_error("connects, closes, breaks or closed?");
  }
}

void WireServers::say(const std::string& name, std::string bytes) {
  line(name).link->send(std::move(bytes), chop_);
}

std::string WireServers::hear(const std::string& name) {
  auto& from = line(name);
  wait_([&] { return !from.heard.empty() || from.closed; }, "no command was received");
  if (from.heard.empty()) throw std::runtime_error("the connection was closed instead");
  auto said = std::move(from.heard.front());
  from.heard.pop_front();
  return said;
}

std::string WireServers::next_request() {
  wait_([&] { return !asked_.empty(); }, "no HTTPS request");
  const auto request = std::move(asked_.front());
  asked_.pop_front();
  auto said = request.method + " " + request.target;
  const auto header = request.headers.find("authorization");
  if (header != request.headers.end()) said += " " + header->second;
  return said;
}

std::optional<std::string> WireServers::left_over() const {
  for (const auto& [name, line] : named_)
    if (!line->heard.empty()) return "on " + name + ": " + line->heard.front();
  for (const auto& [kind, waiting] : arrived_)
    if (!waiting.empty()) return "a connection to " + kind;
  if (!asked_.empty()) return "an HTTPS request for " + asked_.front().target;
  if (!replies_.empty()) return "no HTTPS request for the answer " + replies_.front();
  return std::nullopt;
}

}  // namespace msn::test
