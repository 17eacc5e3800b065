// SPDX-License-Identifier: MIT
// One conversation, without its socket: bytes and time go in; what is to be done and what was said
// comes out as values. It begins with a call or with the answer to a ring, and ends with the last
// of the others, by idleness, or with its connection.
#pragma once
#include "core/base/result.hpp"
#include "core/network/msnp/chunks.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notices.hpp"

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

// Identifies one of our texts, given by the owner.
using Key = std::uint64_t;

struct Say {
  std::string bytes;
};
struct Opened {};  // the other side is here; texts can be sent now
struct Text {
  std::string from;
  Headers headers;
  std::string text;
  std::vector<std::string> others;  // who reads it, too
};
struct Typing {
  std::string from;
};
struct Delivered {  // the server took it
  Key key = 0;
};
struct Undelivered {
  Key key = 0;
  std::string why;
};
struct Unsent {  // texts that have to go another way, in order: others came in, or it ends
  struct One {
    Key key = 0;
    std::string text;
  };
  std::string to;
  std::vector<One> texts;
};
struct Ended {  // hang up after what was said has gone
  enum class How {
    refused,     // the one we called does not come; `number` says why
    unanswered,  // they did not join in time
    unopened,    // the server would not have us, or the connection was lost before
    over,        // in good order: all left, or it was idle
    broken,      // the connection was lost while others were there
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

  // Timing outlives it. Calls `email` once connected.
  static Switchboard call(const Timing&, std::string own_email, std::string ticket,
                          std::string email, SteadyTime now);
  static Switchboard answer(const Timing&, std::string own_email, const notice::Ring&,
                            SteadyTime now);

  // What came of the last calls, in order. After Ended nothing comes any more.
  std::vector<board::Event> take() { return std::exchange(out_, {}); }

  // Who was called, or who called.
  const std::string& peer() const { return peer_; }
  bool we_called() const { return session_.empty(); }
  // Of the ring we answer; empty if we called.
  const std::string& session() const { return session_; }
  bool open() const { return phase_ == Phase::open; }
  // It may still become open.
  bool beginning() const { return phase_ < Phase::open; }
  bool leaving() const { return phase_ == Phase::leaving; }
  // Open, and nothing of ours is on its way.
  bool idle() const { return open() && in_flight_.empty() && waiting_.empty(); }
  // Open with exactly this person: texts for them can go here.
  bool is_with(std::string_view email) const { return open() && whom() == email; }
  // Who can be reached by it, now or once it is open; empty: several people, or it is over.
  std::string_view whom() const;

  void connected(SteadyTime now);
  // As in Notification: step() takes one command.
  void feed(std::string_view bytes) { reader_.feed(bytes); }
  bool step(SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // Only while open with one person. Long texts go in parts, as chunks if the other side
  // understands them.
  void send_text(Key, std::string text, bool chunks, SteadyTime now);
  void send_typing(SteadyTime now);
  // Texts that wait for their turn.
  std::size_t queued() const { return waiting_.size(); }
  std::size_t queued_bytes() const { return waiting_bytes_; }
  // We go: in good order, without waiting for anything.
  void leave(std::string why);
  // We go, but a text may be on its way to us that the server has acknowledged: what comes before
  // the server closes is read.
  void withdraw(SteadyTime now);

 private:
  enum class Phase { connecting, entering, calling, open, leaving, ended };
  struct Waiting {
    Key key = 0;
    std::string text;
    bool chunks = false;
  };
  struct Text {
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
  void on_person(std::string_view email);
  void on_bye(const Command&);
  void on_message(const Command&);
  void tell_text(std::string from, Headers, std::string_view bytes);
  void on_acknowledge(const Command&, bool taken);
  void undelivered(Key, std::string why);
  void send_waiting();
  void begin_text();
  void give_back();
  void send_message(std::string_view letter, std::string_view payload);
  void end(board::Ended::How, int number, std::string why);
  void used() { idle_at_ = now_ + timing_->idle; }

  const Timing* timing_;
  std::vector<board::Event> out_;
  std::string own_email_, ticket_, session_, peer_;
  Phase phase_ = Phase::connecting;
  CommandReader reader_{CommandReader::From::server, limits::board_payload};
  std::uint32_t trid_ = 0;
  SteadyTime now_;
  std::optional<SteadyTime> step_deadline_, idle_at_, typing_again_;
  std::vector<std::string> people_;  // the others; never empty while open
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  Key sending_ = 0;                          // the text whose parts these are
  std::deque<std::string> parts_;            // payloads, not sent yet
  std::map<Key, Text> texts_;                // sent, of which we do not know yet
  std::map<std::uint32_t, Part> in_flight_;  // their parts, by transaction
  ChunkJoiner chunks_;
  std::uint32_t chunk_ids_ = 0;
};

}  // namespace msn::network::msnp
