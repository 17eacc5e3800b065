// SPDX-License-Identifier: MIT
// One conversation, without its socket: octets and time go in; what is to be done and what was said
// comes out through the Owner. It begins by calling somebody or by answering a ring, and ends with
// the last of the others, by idleness, or with its connection.
#pragma once
#include "core/base/result.hpp"
#include "core/network/msnp/chunks.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notification.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network::msnp {

class Switchboard {
 public:
  // Names one of our texts, given by the owner.
  using Key = std::uint64_t;
  enum class End {
    refused,     // the one we called does not come; `number` says why
    unanswered,  // nobody joined in time
    unopened,    // the server would not have us, or the connection was lost before
    over,        // in good order: all left, or nobody had anything to say
    broken,      // the connection was lost while somebody was there
  };
  struct Unsent {
    Key key = 0;
    std::string text;
  };

  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void sb_send(Switchboard&, std::string octets) = 0;
    // Somebody is here; texts can be sent now.
    virtual void sb_open(Switchboard&) = 0;
    virtual void sb_text(Switchboard&, const std::string& from, Headers, std::string text) = 0;
    virtual void sb_typing(Switchboard&, const std::string& from) = 0;
    // What became of a text: the server took it, or did not.
    virtual void sb_delivered(Switchboard&, Key) = 0;
    virtual void sb_undelivered(Switchboard&, Key, std::string why) = 0;
    // Texts for somebody that have to go another way, in order: others came in, or it ends.
    virtual void sb_unsent(Switchboard&, const std::string& to, std::vector<Unsent>) = 0;
    // The last call for this object, which may be destroyed after it returns: hang up after what
    // was sent has gone. Texts not acknowledged are in `unknown`, in order.
    virtual void sb_end(Switchboard&, End, int number, std::string why,
                        std::vector<Key> unknown) = 0;
  };

  // Timing outlives it. Calls `email` once connected.
  static Switchboard call(Owner&, const Timing&, std::string own_email, std::string ticket,
                          std::string email, SteadyTime now);
  static Switchboard answer(Owner&, const Timing&, std::string own_email, const Ring&,
                            SteadyTime now);

  // Who was called, or who called.
  const std::string& peer() const { return peer_; }
  bool we_called() const { return session_.empty(); }
  // Of the ring we answer; empty if we called.
  const std::string& session() const { return session_; }
  bool open() const { return phase_ == Phase::open; }
  // It may still become open.
  bool beginning() const { return phase_ < Phase::open; }
  bool leaving() const { return phase_ == Phase::leaving; }
  // Open with exactly this person: texts for them can go here.
  bool is_with(std::string_view email) const;

  void connected(SteadyTime now);
  void received(std::string_view octets, SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // Only while open with one person. Long texts go in parts, as chunks if the other side
  // understands them.
  void send_text(Key, std::string text, bool chunks, SteadyTime now);
  void send_typing(SteadyTime now);
  // Texts that wait for their turn.
  std::size_t queued() const { return waiting_.size(); }
  std::size_t queued_octets() const { return waiting_octets_; }
  // We go: in good order, without waiting for anything.
  void leave(std::string why);
  // We go, but somebody may have spoken just now and been told that it was delivered: what comes
  // before the server closes is read.
  void withdraw(std::string why);

  // The owner's: of several conversations with somebody it keeps to the one it used last, since
  // texts in two of them may overtake each other.
  std::uint64_t last_used = 0;

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

  Switchboard(Owner&, const Timing&, std::string own_email, std::string ticket, std::string session,
              std::string peer, SteadyTime now);
  void on_command(const Command&);
  void on_error(const Command&, int number);
  void on_person(std::string_view email);
  void on_bye(const Command&);
  void on_message(const Command&);
  void on_acknowledge(const Command&, bool taken);
  void undelivered(Key, std::string why);
  void send_waiting();
  void begin_text();
  void give_back();
  void send_message(std::string_view letter, std::string_view payload);
  void end(End, int number, std::string why);
  void used() { idle_at_ = now_ + timing_.idle; }

  Owner& owner_;
  const Timing& timing_;
  std::string own_email_, ticket_, session_, peer_;
  Phase phase_ = Phase::connecting;
  CommandReader reader_{CommandReader::From::server, limits::board_payload};
  std::uint32_t trid_ = 0;
  SteadyTime now_;
  std::optional<SteadyTime> step_deadline_, idle_at_, typing_again_;
  std::vector<std::string> people_;  // the others; never empty while open
  std::deque<Waiting> waiting_;
  std::size_t waiting_octets_ = 0;
  Key sending_ = 0;                          // the text whose parts these are
  std::deque<std::string> parts_;            // payloads, not sent yet
  std::map<Key, Text> texts_;                // sent, of which we do not know yet
  std::map<std::uint32_t, Part> under_way_;  // their parts, by transaction
  ChunkJoiner chunks_;
  std::uint32_t chunk_ids_ = 0;
};

}  // namespace msn::network::msnp
