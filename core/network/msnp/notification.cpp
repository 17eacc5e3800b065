// SPDX-License-Identifier: MIT
#include "core/network/msnp/notification.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/mime.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {

// Clears everything that belongs to one connection.
void Notification::clear() {
  ready_ = false;
  reader_ = CommandReader(CommandReader::From::server);
  ping_at_ = pong_deadline_ = std::nullopt;
  questions_.clear();
  early_.clear();
}

void Notification::login(const HostPort& server, bool first, SteadyTime now) {
  now_ = now;
  clear();
  login_.begin(server, first, now);
}

void Notification::end() {
  if (ready_) out_.emplace_back(ns::Say{command({"OUT"})});
  if (ready_ || login_.in_progress()) out_.emplace_back(ns::HangUp{});
  login_.give_up();
  lists_.end();
  clear();
}

void Notification::lose_session(Loss loss, std::string why) {
  out_.emplace_back(ns::HangUp{});
  lists_.lost();
  clear();
  out_.emplace_back(ns::SessionLost{loss, std::move(why)});
}

void Notification::connected(SteadyTime now) {
  now_ = now;
  login_.connected(now);
}

void Notification::closed(std::string_view why, SteadyTime now) {
  now_ = now;
  if (ready_) {
    lose_session(Loss::broken, std::string(why));
  } else if (login_.in_progress()) {
    reader_ = CommandReader(CommandReader::From::server);
    login_.closed(why);
  }
}

void Notification::feed(std::string_view bytes) {
  if (ready_ || login_.listens()) reader_.feed(bytes);
}

bool Notification::step(SteadyTime now) {
  now_ = now;
  if (!ready_ && !login_.listens()) return false;
  const auto next = reader_.next();
  if (!next) {
    closed("the server sent invalid data (" + next.error().message + ")", now);
    return false;
  }
  if (!*next) return false;
  on_command(**next);
  if (login_.complete()) become_ready();
  if (!ready_ && !login_.listens()) reader_ = CommandReader(CommandReader::From::server);
  return true;
}

void Notification::on_command(const Command& line) {
  const auto verb = line.verb();
  if (const auto number = error_number(verb)) {
    on_error(line, *number);
  } else if (verb == "NLN" || verb == "ILN") {
    auto presence = ready_ ? read_presence(line) : std::nullopt;
    if (presence) out_.emplace_back(std::move(*presence));
  } else if (verb == "FLN") {
    auto email = model::parse_email(line.word(1));
    if (ready_ && email) out_.emplace_back(ns::WentOffline{std::move(*email)});
  } else if (verb == "LST" || verb == "BPR" || verb == "PRP" || verb == "BLP" || verb == "GTC") {
    lists_.received(line, now_);
    if (!ready_) login_.received(line, now_);
  } else if (verb == "ADC" || verb == "ADD" || verb == "REM") {
    // Transaction 0: a change by others. During the login it may be missing in the lists, so it is
    // handled after them.
    if (ready_)
      lists_.received(line, now_);
    else if (login_.receives_lists() && line.word(1) == "0" &&
             early_.size() + line.line().size() < limits::early_changes)
      early_.append(line.line()).append("\n");
  } else if (verb == "CHG" || verb == "SBP" || verb == "REA") {
    lists_.received(line, now_);
  } else if (verb == "RNG") {
    on_ring(line);
  } else if (verb == "XFR") {
    on_transfer(line);
  } else if (verb == "QNG") {
    on_pong(line);
  } else if (verb == "CHL") {
    on_challenge(line);
  } else if (verb == "QRY") {
    questions_.take(line);
  } else if (verb == "MSG") {
    on_message(line);
  } else if (verb == "OUT") {
    on_out(line);
  } else if (!ready_) {
    login_.received(line, now_);
  }
}

void Notification::become_ready() {
  const auto changes = contact_lists_.end_sync(login_.first());
  login_.finish();
  ready_ = true;
  ping_at_ = now_ + timing_.ping;
  out_.emplace_back(ns::Ready{changes});
  lists_.ready(login_.dialect(), changes, now_);
  const auto early = std::exchange(early_, {});
  for (const auto line : split(early, '\n')) lists_.received(Command(line), now_);
}

void Notification::on_error(const Command& line, int number) {
  if (lists_.received(line, now_)) return;
  if (const auto email = questions_.take(line)) {
    if (!email->empty())
      out_.emplace_back(ns::Switchboard{
          *email, fail(ErrorCode::login_refused, std::string(error_text(number)), number)});
  } else if (!ready_) {
    login_.refused(number);
  } else {
    out_.emplace_back(
        Note{"unexpected error from the server: " + visible(line.line().substr(0, 100))});
  }
}

