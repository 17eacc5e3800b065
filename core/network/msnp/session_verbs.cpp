// SPDX-License-Identifier: MIT
// The verbs that need a session: what can be told without the server, and while reconnecting
// (protocol 13.9).
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <utility>

namespace msn::network::msnp {

void Session::set_status(Token token, model::Status status, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  wanted_status_ = status;
  if (state_ == State::online) {
    ns_.set_status(token, status, now);
    return;
  }
  self_.status = status;
  finish(token, {});
}

void Session::set_nick(Token token, std::string nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  nick = without_controls(nick);
  if (nick.empty()) {  // some servers can never save such an account again
    finish(token, fail(ErrorCode::invalid, "the name must not be empty"));
  } else if (encode_word(nick).size() > limits::name) {
    finish(token, fail(ErrorCode::invalid, "the name is too long"));
  } else if (state_ == State::online) {
    ns_.set_nick(token, std::move(nick), now);
  } else {
    self_.nick = nick;
    wanted_nick_ = std::move(nick);
    finish(token, {});
  }
}

void Session::set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  if (state_ == State::online) {
    ns_.set_privacy(token, privacy, now);
    return;
  }
  self_.privacy = privacy;
  wanted_privacy_ = privacy;
  finish(token, {});
}

void Session::add(Token token, std::string_view address, std::string_view nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = model::parse_email(address);
  const auto* contact = email ? book_.find(*email) : nullptr;
  const int number = !email                              ? 205
                     : *email == self_.email             ? 201
                     : contact && contact->lists.forward ? 215
                                                         : 0;
  if (number != 0) {
    emit(model::ErrorEvent{std::to_string(number), std::string(error_text(number))});
    finish(token, {});
    return;
  }
  ns_.add(token, *email, without_controls(nick), now);
}

void Session::remove(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = to_lower_ascii(address);
  const auto* contact = book_.find(email);
  if (contact && contact->lists.forward)
    ns_.remove(token, email, now);
  else
    finish(token, fail(ErrorCode::unknown_contact));
}

void Session::rename(Token token, std::string_view address, std::string_view nick, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  const auto email = to_lower_ascii(address);
  const auto* contact = book_.find(email);
  auto name = without_controls(nick);
  if (!contact || !contact->lists.forward)
    finish(token, fail(ErrorCode::unknown_contact));
  else if (encode_word(name).size() > limits::name)
    finish(token, fail(ErrorCode::invalid, "the name is too long"));
  else
    ns_.rename(token, email, name.empty() ? email : std::move(name), now);
}

void Session::block(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  auto email = model::parse_email(address);
  if (!email)
    finish(token, fail(std::move(email.error())));
  else if (*email == self_.email)
    finish(token, fail(ErrorCode::invalid, "that is your own address"));
  else
    ns_.block(token, std::move(*email), now);
}

void Session::unblock(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  auto email = model::parse_email(address);
  if (!email)
    finish(token, fail(std::move(email.error())));
  else
    ns_.unblock(token, std::move(*email), now);
}

}  // namespace msn::network::msnp
