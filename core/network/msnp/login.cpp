// SPDX-License-Identifier: MIT
#include "core/network/msnp/login.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"

#include <array>
#include <utility>

namespace msn::network::msnp {
namespace {

// MSNP11 alone first, because servers choose their own favorite among the offered versions.
constexpr std::array<std::array<std::string_view, 2>, 2> offers{
    {{"MSNP11", "CVR0"}, {"MSNP12", "MSNP8"}}};

// If the HTTPS server accepted the password, a refusal may mean an expired ticket or a busy server.
// Reconnecting ends after so many refusals in a row.
constexpr int believed_refusals = 3;

}  // namespace

void Login::begin(const HostPort& server, bool first, SteadyTime now) {
  now_ = now;
  first_ = first;
  if (first) refusals_ = 0;
  offered_others_ = false;
  redirects_ = 0;
  deadline_ = now + timing_.login;
  dial(server);
}

void Login::dial(const HostPort& server) {
  trid_ = 0;
  had_ticket_ = false;
  contact_lists_.abandon_sync();
  server_ = server;
  phase_ = Phase::connecting;
  step_deadline_ = now_ + timing_.connect;
  out_.emplace_back(ns::Dial{server});
}

void Login::give_up() {
  phase_ = Phase::idle;
  deadline_ = step_deadline_ = std::nullopt;
  contact_lists_.abandon_sync();
}

void Login::finish() {
  phase_ = Phase::idle;
  refusals_ = 0;
  deadline_ = step_deadline_ = std::nullopt;
}

void Login::fail(Error error, Loss loss) {
  give_up();
  if (first_) offer_ = 0;  // the next login may reach another server
  out_.emplace_back(ns::HangUp{});
  out_.emplace_back(ns::LoginFailed{std::move(error), loss});
}

// Sends one command of the login.
void Login::ask(std::string bytes) {
  asked_ = trid_;
  step_deadline_ = now_ + timing_.step;
  out_.emplace_back(ns::Say{std::move(bytes)});
}

void Login::offer_versions() {
  phase_ = Phase::version;
  const auto& [one, other] = offers[offer_];
  if (offer_ == 0)
    ask(command({"VER", next_trid(), one, other}));
  else
    ask(command({"VER", next_trid(), one, other, "CVR0"}));
}

// Called if the server supports none of the offered versions: offers others on a new connection.
// Returns false if there are no others.
bool Login::offer_others() {
  if (std::exchange(offered_others_, true)) return false;
  offer_ = (offer_ + 1) % offers.size();
  dial(server_);
  return true;
}

void Login::connected(SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::connecting) offer_versions();
}

void Login::closed(std::string_view why) {
  // Some servers close the connection if they support none of the versions. On a reconnect this
  // cannot be the cause, because the version has worked before.
  if (phase_ == Phase::version && first_ && offer_others()) return;
  fail({ErrorCode::network, std::string(why)});
}

void Login::received(const Command& line, SteadyTime now) {
  now_ = now;
  const auto verb = line.verb();
  if (verb == "LST" || verb == "LSG") {
    auto& left = verb == "LST" ? left_ : groups_left_;
    if (!receives_lists() || !contact_lists_.syncing()) return;
    if (left > 0) --left;
    step_deadline_ = now_ + timing_.step;
    return;
  }
  if (verb == "XFR") return on_transfer(line);
  // One command is outstanding; its answer has its transaction number.
  if (parse_number(line.word(1)) != asked_) return;
  if (verb == "VER" && phase_ == Phase::version) {
    on_version(line);
  } else if (verb == "CVR" && phase_ == Phase::client) {
    phase_ = Phase::user;
    ask(command({"USR", next_trid(), "TWN", "I", self_.email}));
  } else if (verb == "USR") {
    on_user(line);
  } else if (verb == "SYN" && receives_lists() && !contact_lists_.syncing()) {
    on_sync(line);
  }
}

void Login::on_version(const Command& line) {
  for (std::size_t i = 2; i < line.size(); ++i) {
    if (const auto version = version_from_name(line.word(i))) {
      dialect_ = Dialect(*version);
      phase_ = Phase::client;
      ask(dialect_.cvr(next_trid(), self_.email));
      return;
    }
  }
  if (!offer_others())
    fail({ErrorCode::network,
          "the server supports none of MSNP11, MSNP12 and MSNP8; msncd cannot use it"});
}

