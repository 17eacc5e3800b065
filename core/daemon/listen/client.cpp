// SPDX-License-Identifier: MIT
#include "core/daemon/listen/client.hpp"

#include <asio/post.hpp>

#include <exception>
#include <string.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

// Gathered answers are sent when there are so many octets of them, and a buffer that had to grow
// over this is given back.
constexpr std::size_t enough_for_a_send = 64 * 1024;
// Octets of requests behind answers that nobody reads.
constexpr std::size_t most_held_back = 64 * 1024;
// From so many clients on, memory counts more than time.
constexpr std::size_t a_crowd = 1000;

}  // namespace

void wipe(char* octets, std::size_t count) {
  ::explicit_bzero(octets, count);
}

Client::Client(Hub& hub, Conversation::Binding binding) : hub_(hub), binding_(binding) {
  conversation_.emplace(hub.daemon(), *this, binding);
}

Client::~Client() = default;

void Client::drop() {
  if (dropped_) return;
  dropped_ = true;
  const auto self = shared_from_this();  // the hub may be the last owner
  close();
  conversation_.reset();
  backlog_.reset();
  hub_.remove(*this);
}

void Client::begin_anew(std::string_view octets) {
  const bool cut = backlog_ && backlog_->owed() > 0;
  std::string input(octets);  // may be a part of the backlog
  backlog_.reset();
  hub_.out().clear();
  conversation_.emplace(hub_.daemon(), *this, binding_);
  // An answer may have been cut: the next one stands on a line of its own.
  if (cut) push("\n");
  if (!input.empty()) backlog().input = std::move(input);
  settle_later();
}

bool Client::still_owes(std::chrono::steady_clock::time_point now) {
  if (dropped_ || !backlog_ || !behind()) return false;
  if (now - backlog_->progress < hub_.limits().patience) return true;
  hub_.complain("a client has not read its answers for " +
                std::to_string(hub_.limits().patience.count()) + " s and is dropped");
  give_up();
  return false;
}

void Client::received(std::string_view octets) {
  reading_ = false;
  if (dropped_) return;
  // Never before what is held back: it came first, even if its turn has come and settle() has not.
  if (backlog_ && !backlog_->input.empty())
    hold_back(octets);
  else
    feed(octets);
  settle();
}

void Client::ended() {
  reading_ = false;
  if (dropped_) return;
  ended_ = true;
  settle();
}

void Client::vanished() {
  if (dropped_) return;
  depart();
  ended();
}

void Client::hung_up() {
  watching_ = false;
  // A read under way meets the end by itself, behind all that came before.
  if (dropped_ || reading_) return;
  depart();
  settle();
}

// Nobody reads answers any more, but what was asked before the end counts: an ACK, a message.
void Client::depart() {
  gone_ = true;
  if (!backlog_) return;
  backlog_->out = {};
  backlog_->taken = 0;
}

void Client::room() {
  if (dropped_) return;
  if (backlog_) backlog_->waiting = false;
  if (backlog_ && !gone_) {
    auto& late = *backlog_;
    const auto count = put(std::string_view(late.out).substr(late.taken));
    if (count == nobody) {
      depart();
    } else if (count > 0) {
      late.taken += static_cast<std::size_t>(count);
      late.progress = hub_.clock().steady();
    }
    if (late.owed() == 0) {
      late.out = {};
      late.taken = 0;
    } else if (late.taken >= enough_for_a_send && late.taken >= late.out.size() / 2) {
      late.out.erase(0, late.taken);
      late.taken = 0;
    }
    if (!gone_ && late.owed() > 0) {
      late.waiting = true;
      await_room();
    }
  }
  settle();
}

void Client::write(std::string_view octets) {
  if (dropped_) return;
  if (feeding_) {
    if (octets.size() < enough_for_a_send) {
      hub_.out().append(octets);
    } else {
      flush();
      push(octets);
    }
    return;
  }
  push(octets);
  // The conversation is in the middle of something and must not be ended or fed from here.
  if (gone_ || ended_ || !reading_ || (backlog_ && !backlog_->input.empty())) settle_later();
}

// One that fails for a reason of ours harms nobody but its client.
void Client::hand_over(std::string_view octets) {
  try {
    conversation_->feed(octets);
  } catch (const std::exception& error) {
    hub_.log().error("listen", std::string("internal error, a client is dropped: ") + error.what());
    broken_ = true;
  }
}

