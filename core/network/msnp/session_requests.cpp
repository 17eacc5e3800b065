// SPDX-License-Identifier: MIT
// Client requests that need a session: checks that need no server, and requests while reconnecting
// (msncd-protocol(7) 13.9).
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <utility>

namespace msn::network::msnp {

// Without a session, fails the request and returns false.
bool Session::needs_session(Token token, bool reconnecting_too) {
  if (state_ == State::online || (reconnecting_too && state_ == State::reconnecting)) return true;
  if (state_ == State::reconnecting)
    finish(token, fail(ErrorCode::network,
                       "the connection to the network is lost; msncd reconnects by itself"));
  else
    finish(token, fail(ErrorCode::not_logged_in));
  return false;
}

// The normalized address of another user; nothing: the request has failed.
std::optional<std::string> Session::parse_other_user(Token token, std::string_view address) {
  if (!needs_session(token, false)) return std::nullopt;
  auto email = model::parse_email(address);
  if (!email) {
    finish(token, fail(std::move(email.error())));
    return std::nullopt;
  }
  if (*email == self_.email) {
    finish(token, fail(ErrorCode::invalid, "that is your own address"));
    return std::nullopt;
  }
  return std::move(*email);
}

void Session::set_status(Token token, model::Status status, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  ns_.lists().set_status(token, status, now);
  run();
}

void Session::set_nick(Token token, std::string nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  nick = without_controls(nick);
  if (nick.empty())  // some servers cannot store such an account any more
    finish(token, fail(ErrorCode::invalid, "the name must not be empty"));
  else if (encode_word(nick).size() > limits::name)
    finish(token, fail(ErrorCode::invalid, "the name is too long"));
  else
    ns_.lists().set_nick(token, std::move(nick), now);
  run();
}

void Session::set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  ns_.lists().set_privacy(token, privacy, now);
  run();
}

void Session::fail_add(Token token, std::string_view address, int number) {
  emit(model::ErrorEvent{
      std::to_string(number), std::string(error_text(number)), std::string(address), {}, "ADD"});
  finish(token, {});
}

void Session::add(Token token, std::string_view address, std::string_view nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = model::parse_email(address);
  if (!email) return fail_add(token, address, 205);
  if (*email == self_.email) return fail_add(token, *email, 201);
  const auto name = without_controls(nick);
  if (ns_.lists().will_be_listed(*email) == true) {
    if (!name.empty() && !equal_ignoring_ascii_case(name, *email))
      ns_.lists().rename(0, *email, name, now);
    fail_add(token, *email, 215);
  } else {
    ns_.lists().add(token, *email, name, now);
  }
  run();
}

void Session::remove(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = to_lower_ascii(address);
  if (ns_.lists().will_be_listed(email) == false)
    finish(token, fail(ErrorCode::unknown_contact));
  else
    ns_.lists().change(token, List::forward, false, email, now);
  run();
}

void Session::rename(Token token, std::string_view address, std::string_view nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = to_lower_ascii(address);
  const auto name = without_controls(nick);
  if (ns_.lists().will_be_listed(email) == false)
    finish(token, fail(ErrorCode::unknown_contact));
  else if (encode_word(name).size() > limits::name)
    finish(token, fail(ErrorCode::invalid, "the name is too long"));
  else
    ns_.lists().rename(token, email, name.empty() ? email : name, now);
  run();
}

void Session::change(Token token, List list, bool on, std::string_view address, SteadyTime now) {
  now_ = now;
  if (const auto email = parse_other_user(token, address))
    ns_.lists().change(token, list, on, *email, now);
  run();
}

}  // namespace msn::network::msnp
