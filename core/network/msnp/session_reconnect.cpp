// SPDX-License-Identifier: MIT
// Lost connections, reconnecting, and sessions that the server ends (msncd-protocol(7) 13.9).
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

void Session::resume(const ContactLists::Changes& changes) {
  emit(model::Opened{});
  report(changes);
  act(Report{State::online});
  // With a status, StatusAnswered starts the wait for presence.
  if (!ns_.lists().wanted_status()) told_.settle_at(now_ + options_.timing.presence_grace);
  for (const auto& email : outbox_.recipients()) ensure_board(email);
}

void Session::handle(ns::StatusAnswered&) {
  if (!told_.settling() || told_.deadline()) return;
  told_.settle_at(now_ + options_.timing.presence_grace);
  ns_.ping(now_);  // its answer follows the presence, because servers answer in order
}

void Session::handle(ns::Pong&) {
  const auto at = now_ + options_.timing.presence_grace_after_pong;
  if (const auto end = told_.deadline(); end && at < *end) told_.settle_at(at);
}

void Session::end_presence_grace() {
  for (const auto& email : told_.settle()) go_offline(email);
}

void Session::handle(ns::LoginFailed& failed) {
  const auto& error = failed.error;
  const bool returns = state_ == State::reconnecting;
  const bool lasts = returns && error.code != ErrorCode::login_refused;
  const auto cause = cause_of(error);
  if (failed.loss == Loss::maintenance) maintenance_ = true;
  if (const auto token = std::exchange(login_token_, 0)) {
    // A LOGIN that fails while reconnecting does not end reconnecting.
    if (!lasts) end_session(State::offline);
    finish(token, fail(error));
  } else if (returns && !lasts) {
    // The password may have been changed, so trying again is of no use.
    act(Note{"the server refused the login; msncd does not reconnect: " + cause});
    end_with_error(
        failed.loss == Loss::elsewhere
            ? logged_in_elsewhere()
            : model::ErrorEvent{std::to_string(error.number), without_controls(error.message)});
  }
  if (lasts) schedule_reconnect("cannot reconnect yet", cause);
}

void Session::end_with_error(const model::ErrorEvent& why) {
  end_session(State::offline);
  emit(why);
  act(Report{State::offline});
}

void Session::schedule_reconnect(std::string_view what, std::string_view why) {
  const auto least = maintenance_ ? options_.timing.backoff_maintenance : Timing::Ms(0);
  const auto wait = backoff_.next(options_.random ? options_.random() : 0.0, least);
  retry_at_ = now_ + wait;
  act(Note{std::string(what) + "; trying again in " +
           std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) +
           " s: " + std::string(why)});
}

void Session::handle(ns::SessionLost& lost) {
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
  told_.on_disconnect();
  contact_lists_.set_all_offline();
  const bool silent = lost.loss == Loss::silent;
  for (auto& [email, call] : calls_) call.xfr_outstanding = call.typing = false;
  std::erase_if(calls_, [silent](const auto& each) { return silent || each.second.board == 0; });
  xfr_outstanding_ = 0;
  xfr_queue_.clear();
  xfr_not_before_.reset();
  if (silent) {
    // Switchboards are considered dead, too; texts that were not sent wait for the reconnect.
    for (auto& [id, board] : boards_) {
      board.switchboard.closed(lost.why, now_);
      mark_changed(id);
    }
    run();
  }
  act(Report{State::reconnecting});
  if (now_ - online_since_ >= options_.timing.stable_session) backoff_.reset();
  maintenance_ = lost.loss == Loss::maintenance;
  schedule_reconnect("the connection was lost", visible(lost.why));
}

}  // namespace msn::network::msnp
