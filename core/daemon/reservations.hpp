// SPDX-License-Identifier: MIT
// Which events of which queue are reserved: handed out by HOLD and not acknowledged, being written
// into an answer, or taken by an answer that has left, until the commit that removes them.
#pragma once
#include "core/daemon/client.hpp"
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
  Client* holder = nullptr;  // of a HOLD; null: the events will be taken, not acknowledged
  std::vector<std::uint64_t> cursors;  // ascending
  bool gap = false;                    // the queue's gap is reported in it,
  std::uint64_t lost = 0;              // as this many events
  std::uint64_t gap_cursor = 0;
  // While an answer is being produced nothing else may hand out the events that it still may:
  // those of these keywords and this person (empty: all) up to this cursor. 0: none.
  std::uint64_t claimed = 0;
  std::vector<std::string> only;
  std::string email;
  // Every event of the queue up to this cursor is in it. 0: not known.
  std::uint64_t complete = 0;
  bool over = false;  // released
  Timers::Id timer{};

  bool claims_all() const { return only.empty() && email.empty(); }
  // `record`: the event; null: only its cursor is known, so it may be one of those claimed.
  bool has(std::uint64_t cursor, const store::Record* record) const;
};

class Reservations {
 public:
  // `freed`: called when events can be handed out again.
  Reservations(Timers& timers, std::function<void()> freed)
      : timers_(timers), freed_(std::move(freed)) {}

  std::shared_ptr<Reservation> make(const std::string& queue, Client* holder);
  // Its events, if any are left, are free again. What a holder was handed is remembered with the
  // client (protocol 13.3). Does nothing if it is over already.
  void release(Reservation&);
  // Of a hold what is up to this cursor, to be taken; the hold is released if nothing is left on
  // it.
  std::shared_ptr<Reservation> split(Reservation& hold, std::uint64_t upto);
  // It was not taken: it is on hold again, or free if the hold is over.
  void give_back(Reservation& part, Reservation& hold);
  // What its answer claimed and has not handed out may be handed out by others.
  void end_claim(Reservation&);
  // For a holder whose end is not noticed: released after a minute, counted from now.
  void release_in_time(const std::shared_ptr<Reservation>&);
  void release_all(std::string_view queue);
  void release_all(Client& holder);
  void clear();

  // The one HOLD on this queue, or null.
  std::shared_ptr<Reservation> hold_on(std::string_view queue) const;
  // May this event, or the queue's gap, not be handed out by anything but `but`? `looking`: only
  // looked at, so that what is on hold may be shown.
  bool has(std::string_view queue, std::uint64_t cursor, const store::Record*,
           const Reservation* but, bool looking = false) const;
  bool has_gap(std::string_view queue, const Reservation* but, bool looking = false) const;
  // Up to this cursor `has` is true of every event: they need not be read.
  std::uint64_t reserved_upto(std::string_view queue, const Reservation* but,
                              bool looking = false) const;
  // Nothing else of its queue is reserved.
  bool is_alone(const Reservation&) const;
  // How many events of the queue are handed out for good, though the log still has them.
  std::uint64_t taken(std::string_view queue) const;

  // Changes when a queue's name may mean another queue than before.
  std::uint64_t generation = 0;
  // Changes when the log is closed, so that cursors mean other events.
  std::uint64_t closed = 0;

 private:
  Timers& timers_;
  std::function<void()> freed_;
  std::map<std::string, std::vector<std::shared_ptr<Reservation>>, std::less<>> by_queue_;
};

}  // namespace msn::daemon