void Notification::on_transfer(const Command& line) {
  if (!ready_) {
    questions_.clear();  // the login starts from scratch
    early_.clear();
    login_.received(line, now_);
    return;
  }
  if (line.word(2) == "NS") {
    lose_session(Loss::broken, "the server redirected the session to another server");
    return;
  }
  const auto email = questions_.take(line);
  if (!email) return;
  const auto at = switchboard_at(line.word(3));
  if (line.word(2) == "SB" && at && line.word(4) == "CKI" && !line.word(5).empty())
    out_.emplace_back(ns::Switchboard{*email, SwitchboardTicket{*at, std::string(line.word(5))}});
  else
    out_.emplace_back(ns::Switchboard{
        *email, fail(ErrorCode::network, "the server sent no valid switchboard address")});
}

// As with XFR NS, only a local server may name a loopback or link-local address.
std::optional<HostPort> Notification::switchboard_at(std::string_view word) const {
  auto at = parse_host_port(word, limits::port + 1);
  if (at && is_on_this_link(at->host) && !is_on_this_link(login_.server().host)) at.reset();
  return at;
}

void Notification::ask_switchboard(std::string email, SteadyTime now) {
  now_ = now;
  ask(std::move(email), command({"XFR", std::to_string(++trid_), "SB"}));
}

void Notification::ask(std::string email, std::string command) {
  questions_.add(trid_, command, std::move(email), now_ + timing_.transaction);
  out_.emplace_back(ns::Say{std::move(command)});
}

void Notification::on_challenge(const Command& line) {
  if (!ready_ && !login_.receives_lists()) return;
  if (questions_.size() > limits::open_transactions) return;
  ask({}, login_.dialect().answer_challenge(std::to_string(++trid_), line.word(2)));
}

void Notification::ping(SteadyTime now) {
  ping_at_.reset();
  pong_deadline_ = now + timing_.ping_answer;
  out_.emplace_back(ns::Say{command({"PNG"})});
}

void Notification::on_pong(const Command& line) {
  if (!ready_) return;
  pong_deadline_.reset();
  auto next = timing_.ping;
  if (const auto seconds = parse_number(line.word(1), 5))
    next = std::chrono::seconds(std::clamp<std::uint64_t>(*seconds, 5, 300));
  ping_at_ = now_ + next;
  out_.emplace_back(ns::Pong{});
}

void Notification::on_out(const Command& line) {
  // OUT OTH before USR OK is an ordinary failure.
  const bool inside = ready_ || login_.receives_lists();
  const auto loss = line.word(1) == "SSD"             ? Loss::maintenance
                    : line.word(1) == "OTH" && inside ? Loss::elsewhere
                                                      : Loss::broken;
  const std::string why = loss == Loss::maintenance ? "the server is going down for maintenance"
                          : loss == Loss::elsewhere ? "logged in elsewhere"
                          : inside                  ? "the server ended the session"
                                                    : "the server ended the login";
  if (ready_)
    lose_session(loss, why);
  else if (loss == Loss::elsewhere)  // OUT has no error number; 207 means the same
    login_.fail({ErrorCode::login_refused,
                 std::string(error_text(207)) + ": another client has logged in", 207},
                loss);
  else
    login_.fail({ErrorCode::network, why}, loss);
}

void Notification::on_ring(const Command& line) {
  const auto at = switchboard_at(line.word(2));
  auto caller = model::parse_email(line.word(5));
  const bool whole = at && !line.word(1).empty() && line.word(3) == "CKI" && !line.word(4).empty();
  if (!ready_ || !whole || !caller) return;
  out_.emplace_back(
      ns::Ring{{*at, std::string(line.word(4))}, std::string(line.word(1)), std::move(*caller)});
}

void Notification::on_message(const Command& line) {
  const auto mime = parse_mime(line.payload());
  if (mime.content_type() != "application/x-msmsgssystemmessage") return;
  // The fields are in the body, in the format of headers; some servers send them as headers.
  const auto body = parse_mime(mime.body);
  const auto type = mime.header("Type").empty() ? body.header("Type") : mime.header("Type");
  const auto minutes = mime.header("Arg1").empty() ? body.header("Arg1") : mime.header("Arg1");
  if (type == "1")
    out_.emplace_back(Note{"the server will go down for maintenance in " +
                           std::string(minutes.substr(0, 20)) + " minutes"});
}

std::optional<SteadyTime> Notification::deadline() const {
  return earliest(
      {login_.deadline(), lists_.deadline(), ping_at_, pong_deadline_, questions_.deadline()});
}

void Notification::on_time(SteadyTime now) {
  now_ = now;
  const auto passed = [&](const std::optional<SteadyTime>& at) { return at && *at <= now; };
  login_.on_time(now);
  if (passed(pong_deadline_)) {
    lose_session(Loss::silent, "the server does not answer");
    return;
  }
  if (passed(ping_at_)) ping(now);
  lists_.on_time(now);
  while (const auto late = questions_.expire(now))
    if (!late->empty())
      out_.emplace_back(
          ns::Switchboard{*late, fail(ErrorCode::network, "the server did not answer")});
}

}  // namespace msn::network::msnp
