// SPDX-License-Identifier: MIT
// How a session ends by itself, and its return (protocol 13.9).
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <utility>

namespace msn::network::msnp {

namespace {

std::string cause_of(const Error& error) {
  return (error.number != 0 ? std::to_string(error.number) + " " : "") + visible(error.message);
}

}  // namespace

void Session::come_back(const Book::Changes& changes) {
  emit(model::Opened{});
  tell(changes);
  act(Report{State::online});
  // Else the server's answer to the status tells when those who are there have been announced.
  if (!ns_.lists().wanted_status()) told_.settle_at(now_ + options_.timing.settle);
  for (const auto& email : outbox_.recipients()) ensure_board(email);
}

void Session::handle(notice::StatusAnswered&) {
  if (!told_.settling() || told_.deadline()) return;
  told_.settle_at(now_ + options_.timing.settle);
  ns_.ping(now_);  // servers answer in order
}

void Session::handle(notice::Pong&) {
  const auto at = now_ + options_.timing.announced;
  if (const auto end = told_.deadline(); end && at < *end) told_.settle_at(at);
}

void Session::settle() {
  for (const auto& email : told_.settle()) go_offline(email);
}

void Session::handle(notice::LoginFailed& failed) {
  const auto& error = failed.error;
  const bool returns = state_ == State::reconnecting;
  const bool lasts = returns && error.code != ErrorCode::login_refused;
  const auto cause = cause_of(error);
  if (failed.loss == Loss::maintenance) maintenance_ = true;
  if (const auto token = std::exchange(login_token_, 0)) {
    // The daemon goes on reconnecting where it did before.
    if (!lasts) end_session(State::offline);
    finish(token, fail(error));
  } else if (returns && !lasts) {
    // To go on asking would only annoy: the password may have been changed.
    act(Note{"the server refused the login; msncd does not reconnect: " + cause});
    throw_out(failed.loss == Loss::elsewhere ? logged_in_elsewhere()
                                             : model::ErrorEvent{std::to_string(error.number),
                                                                 without_controls(error.message)});
  }
  if (lasts) try_again("cannot reconnect yet", cause);
}

void Session::throw_out(const model::ErrorEvent& why) {
  end_session(State::offline);
  emit(why);
  act(Report{State::offline});
}

void Session::try_again(std::string_view what, std::string_view why) {
  const auto least = maintenance_ ? options_.timing.backoff_maintenance : Timing::Ms(0);
  const auto wait = backoff_.next(options_.random ? options_.random() : 0.0, least);
  retry_at_ = now_ + wait;
  act(Note{std::string(what) + "; trying again in " +
           std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) +
           " s: " + std::string(why)});
}

void Session::handle(notice::SessionLost& lost) {
  if (lost.loss == Loss::elsewhere) {
    act(Note{"logged off by the server: " + visible(lost.why)});
    emit(logged_in_elsewhere());
    end_session(State::offline);
    emit(model::Closed{});
    act(Report{State::offline});
    return;
  }
  if (lost.loss == Loss::maintenance) emit(model::ErrorEvent{"604", std::string(error_text(604))});
  emit(model::Closed{});
  state_ = State::reconnecting;
  told_.lose();
  book_.everybody_offline();
  const bool silent = lost.loss == Loss::silent;
  for (auto& [email, call] : calls_) call.asking = call.typing = false;
  std::erase_if(calls_, [silent](const auto& each) { return silent || each.second.board == 0; });
  asking_ = 0;
  unasked_.clear();
  ask_at_.reset();
  if (silent) {
    // Their connections are as dead as the server; what was not sent waits for the return.
    for (auto& [id, board] : boards_) {
      board.talk.closed(lost.why, now_);
      touch(id);
    }
    run();
  }
  act(Report{State::reconnecting});
  if (now_ - online_since_ >= options_.timing.stable_session) backoff_.reset();
  maintenance_ = lost.loss == Loss::maintenance;
  try_again("the connection was lost", visible(lost.why));
}

}  // namespace msn::network::msnp