void Login::on_user(const Command& line) {
  if (phase_ == Phase::user && line.word(2) == "TWN" && line.word(3) == "S") {
    phase_ = Phase::ticket;
    step_deadline_.reset();  // the HTTPS requests have their own deadlines
    // The challenge becomes part of an HTTP header.
    out_.emplace_back(ns::WantTicket{without_controls(line.rest(4))});
    return;
  }
  if (phase_ != Phase::password || line.word(2) != "OK") return;
  if (dialect_.version() == Version::msnp8) {
    // "USR 4 OK address name 1 0"; the name may be missing.
    const bool nameless =
        line.size() == 6 && parse_number(line.word(4), 1) && parse_number(line.word(5), 1);
    auto name = nameless ? std::string() : decode_name(line.word(4));
    self_.nick = name == self_.email ? std::string() : std::move(name);
  }
  phase_ = Phase::lists;
  left_ = groups_left_ = 0;
  ask(dialect_.sync(next_trid()));
}

void Login::ticket(Result<std::string> ticket, SteadyTime now) {
  now_ = now;
  if (phase_ != Phase::ticket) return;
  if (!ticket) {
    fail(std::move(ticket.error()));
    return;
  }
  had_ticket_ = true;
  phase_ = Phase::password;
  ask(command({"USR", next_trid(), "TWN", "S", *ticket}));
}

void Login::on_transfer(const Command& line) {
  if (line.word(2) != "NS") return;
  if (++redirects_ > limits::redirects) {
    fail(
        {ErrorCode::network, "more than 5 servers in a row redirected the login; try again later"});
    return;
  }
  if (line.word(3) == "0") {  // repeat the login on this connection
    had_ticket_ = false;
    contact_lists_.abandon_sync();
    offer_versions();
    return;
  }
  const auto to = parse_host_port(line.word(3), limits::port);
  if (!to)
    fail({ErrorCode::network, "the server redirected the login to an invalid address: " +
                                  visible(line.word(3).substr(0, 100))});
  else if (is_on_this_link(to->host) && !is_on_this_link(server_.host))
    fail({ErrorCode::network,
          "the server redirected msncd to a loopback or link-local address: " + to_text(*to)});
  else
    dial(*to);
}

void Login::on_sync(const Command& line) {
  // The counts are the last two words: "SYN 5 1 3 3", "SYN 5 <time> <time> 3 2".
  const auto contacts = line.size() >= 5 ? parse_number(line.word(line.size() - 2)) : std::nullopt;
  const auto groups = line.size() >= 5 ? parse_number(line.last()) : std::nullopt;
  if (!contacts || !groups) {
    fail({ErrorCode::network,
          "the server did not send the length of the contact list; msncd cannot use it"});
    return;
  }
  left_ = *contacts;
  groups_left_ = *groups;
  step_deadline_ = now_ + timing_.step;
  contact_lists_.begin_sync();
}

void Login::refused(int number) {
  std::string text(error_text(number));
  if (number == 911 && had_ticket_ && first_)
    text +=
        ": the password is right, but the server does not know the address in lower case, the"
        " only form that msncd sends; register the address in lower case";
  const bool believed = is_refusal(number) && (!had_ticket_ || ++refusals_ >= believed_refusals);
  if (first_ ? is_temporary(number) : !believed)
    fail({ErrorCode::network, std::to_string(number) + ' ' + text});
  else
    fail({ErrorCode::login_refused, std::move(text), number});
}

std::optional<SteadyTime> Login::deadline() const {
  return earliest({deadline_, step_deadline_});
}

void Login::on_time(SteadyTime now) {
  now_ = now;
  if (deadline_ && *deadline_ <= now)
    fail({ErrorCode::network, "the login took too long; try again later"});
  else if (step_deadline_ && *step_deadline_ <= now)
    fail({ErrorCode::network,
          phase_ == Phase::connecting ? "cannot connect to " + server_.host + ": timed out"
          : contact_lists_.syncing()
              ? "the server sent fewer contacts than it announced; try again later"
              : "the server " + server_.host + " does not answer"});
}

}  // namespace msn::network::msnp
