// SPDX-License-Identifier: MIT
#include "core/network/msnp/notification.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/mime.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace msn::network::msnp {
namespace {

// MSNP11 alone first: servers take the version they like best of those offered, not the first.
constexpr std::array<std::array<std::string_view, 2>, 2> offers{
    {{"MSNP11", "CVR0"}, {"MSNP12", "MSNP8"}}};

}  // namespace

// Most frequent first; the rest of what servers send needs no action.
const Notification::Row Notification::rows[] = {
    {"LST", &Notification::on_list_entry}, {"BPR", &Notification::on_property},
    {"NLN", &Notification::on_online},     {"ILN", &Notification::on_online},
    {"FLN", &Notification::on_offline},    {"RNG", &Notification::on_ring},
    {"XFR", &Notification::on_transfer},   {"QNG", &Notification::on_pong},
    {"CHG", &Notification::on_answer},     {"ADC", &Notification::on_add},
    {"ADD", &Notification::on_add},        {"REM", &Notification::on_remove},
    {"PRP", &Notification::on_property},   {"REA", &Notification::on_answer},
    {"SBP", &Notification::on_answer},     {"BLP", &Notification::on_mode},
    {"GTC", &Notification::on_mode},       {"QRY", &Notification::on_answer},
    {"CHL", &Notification::on_challenge},  {"LSG", &Notification::on_group},
    {"SYN", &Notification::on_sync},       {"MSG", &Notification::on_message},
    {"OUT", &Notification::on_out},        {"VER", &Notification::on_version},
    {"CVR", &Notification::on_client},     {"USR", &Notification::on_user},
};

// A dialogue ended, wherever it stood: nothing of it is for the next one.
void Notification::clear_dialogue() {
  had_ticket_ = false;
  transactions_.clear();
  behind_.clear();
  last_listed_.clear();
  early_.clear();
  said_open_ = said_ask_ = std::nullopt;
  book_.abandon_sync();
}

void Notification::reset() {
  phase_ = Phase::idle;
  ++generation_;
  reader_ = CommandReader(CommandReader::From::server);
  trid_ = 0;
  login_deadline_ = step_deadline_ = ping_at_ = pong_deadline_ = std::nullopt;
  clear_dialogue();
  // Whoever waits was promised one answer; the verb may have reached the server or not.
  for (auto waiting = std::exchange(waiting_, {}); const auto& [token, until] : waiting)
    owner_.ns_finished(token, fail(ErrorCode::not_logged_in, "the session ended meanwhile"));
}

void Notification::login(const HostPort& server, bool first, SteadyTime now) {
  leave();
  now_ = now;
  first_ = first;
  offer_ = good_offer_;
  redirects_ = 0;
  login_deadline_ = now + timing_.login;
  restart(server);
}

void Notification::restart(const HostPort& server) {
  reader_ = CommandReader(CommandReader::From::server);
  trid_ = 0;
  clear_dialogue();
  server_ = server;
  phase_ = Phase::connecting;
  ++generation_;
  step_deadline_ = now_ + timing_.connect;
  owner_.ns_connect(server);
}

void Notification::leave() {
  if (phase_ == Phase::idle) return;
  if (phase_ == Phase::ready) owner_.ns_send(command({"OUT"}));
  owner_.ns_hang_up();
  (void)set_aside();
  reset();
}

void Notification::fail_login(Error error, Loss loss) {
  owner_.ns_hang_up();
  reset();
  good_offer_ = 0;  // another server may stand there the next time
  owner_.ns_failed(std::move(error), loss);
}

void Notification::lose(Loss loss, std::string why) {
  owner_.ns_hang_up();
  auto unsettled = set_aside();
  reset();
  owner_.ns_lost(loss, std::move(why), std::move(unsettled));
}

std::string Notification::next_trid() {
  return std::to_string(++trid_);
}

// One question of the login; the answer has so long.
void Notification::ask(std::string octets) {
  step_deadline_ = now_ + timing_.step;
  owner_.ns_send(std::move(octets));
}

void Notification::offer_versions() {
  phase_ = Phase::version;
  const auto& [one, other] = offers[offer_];
  if (offer_ == 0)
    ask(command({"VER", next_trid(), one, other}));
  else
    ask(command({"VER", next_trid(), one, other, "CVR0"}));
}

void Notification::connected(SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::connecting) offer_versions();
}

void Notification::closed(std::string_view why, SteadyTime now) {
  now_ = now;
  switch (phase_) {
    case Phase::idle:
      return;
    case Phase::ready:
      lose(Loss::broken, std::string(why));
      return;
    case Phase::version:
      // Some servers close without a word when they know none of the versions.
      if (offer_ + 1 < offers.size()) {
        ++offer_;
        restart(server_);
        return;
      }
      [[fallthrough]];
    default:
      fail_login({ErrorCode::network, std::string(why)});
      return;
  }
}

