// SPDX-License-Identifier: MIT
#include "core/daemon/listen/client.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <exception>
#include <string.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

// Answers are collected and sent in pieces of this size. After most_pieces, other clients get their
// turn.
constexpr std::size_t piece = 64 * 1024;
constexpr int most_pieces = 4;
// The most bytes of input that are buffered while an earlier request is unanswered.
constexpr std::size_t most_held_input = 64 * 1024;
// From this many clients on, the state of an idle conversation is freed to save memory.
constexpr std::size_t many_clients = 1000;

}  // namespace

void wipe(char* bytes, std::size_t count) {
  ::explicit_bzero(bytes, count);
}

void Client::Backlog::append(std::string_view bytes) {
  output_ += bytes;
  hub_.add_unsent(bytes.size());
}

void Client::Backlog::take(std::size_t count) {
  taken_ += count;
  hub_.remove_unsent(count);
  if (taken_ == output_.size()) {
    std::string().swap(output_);
    taken_ = 0;
  } else if (taken_ >= piece && taken_ >= output_.size() / 2) {
    output_.erase(0, taken_);
    taken_ = 0;
  }
}

void Client::Backlog::clear_output() {
  hub_.remove_unsent(output().size());
  std::string().swap(output_);
  taken_ = 0;
}

Client::Client(Hub& hub, ReadySet& set, Conversation::Binding binding,
               Stream::Descriptors descriptors, std::function<void()> on_close)
    : hub_(hub),
      binding_(binding),
      number_(hub.next_number()),
      stream_(set, std::move(descriptors), *this),
      on_close_(std::move(on_close)) {
  conversation_.emplace(hub.daemon(), *this, binding);
}

Client::~Client() = default;

// Reads at once, because a request may have arrived together with the connection.
void Client::start() {
  read();
  await_next();
}

void Client::drop() {
  if (dropped_) return;
  dropped_ = true;
  const auto self = shared_from_this();  // the hub may be the last owner
  stream_.close();
  conversation_.reset();
  backlog_.reset();
  hub_.remove(*this);
  if (on_close_) std::exchange(on_close_, {})();
}

// Drops a stalled client. Named pipes have no connection, so there a new conversation begins.
void Client::drop_or_reset() {
  if (binding_ != Conversation::Binding::fifo) return drop();
  stream_.discard_output();
  const bool cut = unsent() > 0;
  backlog_.reset();
  conversation_.emplace(hub_.daemon(), *this, binding_);
  // The last answer may have been cut: begin the next one on a new line.
  if (cut) push("\n");
  await_next();
}

bool Client::is_stalled() const {
  if (unsent() >= hub_.limits().unsent) return true;
  if (unsent() > 0 && hub_.has_too_much_unsent()) return true;
  // The client of the named pipes may have exited. The next one's HELLO is not read while the
  // buffer is full.
  return binding_ == Conversation::Binding::fifo && held_input() >= most_held_input;
}

bool Client::check_progress(std::chrono::steady_clock::time_point now) {
  watched_ = false;
  if (dropped_ || !backlog_) return false;
  if (is_stalled() && now - backlog_->progress >= hub_.limits().stall_timeout) {
    hub_.warn("disconnected a client that has not read its answers for " +
              std::to_string(hub_.limits().stall_timeout.count()) + " s");
    drop_or_reset();
    return false;
  }
  watched_ = unsent() > 0 || is_stalled();
  return watched_;
}

void Client::on_ready(bool input, bool output, bool hangup) {
  const auto self = shared_from_this();
  if (unsent() > 0 && (output || hangup)) flush();
  // Also read after a hangup: earlier input may still be buffered.
  const bool wanted = awaits_input_ && (input || hangup);
  if (!wanted && hangup) on_disconnect();
  if (!wanted || !read()) advance();
  await_next();
}

bool Client::try_read() {
  const auto self = shared_from_this();
  if (!awaits_input_ || !read()) return false;
  await_next();
  return true;
}

// Reads once and processes the input. Returns false if there was none.
bool Client::read() {
  const auto count = stream_.read(hub_.in(), Hub::in_size);
  if (count == Stream::nothing) return false;
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    advance({hub_.in(), size});
    wipe(hub_.in(), size);
    return true;
  }
  input_ended_ = true;
  // A client that has only shut down its sending side still gets its answers.
  if (!is_connected()) on_disconnect();
  return false;
}

