// SPDX-License-Identifier: MIT
// Who gets which event: plain and extended polls, holds, waits, acknowledgements, history and the
// named queues (protocol 6.9, 13.2 to 13.5), on the journal's event log.
#pragma once
#include "core/daemon/batch.hpp"
#include "core/daemon/journal.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/timers.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/request.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::daemon {

// A client as the queues know it. Its address is its identity; Queues::forget() before it goes.
struct Client {
  // What it was handed by HOLD and has not acknowledged, though the hold is over: an ACK of the
  // same client means these and nothing else, until it polls that queue again.
  struct Handed {
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;
    std::uint64_t gap_cursor = 0;
    std::uint64_t generation = 0;  // of the queues it was handed from
  };
  std::map<std::string, Handed, std::less<>> handed;  // by queue
  bool lasting = true;  // its end is noticed: a hold need not end by time (protocol 13.3)
  int holds = 0;
  int waits = 0;
  // Not when it is known to have gone: then nothing is taken out of a queue for it.
  std::function<bool()> listens = [] { return true; };
};

class Queues final : public Journal::Observer {
 public:
  // `alive`: is there a session, or a reconnect under way, or something that it told at its end and
  // that is not in the log yet, so that waiting makes sense?
  Queues(Journal&, Timers&, const Clock&, std::function<bool()> alive);

  // A poll without options: all of "-", taken (protocol 6.9).
  Result<Answer> poll_plain(Client&);
  void poll(Client&, const protocol::Poll&, Reply);
  // How many events were taken out; not durable before the journal's next commit.
  Result<std::uint64_t> ack(Client&, const protocol::Ack&);
  Result<void> create(const protocol::QNew&);
  Result<void> drop(const std::string& name);
  Result<std::vector<protocol::QueueEntry>> list() const;

  // Answers its waits with nothing, as if their time were over.
  void end_waits(Client&);
  // The client has gone: its waits end unanswered, what it held is back in its place.
  void forget(Client&);

  void on_stored(const std::vector<store::Record>&) override;
  void on_closed() override;

 private:
  // Handed out and reserved; one holder at a time for a queue.
  struct Hold {
    Client* owner = nullptr;
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;                    // the queue's gap was told, too
    std::uint64_t gap_cursor = 0;
    Timers::Id timer{};
    bool has(std::uint64_t cursor) const;
  };
  struct Wait {
    Client* client;
    protocol::Poll poll;
    Reply reply;
    Timers::Id timer{};
  };

  static tl::unexpected<Error> trouble(const Error&);
  static bool wanted(const std::vector<std::string>& only, std::string_view keyword);
  static bool has_gap(const store::QueueState&);
  // May these end a wait for that poll?
  bool concerns(const protocol::Poll&, const std::vector<store::Record>&) const;
  // The answer, or nothing: not yet. `last`: there is no more waiting.
  std::optional<Result<Answer>> attempt(Client&, const protocol::Poll&, bool last);
  std::optional<Result<Answer>> attempt_queue(Client&, const protocol::Poll&, bool last);
  std::optional<Result<Answer>> attempt_history(const protocol::Poll&, bool last);
  Result<std::uint64_t> count_history(std::uint64_t after, const std::vector<std::string>& only);
  // Where a gap stands that is before all that is kept: one below the first of them.
  struct Place {
    std::uint64_t cursor = 0;
    Time time{};
  };
  Result<Place> before_queue(const std::string& name);
  Result<Place> before_history(std::uint64_t after);
  Place before(const std::optional<Place>& first) const;
  Result<Answer> hand_out(Client&, const protocol::Poll&, const store::QueueState&, Batch);
  void reserve(Client&, const std::string& queue, const Batch&);
  Result<std::uint64_t> ack_held(Hold&, const std::string& queue, std::uint64_t cursor);
  Result<std::uint64_t> ack_handed(Client::Handed&, const std::string& queue, const Hold*,
                                   std::uint64_t cursor);
  Result<std::uint64_t> ack_free(const store::QueueState&, const Hold*, std::uint64_t cursor);
  void release(const std::string& queue);
  Hold* hold_on(std::string_view queue);
  Answer nothing(std::uint64_t position, std::uint64_t more) const;
  std::uint64_t present() const;
  void wait(Client&, protocol::Poll, Reply);
  void end_wait(std::uint64_t number, Result<Answer>);
  void tell();

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  std::function<bool()> alive_;
  std::map<std::string, Hold, std::less<>> holds_;
  std::map<std::uint64_t, Wait> waits_;  // in the order they came
  std::uint64_t last_wait_ = 0;
  std::vector<std::pair<Reply, Result<Answer>>> ended_;  // waits that are over, told next turn
  bool freed_ = false;  // a hold has ended since the last turn: every wait may have its turn
  // Changes when a queue's name may mean another queue than before: with the log, or after QDEL.
  std::uint64_t generation_ = 0;
};

}  // namespace msn::daemon