void Notification::received(std::string_view octets, SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::idle || phase_ == Phase::connecting) return;
  reader_.feed(octets);
  const auto generation = generation_;
  while (generation == generation_) {
    auto next = reader_.next();
    if (!next) {
      closed("the server sent what cannot be read (" + next.error().message + ")", now);
      return;
    }
    if (!*next) return;
    on_command(**next);
  }
}

void Notification::on_command(const Command& line) {
  const auto verb = line.verb();
  for (const auto& row : rows) {
    if (row.verb != verb) continue;
    (this->*row.handler)(line);
    return;
  }
  if (const auto number = error_number(verb)) on_error(line, *number);
}

void Notification::on_error(const Command& line, int number) {
  if (auto operation = take(line)) {
    step_failed(std::move(*operation), number, {});
    return;
  }
  if (phase_ != Phase::ready) {
    std::string text(error_text(number));
    if (number == 911 && had_ticket_)
      text +=
          ": the password is right, but the server does not know the address in small letters,"
          " which is how msncd sends it";
    if (is_temporary(number))
      fail_login({ErrorCode::network, std::to_string(number) + ' ' + text});
    else
      fail_login({ErrorCode::login_refused, std::move(text), number});
    return;
  }
  owner_.ns_note("unexpected error " + visible(line.line().substr(0, 100)));
}

void Notification::on_version(const Command& line) {
  if (phase_ != Phase::version) return;
  for (std::size_t i = 2; i < line.size(); ++i) {
    if (const auto version = version_from_name(line.word(i))) {
      dialect_ = Dialect(*version);
      phase_ = Phase::client;
      ask(dialect_.cvr(next_trid(), self_.email));
      return;
    }
  }
  if (offer_ + 1 < offers.size()) {
    ++offer_;
    restart(server_);
    return;
  }
  fail_login({ErrorCode::network, "the server speaks none of MSNP11, MSNP12 and MSNP8"});
}

void Notification::on_client(const Command&) {
  if (phase_ != Phase::client) return;
  phase_ = Phase::user;
  ask(command({"USR", next_trid(), "TWN", "I", self_.email}));
}

void Notification::on_user(const Command& line) {
  if (phase_ == Phase::user && line.word(2) == "TWN" && line.word(3) == "S") {
    phase_ = Phase::ticket;
    step_deadline_.reset();  // the HTTPS requests have deadlines of their own
    // It goes into a header line.
    owner_.ns_fetch_ticket(without_controls(line.rest(4)));
    return;
  }
  if (phase_ != Phase::password || line.word(2) != "OK") return;
  if (dialect_.version() == Version::msnp8) {
    // "USR 4 OK address name 1 0", where the name may be missing.
    const bool nameless =
        line.size() == 6 && parse_number(line.word(4), 1) && parse_number(line.word(5), 1);
    auto name = nameless ? std::string() : decode_name(line.word(4));
    self_.nick = name == self_.email ? std::string() : std::move(name);
  }
  phase_ = Phase::lists;
  lists_left_ = groups_left_ = 0;
  ask(dialect_.sync(next_trid()));
}

void Notification::ticket(Result<std::string> ticket, SteadyTime now) {
  now_ = now;
  if (phase_ != Phase::ticket) return;
  if (!ticket) {
    fail_login(std::move(ticket.error()));
    return;
  }
  had_ticket_ = true;
  phase_ = Phase::password;
  ask(command({"USR", next_trid(), "TWN", "S", *ticket}));
}

void Notification::on_transfer(const Command& line) {
  if (line.word(2) == "NS") {
    if (phase_ == Phase::ready) {
      lose(Loss::broken, "the server moved us to another one");
      return;
    }
    if (phase_ == Phase::idle) return;
    if (++redirects_ > limits::redirects) {
      fail_login({ErrorCode::network, "the servers pass us on in a circle"});
      return;
    }
    if (line.word(3) == "0") {  // start again where we are
      clear_dialogue();
      offer_versions();
      return;
    }
    const auto to = parse_host_port(line.word(3), limits::port);
    if (!to) {
      fail_login({ErrorCode::network, "the server passed us on to an unusable address: " +
                                          visible(line.word(3).substr(0, 100))});
      return;
    }
    if (is_on_this_link(to->host) && !is_on_this_link(server_.host)) {
      fail_login(
          {ErrorCode::network, "the server passed us on to this machine itself: " + to_text(*to)});
      return;
    }
    restart(*to);
    return;
  }
  auto operation = take(line);
  if (!operation) return;
  const auto at = parse_host_port(line.word(3), limits::port + 1);
  if (line.word(2) == "SB" && at && line.word(4) == "CKI" && !line.word(5).empty()) {
    owner_.ns_switchboard(operation->email, SwitchboardTicket{*at, std::string(line.word(5))});
  } else {
    owner_.ns_switchboard(operation->email,
                          fail(ErrorCode::network, "the server gave no usable switchboard"));
  }
}