void Client::flush() {
  const auto count = stream_.write(backlog_->output());
  if (count == Stream::broken) return on_disconnect();
  if (count == 0) return;
  backlog_->take(static_cast<std::size_t>(count));
  backlog_->progress = hub_.clock().steady();
}

// Posts the work, because a request of this or another client is being processed. The answers of
// one turn of the loop are then sent together.
void Client::on_answer() {
  if (std::exchange(posted_, true)) return;
  asio::post(hub_.loop(), [self = shared_from_this()] {
    self->posted_ = false;
    self->advance();
    self->await_next();
  });
}

// The client no longer reads answers, but its earlier requests are still carried out.
void Client::on_disconnect() {
  disconnected_ = true;
  if (backlog_) backlog_->clear_output();
  conversation_->disconnect();
}

// The number of bytes of answers that may be produced now.
std::size_t Client::room() const {
  const std::size_t limit = hub_.limits().unsent;
  if (unsent() == 0) return limit;
  return hub_.has_too_much_unsent() ? 0 : limit - std::min(limit, unsent());
}

// Begins requests and sends answers until the conversation blocks or the output limit is reached.
// The remaining input is buffered.
void Client::advance(std::string_view input) {
  if (dropped_ || failed_) return;
  std::string held;
  if (held_input() > 0) {
    held = std::exchange(backlog_->input, {}).append(input);
    input = held;
  }
  try {
    for (int pieces = 1;; ++pieces) {
      std::string& out = hub_.out();
      const std::size_t wanted = std::min(room(), piece);
      input.remove_prefix(conversation_->feed(input, out, wanted));
      const bool cut = out.size() >= wanted;  // else there is nothing more to do now
      push(out);
      hub_.clear_out();
      const bool next = unsent() == 0 && conversation_->delivered();
      if ((!cut && !next) || room() == 0) break;
      if (pieces == most_pieces) {
        on_answer();
        break;
      }
    }
  } catch (const std::exception& error) {
    hub_.log().error(
        "listen", std::string("disconnecting a client after an internal error: ") + error.what());
    hub_.clear_out();
    failed_ = true;
    input = {};
  }
  if (!input.empty()) backlog().input = input;
  wipe(held.data(), held.size());
}

void Client::push(std::string_view bytes) {
  if (disconnected_ || bytes.empty()) return;
  if (unsent() == 0) {
    const auto count = stream_.write(bytes);
    if (count == Stream::broken) return on_disconnect();
    bytes.remove_prefix(static_cast<std::size_t>(count));
    if (backlog_) backlog_->progress = hub_.clock().steady();
  }
  if (!bytes.empty()) backlog().append(bytes);
}

// Updates the awaited events and drops a client that is finished. Call it after every event.
void Client::await_next() {
  if (dropped_) return;
  if (failed_) return drop();
  // Standard input may stay open after standard output was closed.
  if (disconnected_ && binding_ == Conversation::Binding::stdio && !stream_.has_input())
    input_ended_ = true;
  if (backlog_ && unsent() == 0 && held_input() == 0) backlog_.reset();
  if (input_ended_ && !backlog_ && !posted_ && !conversation_->answering()) return drop();
  if (hub_.clients() >= many_clients && !disconnected_ && !posted_ && conversation_->idle() &&
      !conversation_->has_unacked())
    conversation_.emplace(hub_.daemon(), *this, binding_);
  if ((unsent() > 0 || is_stalled()) && !std::exchange(watched_, true))
    hub_.watch(shared_from_this());
  // While the conversation is blocked, a little input is read and buffered, to detect a disconnect
  // or a new client of the named pipes. A stalled client is not read (except named pipes).
  const bool fifo = binding_ == Conversation::Binding::fifo;
  awaits_input_ = !input_ended_ && held_input() < most_held_input && (room() > 0 || fifo);
  if (stream_.await(awaits_input_, unsent() > 0, !awaits_input_ && !disconnected_)) return;
  hub_.warn("disconnected a client that cannot be added to epoll");
  drop();
}

Client::Backlog& Client::backlog() {
  if (!backlog_) {
    backlog_ = std::make_unique<Backlog>(hub_);
    backlog_->progress = hub_.clock().steady();
  }
  return *backlog_;
}

}  // namespace msn::daemon::listen
