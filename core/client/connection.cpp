// SPDX-License-Identifier: MIT
#include "core/client/connection.hpp"

#include "core/base/text.hpp"
#include "core/pipe/recording.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/request.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace msn::client {
namespace {

using protocol::Answer;
using protocol::AnswerReader;
using protocol::AnswerShape;

// Is it a request of protocol 13, which a legacy daemon does not know?
bool is_extension(std::string_view unit) {
  constexpr std::array<std::string_view, 14> keywords{
      "STATE", "ACK",   "QNEW",  "QDEL",    "QLIST", "TYPE",     "REN",
      "BLOCK", "GETBL", "ALLOW", "UNBLOCK", "DENY",  "REGISTER", "PASSWD"};
  const auto keyword = unit.substr(0, unit.find_first_of(" \n"));
  return std::find(keywords.begin(), keywords.end(), keyword) != keywords.end();
}

}  // namespace

bool Peer::has(std::string_view feature) const {
  return std::find(features.begin(), features.end(), feature) != features.end();
}

Connection::Connection(std::unique_ptr<pipe::Pipe> pipe, pipe::Address address,
                       pipe::Patience patience, Trace trace)
    : pipe_(std::move(pipe)),
      address_(std::move(address)),
      patience_(patience),
      trace_(std::move(trace)) {
  const auto greeting = pipe_->greeting();
  if (greeting.empty()) return;
  if (trace_) {
    const auto token = greeting.rfind("SYNC=");
    trace_('>', "HELLO " + std::string(greeting.substr(std::min(token, greeting.size()))));
    trace_('<', greeting);
  }
  learn(greeting);
}

Result<Connection> Connection::open(const pipe::Address& address, pipe::Patience patience,
                                    Trace trace) {
  auto pipe = pipe::open(address, patience);
  if (!pipe) return fail(std::move(pipe.error()));
  Connection connection(std::move(*pipe), address, patience, std::move(trace));
  if (address.kind == pipe::Address::Kind::udp)
    if (auto answered = connection.hello(); !answered) return fail(std::move(answered.error()));
  return connection;
}

Connection Connection::recording(const pipe::Address& address, std::vector<std::string>& units) {
  Connection connection(pipe::make_recording(units), address, std::nullopt);
  // Cannot fail, because a recorded pipe answers every request.
  if (address.kind == pipe::Address::Kind::udp) (void)connection.hello();
  if (address.kind == pipe::Address::Kind::fifo) connection.learn(pipe::empty_answer("HELLO\n"));
  return connection;
}

// "OK msncd/1 utf8 pct SYNC=7f3a"
void Connection::learn(std::string_view greeting) {
  peer_ = {};
  peer_.asked = true;
  if (greeting.substr(0, 2) != "OK") {
    peer_.legacy = true;
    return;
  }
  while (!greeting.empty() && (greeting.back() == '\n' || greeting.back() == '\r'))
    greeting.remove_suffix(1);
  constexpr std::string_view name = "msncd/";
  for (const auto word : split(greeting.substr(2), ' ')) {
    if (word.empty() || word.substr(0, 5) == "SYNC=") continue;
    if (peer_.version.empty() && word.substr(0, name.size()) == name)
      peer_.version = word.substr(name.size());
    else
      peer_.features.emplace_back(word);
  }
}

Result<void> Connection::hello() {
  if (peer_.asked) return {};
  auto answer = exchange("HELLO\n", AnswerShape::line);
  if (!answer) return fail(std::move(answer.error()));
  if (answer->error &&
      (answer->error->code == ErrorCode::permission || answer->error->code == ErrorCode::busy)) {
    answer->error->message = answer->line;
    return fail(std::move(*answer->error));
  }
  learn(answer->line);
  return {};
}

AnswerReader Connection::reader(AnswerShape shape, AnswerReader::OnEvent on_event) const {
  const auto binding =
      pipe_->datagrams() ? AnswerReader::Binding::datagram : AnswerReader::Binding::stream;
  // msncd and every daemon with the feature `pct` encode nicks (protocol 6.10).
  const bool percent_nicks = !peer_.asked || peer_.has("pct");
  return AnswerReader(shape, binding, percent_nicks, std::move(on_event));
}

Result<Answer> Connection::exchange(std::string_view unit, AnswerShape shape,
                                    std::chrono::milliseconds extra,
                                    AnswerReader::OnEvent on_event) {
  auto answers = reader(shape, std::move(on_event));
  if (auto done = converse(unit, answers, extra, nullptr); !done)
    return fail(std::move(done.error()));
  Answer answer = answers.take();
  if (answer.error) {
    auto& code = answer.error->code;
    // Without a session a legacy daemon answers ENOTCONN to unknown keywords (protocol 13.1 (2)).
    if (code == ErrorCode::unknown_request ||
        (code == ErrorCode::not_logged_in && peer_.legacy && is_extension(unit)))
      code = ErrorCode::unsupported;
  }
  return answer;
}

Result<std::string> Connection::exchange_raw(std::string_view unit, AnswerShape shape,
                                             std::chrono::milliseconds extra) {
  auto answers = reader(shape, {});
  std::string bytes;
  if (auto done = converse(unit, answers, extra, &bytes); !done)
    return fail(std::move(done.error()));
  return bytes;
}

