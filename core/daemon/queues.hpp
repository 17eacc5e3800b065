// SPDX-License-Identifier: MIT
// Polls, holds, acknowledgements, history and named queues (protocol 6.9, 13.2 to 13.5) on the
// journal's event log. Decides which client gets which event. All calls on the loop thread.
#pragma once
#include "core/daemon/journal.hpp"
#include "core/daemon/queue_client.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/reservations.hpp"
#include "core/daemon/timers.hpp"
#include "core/daemon/waits.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/request.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

class Queues final : public Journal::Observer {
 public:
  // `expects_events`: true while events may still arrive: there is a session, it reconnects, or its
  // last events are not committed yet. Otherwise a poll does not wait.
  // `name_of`: returns the current name of a contact; empty: it has none.
  using NameOf = std::function<std::string(const std::string& email)>;
  Queues(Journal&, Timers&, const Clock&, std::function<bool()> expects_events, NameOf name_of);

  // POLL without options: takes all events of the queue "-" (protocol 6.9).
  void poll_plain(QueueClient&, Reply);
  void poll(QueueClient&, protocol::Poll, Reply);
  // These answer after the commit.
  void ack(QueueClient&, const protocol::Ack&, Reply);
  void create(const protocol::QNew&, Reply);
  void drop(const std::string& name, Reply);

  Result<std::vector<protocol::QueueEntry>> list() const;
  // The number of a queue's events. Includes events on hold, but not events that a POLL without
  // HOLD is taking.
  std::uint64_t pending(const store::QueueState&) const;

  // Answers the client's waits with no events, as if they had timed out.
  void end_waits(QueueClient&);
  // Call when the daemon exits: waits are no longer answered.
  void stop() { waits_.stop(); }
  // Drops the client's waits unanswered and releases its holds.
  void forget(QueueClient&);

  void on_stored(const std::vector<store::Record>&, bool gaps) override;
  void on_closed() override;

 private:
  class PollAnswer;
  friend class PollAnswer;
  // An ACK in progress. It removes many events in several commits.
  struct Acknowledging;

  std::optional<Result<Answer>> attempt(QueueClient&, protocol::Poll&, bool timed_out);
  std::optional<Result<Answer>> attempt_queue(QueueClient&, const protocol::Poll&, bool timed_out);
  // Advances poll.from when it returns nothing, so that the next attempt reads only new events.
  std::optional<Result<Answer>> attempt_history(QueueClient&, protocol::Poll&, bool last);
  bool holder_disconnected(const QueueClient&, const protocol::Poll&) const;
  // The cursor and time of a reported gap: one below the cursor of the first event after it, and
  // that event's time.
  struct Place {
    std::uint64_t cursor = 0;
    Time time{};
  };
  Result<Place> before_queue(const std::string& name);
  Result<Place> before_history(std::uint64_t after);
  void take(std::shared_ptr<Reservation>);
  void acknowledge(std::shared_ptr<Acknowledging>);
  std::uint64_t present() const;
  bool is_shared(const std::string& queue, const QueueClient&) const;
  std::string end_of_poll(const std::string& queue, const QueueClient&, std::uint64_t cursor,
                          std::uint64_t more) const;

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  std::function<bool()> expects_events_;
  NameOf name_of_;
  Reservations reservations_;
  Waits waits_;
  bool freed_ = false;  // events were released in this turn: retry every wait
  struct Creating {
    std::string name;
    Reply reply;
    bool committed = false;
  };
  std::list<Creating> creating_;
};

}  // namespace msn::daemon
