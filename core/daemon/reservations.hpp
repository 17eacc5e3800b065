// SPDX-License-Identifier: MIT
// The reserved events of each queue, which other polls must not hand out: events on hold
// (protocol 13.3), events of an answer in progress, and events of a delivered answer whose removal
// is not committed yet.
#pragma once
#include "core/daemon/queue_client.hpp"
#include "core/daemon/timers.hpp"
#include "core/store/event_log.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

struct Reservation {
  std::string queue;
  QueueClient* holder = nullptr;       // the client of a HOLD; null: no ACK is needed
  std::vector<std::uint64_t> cursors;  // ascending
  bool gap = false;                    // includes the queue's gap
  std::uint64_t lost = 0;              // the number of events that the gap reported
  std::uint64_t gap_cursor = 0;
  // While its answer is being produced, the events that are not read yet are reserved, too: up to
  // this cursor (0: none), with these keywords and this address (empty: all).
  std::uint64_t claimed_upto = 0;
  std::vector<std::string> only;
  std::string email;
  // Includes every event of the queue up to this cursor. 0: unknown.
  std::uint64_t complete_upto = 0;
  bool released = false;
  Timers::Id timer{};

  bool claims_all() const { return only.empty() && email.empty(); }
  // Whether it reserves this event. `record` may be null if only the cursor is known: then every
  // event up to claimed_upto counts as reserved.
  bool covers(std::uint64_t cursor, const store::Record* record) const;
};

class Reservations {
 public:
  // `freed` is called when events can be handed out again.
  Reservations(Timers& timers, std::function<void()> freed)
      : timers_(timers), freed_(std::move(freed)) {}

  // `holder`: the client of a HOLD, or null. The new reservation is empty.
  std::shared_ptr<Reservation> create(const std::string& queue, QueueClient* holder);
  // Ends a reservation: its events can be handed out again. If it is a hold, its events are kept in
  // QueueClient::expired_holds (protocol 13.3). Does nothing if it is already released.
  void release(Reservation&);
  // Moves the events of a hold up to this cursor to a new reservation, from which they are taken.
  // Releases the hold if nothing is left on it.
  std::shared_ptr<Reservation> split(Reservation& hold, std::uint64_t upto);
  // Undoes split() after a failed commit. If the hold was released meanwhile, also releases `part`.
  void restore(Reservation& part, Reservation& hold);
  // Ends the claim on events that the answer did not hand out.
  void end_claim(Reservation&);
  // Releases it in 60 s, for a holder whose disconnect is not detected. Another call restarts the
  // time.
  void release_later(const std::shared_ptr<Reservation>&);
  void release_all(std::string_view queue);
  void release_all(QueueClient& holder);
  // Releases all reservations. All cursors become invalid.
  void clear();

  // The hold on this queue, of which there is at most one; or null.
  std::shared_ptr<Reservation> hold_on(std::string_view queue) const;
  // Is this event, or the queue's gap, reserved by a reservation other than `except`? `peek`: holds
  // do not count, because PEEK shows events on hold.
  bool is_reserved(std::string_view queue, std::uint64_t cursor, const store::Record*,
                   const Reservation* except, bool peek = false) const;
  bool is_gap_reserved(std::string_view queue, const Reservation* except, bool peek = false) const;
  // The cursor up to which every event is reserved, so these need not be read. 0: none.
  std::uint64_t reserved_upto(std::string_view queue, const Reservation* except,
                              bool peek = false) const;
  // True if it is the only reservation of its queue.
  bool is_only(const Reservation&) const;
  // The number of events that are handed out without a hold but not yet removed from the log.
  std::uint64_t taken(std::string_view queue) const;

  // Incremented when a queue name may refer to a different queue.
  std::uint64_t queue_generation = 0;
  // Incremented when the log is closed, which makes all cursors invalid.
  std::uint64_t log_generation = 0;

 private:
  Timers& timers_;
  std::function<void()> freed_;
  std::map<std::string, std::vector<std::shared_ptr<Reservation>>, std::less<>> by_queue_;
};

}  // namespace msn::daemon
