// SPDX-License-Identifier: MIT
// The event log of the account that logged in last, and everything that is not in it yet: events
// that arrived, events taken from queues, queues made and deleted, tokens (msncd(8)). What comes in
// one turn of the loop is committed together, and no client sees an event before that.
//
// When the log cannot be written, the disk being full for example, this is where everything waits
// until it can. The failure is logged once and tried again by timer.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/loop.hpp"
#include "core/daemon/settings.hpp"
#include "core/daemon/timers.hpp"
#include "core/model/event.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace msn::daemon {

// The answer to a request that failed in the event log, whose messages name the file and say what
// to do. Not ErrorCode::network: a POLL answer that begins with ERR SOCK would be read as an event
// (protocol 5.2).
inline tl::unexpected<Error> log_failed(const Error& error) {
  return fail(ErrorCode::invalid, error.message);
}

class Journal {
 public:
  // Called on the loop, after the turn's commit.
  class Observer {
   public:
    virtual ~Observer() = default;
    // These events are durable now and may be shown; `gaps`: queues may have lost some. Also called
    // after a turn that stored none, because it may have changed the queues.
    virtual void on_stored(const std::vector<store::Record>&, bool gaps) = 0;
    // Another log is about to take the place of this one: its cursors mean nothing any more.
    virtual void on_closed() = 0;
  };

  Journal(const Settings&, Loop&, Timers&, const Clock&, Log&);
  ~Journal();
  void observe(Observer& observer) { observer_ = &observer; }

  // Makes this address's log the current one; does nothing if it is already. Fails while events of
  // another address cannot be stored, whose log stays then (its own messages that wait are
  // dropped); on any other failure there is no log.
  Result<void> open(const std::string& email);
  // The settings have changed. What the log cannot do now, it does when there is room.
  void change();
  // nullptr until the first login. Knows only what is committed.
  store::EventLog* log() const { return log_.get(); }
  const std::string& email() const { return email_; }

  struct Arrival {
    std::vector<model::Event> events;  // in order
    std::optional<std::string> mark;   // the network's position after them; it can repeat them
    std::vector<store::Changes::Settled> settled;  // tokens whose SENT or FAILED is among them
    std::function<void()> stored;                  // called when they are durable; may be empty
  };
  // False: too much waits already. These events, and all until open(), are not kept; those that the
  // network cannot repeat (no mark) are counted, and each queue will report them as a gap.
  bool arrive(Arrival);
  // Our own message, which the network has accepted. If too many of them wait already it is not
  // kept: the queues that want SAID will report a gap, and the log says so once.
  void record(model::Said);
  // The mark of the last events that arrived, stored or not; empty: none.
  std::string mark() const;

  // Makes these changes with the next commit. `done` gets how many events they took from queues, or
  // why they failed; nothing has changed then.
  using Done = std::function<void(Result<std::uint64_t>)>;
  void commit(store::Changes, Done done);
  // The same for what must not fail: tried again until it is made, then `made` is called. Not
  // called if another log is opened first.
  void commit_surely(store::Changes, std::function<void()> made = {});
  // Calls the observer in the next turn, whether there is something to commit or not.
  void touch();
  // Commits everything now (at the end, and before another log is opened).
  Result<void> flush();

  // Events have arrived that are not durable, so no client may see them yet.
  bool has_unstored() const { return waiting_events_ > 0; }
  // The last try to write the log has failed.
  bool is_failing() const { return failing_; }

 private:
  struct Batch {
    store::Changes changes;
    std::function<void()> stored;
    std::size_t bytes = 0;
    bool said = false;  // from record()
  };
  struct Order {
    store::Changes changes;
    Done done;                   // told of a failure as well, or
    std::function<void()> made;  // only of success
    bool surely = false;
  };

  void add(Batch);
  void drop_said();
  void turn();
  Result<void> commit_some(std::size_t most_events, std::size_t most_bytes);
  void fail_orders(const Error&);
  void clear();
  Result<void> change_settings();
  void on_failure(const Error&);
  void on_success();
  void retry_later();

  const Settings& settings_;
  Loop& loop_;
  Timers& timers_;
  const Clock& clock_;
  Log& diagnostics_;
  Observer* observer_ = nullptr;

  std::unique_ptr<store::EventLog> log_;
  std::string email_;
  std::deque<Batch> waiting_;  // events, in the order of their arrival
  std::size_t waiting_events_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::size_t waiting_said_bytes_ = 0;  // of these, those of record()
  std::deque<Order> orders_;
  bool scheduled_ = false;
  bool refusing_ = false;
  bool dropping_said_ = false;  // since the log was last written
  bool failing_ = false;
  bool settings_wait_ = false;  // change() has not succeeded yet
  int retries_ = 0;
  bool retrying_ = false;  // retry_ is set
  Timers::Id retry_{};
  std::shared_ptr<Journal*> self_;  // posted actions outlive us
};

}  // namespace msn::daemon
