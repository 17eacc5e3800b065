// SPDX-License-Identifier: MIT
// The dialogue with a switchboard: one conversation, without its socket. Functions pass it received
// bytes and the time, and it returns events. It starts by calling a contact (USR, CAL) or by
// answering a call (ANS). It ends when all others have left, when it was idle for too long, or when
// the connection is closed.
#pragma once
#include "core/base/result.hpp"
#include "core/network/msnp/chunks.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notification_events.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace msn::network::msnp {

namespace board {

// Identifies an outgoing text; chosen by the caller of send_text(), increasing.
using Key = std::uint64_t;

struct Say {  // send on the connection
  std::string bytes;
};
struct Opened {};  // at least one other participant has joined; texts can be sent
struct Text {      // received
  std::string from;
  Headers headers;
  std::string text;
  std::vector<std::string> others;  // further participants
};
struct Typing {  // received
  std::string from;
};
struct Delivered {  // all parts were acknowledged (ACK)
  Key key = 0;
};
struct Undelivered {  // sent, and refused (NAK) or not acknowledged
  Key key = 0;
  std::string why;
};
struct Unsent {  // texts not sent, in order, because others joined or the conversation ended
  struct One {
    Key key = 0;
    std::string text;
  };
  std::string to;
  std::vector<One> texts;
};
struct Ended {  // the last event: close the connection after all bytes are sent
  enum class How {
    refused,     // CAL was refused; `number` is the server's error
    unanswered,  // the contact did not join in time
    unopened,    // the server refused USR or ANS, or the connection was lost before Opened
    over,        // normal end: all others left, it was idle, or this side closed it
    broken,      // the connection was lost after Opened
  };
  How how{};
  int number = 0;
  std::string why;
  std::vector<Key> unknown;  // texts that were sent and not acknowledged, in order
};
using Event = std::variant<Say, Opened, Text, Typing, Delivered, Undelivered, Unsent, Ended>;

}  // namespace board

class Switchboard {
 public:
  using Key = board::Key;

  // call() calls `email` once connected; answer() answers a call. `timing` must outlive the object.
  static Switchboard call(const Timing& timing, std::string own_email, std::string ticket,
                          std::string email, SteadyTime now);
  static Switchboard answer(const Timing& timing, std::string own_email, const ns::Ring&,
                            SteadyTime now);

  // The events since the last call, in order.
  std::vector<board::Event> take() { return std::exchange(out_, {}); }

  // The contact that was called, or the caller.
  const std::string& peer() const { return peer_; }
  bool is_outgoing() const { return session_.empty(); }
  // ns::Ring::session of an answered call; empty if this side called.
  const std::string& session() const { return session_; }
  // Whether it is not open yet; false once it has ended.
  bool beginning() const { return phase_ < Phase::open; }
  bool open() const { return phase_ == Phase::open; }
  // close_gracefully() was called, and the connection is not closed yet.
  bool closing() const { return phase_ == Phase::closing; }
  // Open, and no outgoing text is queued or unacknowledged.
  bool idle() const { return open() && in_flight_.empty() && queue_.empty(); }
  // Open with this contact alone: texts for them can be sent.
  bool is_with(std::string_view email) const { return open() && sole_contact() == email; }
  // The only other participant; before Opened, the expected one. Empty: several, or it has ended.
  std::string_view sole_contact() const;

  void connected(SteadyTime now);
  // feed() stores bytes; step() handles one command of them, and returns false if no complete
  // command is left.
  void feed(std::string_view bytes) { reader_.feed(bytes); }
  bool step(SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  // When on_time must be called.
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // Requires is_with() one contact. Long texts are sent in parts; `chunks`: as one chunked message,
  // which the receiver's client must support (caps_chunks), else as separate messages.
  void send_text(Key, std::string text, bool chunks, SteadyTime now);
  void send_typing(SteadyTime now);
  // Texts that are not sent yet, because limits::window parts are unacknowledged.
  std::size_t queued() const { return queue_.size(); }
  std::size_t queued_bytes() const { return queue_bytes_; }
  // Sends OUT and ends at once.
  void close_now(std::string why);
  // Sends OUT, and handles received commands until the server closes the connection: the server may
  // already have acknowledged a text to its sender that this side has not received yet.
  void close_gracefully(SteadyTime now);

 private:
  // connecting, entering (USR or ANS sent), calling (CAL sent), open, closing (OUT sent), ended
  enum class Phase { connecting, entering, calling, open, closing, ended };
  struct Queued {
    Key key = 0;
    std::string text;
    bool chunks = false;
  };
  struct SentText {
    std::string to;
    std::size_t parts = 0;  // not acknowledged
  };
  struct Part {
    Key key = 0;
    SteadyTime deadline;
  };

  Switchboard(const Timing&, std::string own_email, std::string ticket, std::string session,
              std::string peer, SteadyTime now);
  void say(std::string bytes) { out_.emplace_back(board::Say{std::move(bytes)}); }
  void become_open();
  void on_command(const Command&);
  void on_error(const Command&, int number);
  void on_join(std::string_view email);
  void on_bye(const Command&);
  void on_message(const Command&);
  void emit_text(std::string from, Headers, std::string_view bytes);
  void on_acknowledge(const Command&, bool delivered);
  void undelivered(Key, std::string why);
  void send_queued();
  void begin_text();
  void return_unsent();
  void send_message(std::string_view acknowledgement, std::string_view payload);
  void end(board::Ended::How, int number, std::string why);
  void restart_idle_timer() { idle_at_ = now_ + timing_->idle; }

  const Timing* timing_;
  std::vector<board::Event> out_;
  std::string own_email_, ticket_, session_, peer_;
  Phase phase_ = Phase::connecting;
  CommandReader reader_{CommandReader::From::server, limits::board_payload};
  std::uint32_t trid_ = 0;
  SteadyTime now_;
  std::optional<SteadyTime> step_deadline_, idle_at_, next_typing_;
  std::vector<std::string> others_;  // participants but this account; never empty while open
  std::deque<Queued> queue_;
  std::size_t queue_bytes_ = 0;
  Key sending_ = 0;                          // the text that parts_ belong to
  std::deque<std::string> parts_;            // payloads, not sent yet
  std::map<Key, SentText> texts_;            // sent, at least in part, and not acknowledged
  std::map<std::uint32_t, Part> in_flight_;  // parts, by transaction
  ChunkJoiner chunks_;
  std::uint32_t chunk_ids_ = 0;
};

}  // namespace msn::network::msnp
