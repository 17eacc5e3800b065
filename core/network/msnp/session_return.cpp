// SPDX-License-Identifier: MIT
// How a session ends by itself, and its way back (protocol 13.9).
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <utility>

namespace msn::network::msnp {

using model::Status;

namespace {

std::string cause_of(const Error& error) {
  return (error.number != 0 ? std::to_string(error.number) + " " : "") + visible(error.message);
}

}  // namespace

void Session::come_back(const Book::Changes& changes) {
  emit(model::Opened{});
  ns_changes(changes);
  act(Report{State::online});
  if (auto wanted = std::exchange(wanted_nick_, {})) ns_.set_nick(0, std::move(*wanted), now_);
  if (auto wanted = std::exchange(wanted_privacy_, {})) ns_.set_privacy(0, *wanted, now_);
  if (wanted_status_) {
    settling_ = true;
    ns_.set_status(0, *wanted_status_, now_);
  }
  std::vector<std::string> waiting;
  for (const auto& [email, outbox] : outboxes_) waiting.push_back(email);
  for (const auto& email : waiting) converse(email);
}

// Whoever was there before the loss and has not been announced since is gone.
void Session::settle() {
  settle_at_.reset();
  std::vector<std::string> gone;
  for (const auto& [email, status] : told_) {
    const auto* contact = book_.find(email);
    if (status != Status::offline && contact && contact->status == Status::offline)
      gone.push_back(email);
  }
  for (const auto& email : gone) ns_offline(email);
}

void Session::ns_failed(Error error, Loss loss) {
  if (login_token_ != 0) {
    const auto token = std::exchange(login_token_, 0);
    end_session(State::offline);
    finish(token, fail(std::move(error)));
    return;
  }
  if (state_ != State::reconnecting) return;
  const bool refused = error.code == ErrorCode::login_refused && is_refusal(error.number);
  if (loss == Loss::elsewhere || refused)
    act(Note{"logging in again failed and is not tried again: " + cause_of(error)});
  if (loss == Loss::elsewhere) {
    throw_out(model::ErrorEvent{"SERV_DISC", "Server sent disconnect"});
  } else if (refused) {
    // To go on asking would only annoy: the password may have been changed.
    throw_out({std::to_string(error.number), without_controls(error.message)});
  } else {
    if (loss == Loss::maintenance) maintenance_ = true;
    try_again("not connected yet", cause_of(error));
  }
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

void Session::ns_lost(Loss loss, std::string why, Notification::Unsettled unsettled) {
  if (loss == Loss::elsewhere) {
    act(Note{"logged off by the server: " + visible(why)});
    emit(model::ErrorEvent{"SERV_DISC", "Server sent disconnect"});
    end_session(State::offline);
    emit(model::Closed{});
    act(Report{State::offline});
    return;
  }
  if (loss == Loss::maintenance) emit(model::ErrorEvent{"604", std::string(error_text(604))});
  emit(model::Closed{});
  state_ = State::reconnecting;
  if (unsettled.status) self_.status = *unsettled.status;
  wanted_status_ = self_.status;
  settle_at_.reset();
  settling_ = false;
  wanted_nick_ = std::move(unsettled.nick);
  if (wanted_nick_) self_.nick = *wanted_nick_;
  wanted_privacy_ = unsettled.privacy;
  if (wanted_privacy_) self_.privacy = *wanted_privacy_;
  book_.everybody_offline();
  for (auto& [email, outbox] : outboxes_) {
    outbox.asking = false;
    outbox.typing = false;
    outbox.ask_again.reset();
  }
  if (loss == Loss::silent) drop_boards(why);
  act(Report{State::reconnecting});
  if (now_ - online_since_ >= options_.timing.lasting) backoff_.reset();
  maintenance_ = loss == Loss::maintenance;
  try_again("the connection is lost", visible(why));
}

}  // namespace msn::network::msnp