Result<void> Connection::send(std::string_view unit) {
  // The next client of a FIFO would read an answer that is left in it.
  if (address_.kind == pipe::Address::Kind::fifo) {
    auto answer = exchange(unit, AnswerShape::line);
    return answer ? Result<void>{} : fail(std::move(answer.error()));
  }
  if (auto ready = prepare(unit); !ready) return ready;
  if (auto sent = transmit(unit); !sent) return sent;
  ++unread_answers_;
  return {};
}

// A password is sent only to a daemon of the same user or of root.
Result<void> Connection::check_server() const {
  const auto server = pipe_->server();
  if (!server || *server == 0 || *server == ::geteuid()) return {};
  return fail(ErrorCode::no_access,
              "the daemon at " + address_.text() + " belongs to another user (user ID " +
                  std::to_string(*server) + "), so the password was not sent; log in as that user");
}

// Checks `unit`, and prepares the pipe for it.
Result<void> Connection::prepare(std::string_view unit) {
  if (protocol::masked(unit) != unit)
    if (auto ours = check_server(); !ours) return ours;
  // A legacy daemon would cut the request silently (protocol 2.1).
  if (peer_.legacy && unit.size() > protocol::limits::legacy_datagram)
    return fail(ErrorCode::too_long, "an original msncd accepts at most " +
                                         std::to_string(protocol::limits::legacy_datagram) +
                                         " bytes in one request");
  if (broken_) {
    unread_answers_ = 0;
    received_line_.clear();
    if (auto renewed = pipe_->renew(patience_); !renewed) return renewed;
    broken_ = false;
  }
  // On a stream read_answer() skips the unread answers, which come first.
  while (unread_answers_ > 0 && pipe_->datagrams()) {
    auto bytes = receive({});
    if (!bytes) return fail(std::move(bytes.error()));
    --unread_answers_;
  }
  return {};
}

Result<void> Connection::transmit(std::string_view unit) {
  if (trace_) trace_sent(unit);
  auto sent = pipe_->send(unit, patience_);
  // A part of the unit may have been sent, so the pipe cannot be used any more.
  if (!sent && sent.error().code != ErrorCode::too_long) broken_ = true;
  return sent;
}

Result<std::string_view> Connection::receive(std::chrono::milliseconds extra) {
  auto bytes = pipe_->receive(patience_ ? pipe::Patience(*patience_ + extra) : std::nullopt);
  if (!bytes) broken_ = true;
  // receive() fails with no_daemon only if the request was not sent.
  if (!bytes && bytes.error().code == ErrorCode::no_daemon) unanswered_ = false;
  if (bytes && trace_) trace_received(*bytes);
  return bytes;
}

// Removes the answers to send(), which precede the one being read.
std::string_view Connection::skip_unread_answers(std::string_view bytes) {
  while (unread_answers_ > 0 && !bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == bytes.npos) return {};
    bytes.remove_prefix(end + 1);
    --unread_answers_;
  }
  return bytes;
}

Result<void> Connection::read_answer(AnswerReader& answers, std::chrono::milliseconds extra,
                                     std::string* copy) {
  bool any = false;
  while (!answers.complete()) {
    auto bytes = receive(extra);
    if (!bytes) return fail(std::move(bytes.error()));
    if (bytes->empty()) {
      broken_ = true;
      // A daemon that ends does not answer requests that wait.
      if (!any && extra.count() > 0)
        return fail(ErrorCode::no_daemon, "msncd at " + address_.text() + " has ended");
      if (!any) return fail(ErrorCode::protocol, address_.text() + " closed without an answer");
      auto finished = answers.finish();
      if (finished) return {};
      return fail(ErrorCode::protocol, address_.text() + " closed in the middle of its answer: " +
                                           finished.error().message);
    }
    const auto rest = skip_unread_answers(*bytes);
    if (rest.empty()) continue;
    any = true;
    if (copy) {
      *copy += rest;
      if (pipe_->datagrams() && copy->back() != '\n') *copy += '\n';
    }
    if (auto fed = answers.feed(rest); !fed) {
      broken_ = true;
      unanswered_ = false;  // there is an answer, though not one of the protocol
      return fed;
    }
  }
  return {};
}

Result<void> Connection::converse(std::string_view unit, AnswerReader& answers,
                                  std::chrono::milliseconds extra, std::string* copy) {
  unanswered_ = false;
  if (auto ready = prepare(unit); !ready) return ready;
  if (auto sent = transmit(unit); !sent) return sent;
  unanswered_ = true;
  auto done = read_answer(answers, extra, copy);
  if (done) unanswered_ = false;
  if (trace_) trace_rest();
  return done;
}

void Connection::trace_sent(std::string_view unit) const {
  const std::string shown = protocol::masked(unit);
  std::string_view lines = shown;
  if (!lines.empty() && lines.back() == '\n') lines.remove_suffix(1);
  for (const auto line : split(lines, '\n')) trace_('>', line);
}

void Connection::trace_received(std::string_view bytes) {
  received_line_ += bytes;
  std::string_view rest = received_line_;
  for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    trace_('<', rest.substr(0, end > 0 && rest[end - 1] == '\r' ? end - 1 : end));
    rest.remove_prefix(end + 1);
  }
  received_line_.erase(0, received_line_.size() - rest.size());
  if (pipe_->datagrams()) trace_rest();  // a datagram ends its line
}

void Connection::trace_rest() {
  if (!received_line_.empty()) trace_('<', received_line_);
  received_line_.clear();
}

}  // namespace msn::client