void Notification::on_challenge(const Command& line) {
  if (phase_ != Phase::ready && phase_ != Phase::lists) return;
  if (transactions_.size() > limits::open_transactions) return;
  Operation operation;
  operation.steps = {{Kind::challenge, {}, false}};
  operation.name = line.word(2);
  start(std::move(operation));
}

void Notification::on_pong(const Command& line) {
  if (phase_ != Phase::ready) return;
  pong_deadline_.reset();
  auto next = timing_.ping;
  if (const auto seconds = parse_number(line.word(1), 5))
    next = std::chrono::seconds(std::clamp<std::uint64_t>(*seconds, 5, 300));
  ping_at_ = now_ + next;
}

void Notification::on_out(const Command& line) {
  // Whom they have not let in yet they cannot throw out.
  const bool inside = phase_ == Phase::lists || phase_ == Phase::ready;
  const auto loss = line.word(1) == "SSD"             ? Loss::maintenance
                    : line.word(1) == "OTH" && inside ? Loss::elsewhere
                                                      : Loss::broken;
  const std::string why = loss == Loss::maintenance ? "the server goes down for maintenance"
                          : loss == Loss::elsewhere ? "logged in elsewhere"
                          : inside                  ? "the server ended the session"
                                                    : "the server ended the login";
  if (phase_ == Phase::ready)
    lose(loss, why);
  else
    fail_login({ErrorCode::network, why}, loss);
}

void Notification::on_ring(const Command& line) {
  const auto at = parse_host_port(line.word(2), limits::port + 1);
  auto caller = model::parse_email(line.word(5));
  const bool whole = at && !line.word(1).empty() && line.word(3) == "CKI" && !line.word(4).empty();
  if (phase_ != Phase::ready || !whole || !caller) return;
  owner_.ns_ring({{*at, std::string(line.word(4))}, std::string(line.word(1)), std::move(*caller)});
}

void Notification::on_message(const Command& line) {
  const auto mime = parse_mime(line.payload());
  if (mime.content_type() != "application/x-msmsgssystemmessage") return;
  // Its fields stand in the body, header by header.
  const auto body = parse_mime(mime.body);
  const auto type = mime.header("Type").empty() ? body.header("Type") : mime.header("Type");
  const auto minutes = mime.header("Arg1").empty() ? body.header("Arg1") : mime.header("Arg1");
  if (type == "1")
    owner_.ns_note("the server goes down for maintenance in " + std::string(minutes.substr(0, 20)) +
                   " minutes");
}

void Notification::on_online(const Command& line) {
  if (phase_ != Phase::ready) return;
  if (auto presence = read_presence(line)) owner_.ns_presence(*presence);
}

void Notification::on_offline(const Command& line) {
  auto email = model::parse_email(line.word(1));
  if (phase_ == Phase::ready && email) owner_.ns_offline(*email);
}

std::optional<SteadyTime> Notification::deadline() const {
  std::optional<SteadyTime> first;
  const auto consider = [&](std::optional<SteadyTime> at) {
    if (at && (!first || *at < *first)) first = at;
  };
  consider(login_deadline_);
  consider(step_deadline_);
  consider(ping_at_);
  consider(pong_deadline_);
  // Both are in the order of their deadlines.
  if (!transactions_.empty()) consider(transactions_.begin()->second.deadline);
  if (!waiting_.empty()) consider(waiting_.begin()->second);
  return first;
}

void Notification::on_time(SteadyTime now) {
  now_ = now;
  const auto passed = [&](const std::optional<SteadyTime>& at) { return at && *at <= now; };
  if (passed(login_deadline_)) {
    fail_login({ErrorCode::network, "the login took too long"});
    return;
  }
  if (passed(step_deadline_)) {
    if (phase_ == Phase::lists && book_.syncing()) {
      const bool counted = lists_left_ != UINT64_MAX;
      if (counted) owner_.ns_note("the lists stopped short of their count; taken as they are");
      end_lists(!counted);
    } else {
      fail_login({ErrorCode::network, phase_ == Phase::connecting
                                          ? "no connection to " + server_.host + " in time"
                                          : "the server " + server_.host + " does not answer"});
      return;
    }
  }
  if (passed(pong_deadline_)) {
    lose(Loss::silent, "the server does not answer");
    return;
  }
  if (passed(ping_at_)) {
    ping_at_.reset();
    pong_deadline_ = now + timing_.ping_answer;
    owner_.ns_send(command({"PNG"}));
  }
  while (!waiting_.empty() && waiting_.begin()->second <= now)
    finish(waiting_.begin()->first, {});  // accepted; what comes of it is told by events
  const auto generation = generation_;
  while (generation == generation_ && !transactions_.empty() &&
         transactions_.begin()->second.deadline <= now) {
    auto late = transactions_.extract(transactions_.begin());
    step_failed(std::move(late.mapped().operation), 0, "the server did not answer");
  }
}

}  // namespace msn::network::msnp