// A line at a time, so that a client that asks for much in one go is stopped in the middle of it:
// what is owed to it stays below the bound and one answer.
void Client::feed(std::string_view octets) {
  feeding_ = true;
  while (!octets.empty() && !broken_) {
    if (overfull()) {
      hold_back(octets);
      break;
    }
    const auto end = octets.find('\n');
    const auto count = end == octets.npos ? octets.size() : end + 1;
    hand_over(octets.substr(0, count));
    octets.remove_prefix(count);
    if (hub_.out().size() >= enough_for_a_send) flush();
  }
  feeding_ = false;
  flush();
}

void Client::hold_back(std::string_view octets) {
  auto& held = backlog().input;
  held.append(octets);
  if (binding_ != Conversation::Binding::fifo) return;
  // Whoever begins with this does not want what the former client has left (protocol 2.2a).
  if (const auto at = held.rfind("\nHELLO SYNC="); at != held.npos)
    begin_anew(std::string_view(held).substr(at + 1));
}

void Client::flush() {
  auto& out = hub_.out();
  if (out.empty()) return;
  push(out);
  if (out.capacity() > 4 * enough_for_a_send)
    out = {};
  else
    out.clear();
}

void Client::push(std::string_view octets) {
  if (gone_) return;
  if (!backlog_ || backlog_->owed() == 0) {
    const auto count = put(octets);
    if (count == nobody) {
      depart();
      return;
    }
    octets.remove_prefix(static_cast<std::size_t>(count));
    if (backlog_ || !octets.empty()) backlog().progress = hub_.clock().steady();
    if (octets.empty()) return;
  }
  auto& late = *backlog_;
  late.out.append(octets);
  if (!late.waiting) {
    late.waiting = true;
    await_room();
  }
}

// Must what comes next wait? For the answer to what came before, or for the client to read.
bool Client::overfull() const {
  return conversation_->blocked() || (backlog_ && backlog_->owed() >= hub_.limits().unread);
}

// Must it be given up, if that lasts? On named pipes also when the requests of a client that is not
// answered yet fill everything: it may be gone, and the next one's HELLO cannot be seen.
bool Client::behind() const {
  return backlog_->owed() >= hub_.limits().unread ||
         (binding_ == Conversation::Binding::fifo && backlog_->input.size() >= most_held_back);
}

// What comes next, after anything has happened.
void Client::settle() {
  if (dropped_) return;
  for (;;) {
    if (gone_) conversation_->depart();
    if (!backlog_ || backlog_->input.empty() || broken_ || overfull()) break;
    std::string held = std::exchange(backlog_->input, {});
    feed(held);
    wipe(held.data(), held.size());
  }
  if (broken_) return drop();
  const bool stopped = overfull();
  if (backlog_) {
    if (behind())
      hub_.watch(shared_from_this());
    else if (backlog_->input.empty() && backlog_->owed() == 0 && (gone_ || !backlog_->waiting))
      backlog_.reset();
  }
  if (ended_ && !backlog_ && !conversation_->answering()) return drop();
  // What a conversation remembers costs more than making it anew now and then.
  if (hub_.clients() >= a_crowd && !gone_ && conversation_->idle() && !conversation_->remembers())
    conversation_.emplace(hub_.daemon(), *this, binding_);
  // A little more is read and held back, to see whether the client ends, or on named pipes whether
  // a new one begins; not from one that does not read.
  const bool look =
      !backlog_ ||
      (backlog_->input.size() < most_held_back &&
       (backlog_->owed() < hub_.limits().unread || binding_ == Conversation::Binding::fifo));
  if (!ended_ && (!stopped || look)) {
    if (!reading_) {
      reading_ = true;
      await_input();
    }
  } else if (!watching_ && !gone_) {
    watching_ = true;
    await_end();
  }
}

void Client::settle_later() {
  if (settling_) return;
  settling_ = true;
  asio::post(hub_.loop(), [self = shared_from_this()] {
    self->settling_ = false;
    self->settle();
  });
}

Client::Backlog& Client::backlog() {
  if (!backlog_) {
    backlog_ = std::make_unique<Backlog>();
    backlog_->progress = hub_.clock().steady();
  }
  return *backlog_;
}

}  // namespace msn::daemon::listen
