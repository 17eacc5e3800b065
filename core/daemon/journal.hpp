// SPDX-License-Identifier: MIT
// The event log of the account that logged in last, and all changes to it that are not committed
// yet: arrived events, events taken from queues, created and deleted queues, tokens (msncd(8)).
// Changes of one turn of the loop are committed together; no client sees an event before its
// commit.
//
// While the log cannot be written (the disk is full, for example), the changes are kept in memory
// and the commit is retried by timer. The failure is logged once. All calls on the loop thread.
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

// The error of a request that failed because of the event log; its message names the file. The code
// is not ErrorCode::network, because a POLL answer that begins with ERR SOCK would be read as an
// event (protocol 5.2).
inline tl::unexpected<Error> log_failed(const Error& error) {
  return fail(ErrorCode::invalid, error.message);
}

class Journal {
 public:
  // Called on the loop thread, after a commit.
  class Observer {
   public:
    virtual ~Observer() = default;
    // Called when these events are durable and may be handed out. `gaps`: queues may have lost
    // events. Also called with no events, because the queues may have changed.
    virtual void on_stored(const std::vector<store::Record>&, bool gaps) = 0;
    // Called before another account's log replaces it. Drop all cursors and pointers into it.
    virtual void on_closed() = 0;
  };

  Journal(const Settings&, Loop&, Timers&, const Clock&, Log&);
  ~Journal();
  // Sets the observer. Call it before open().
  void observe(Observer& observer) { observer_ = &observer; }

  // Opens the log of this address; does nothing if it is open. Fails (network) while received
  // events of the previous address cannot be stored; the previous log stays open then. If only SAID
  // events cannot be stored, they are dropped. After any other failure no log is open.
  Result<void> open(const std::string& email);
  // Applies the changed Settings. While the log cannot change its durability, this is retried.
  void change();
  // Null until the first login. Contains only what is committed.
  store::EventLog* log() const { return log_.get(); }
  const std::string& email() const { return email_; }

  struct Arrival {
    std::vector<model::Event> events;  // committed together
    std::optional<std::string>
        mark;  // the network's resume position after `events`; none: it cannot repeat them
    std::vector<store::Changes::Settled> settled;  // tokens whose SENT or FAILED is among `events`
    std::function<void()> stored;  // called when the events are durable; may be empty
  };
  // Queues received events for the next commit. Returns false if too many are pending or no log is
  // open: these events, and all others until open(), are dropped. If the network cannot repeat them
  // (no mark), each queue reports them as a gap.
  bool arrive(Arrival);
  // Queues the SAID of a message that the network has accepted (protocol 13.11). If too many are
  // pending it is dropped: queues that include SAID report a gap, and this is logged once.
  void record(model::Said);
  // The mark of the last events that arrived, committed or not. Empty: none.
  std::string mark() const;

  // Adds these changes to the next commit. `done` gets the number of events that were taken from
  // queues. After an error nothing has changed.
  using Done = std::function<void(Result<std::uint64_t>)>;
  void commit(store::Changes, Done done);
  // As commit(), but retried until it succeeds. Then calls `committed`, unless another log is
  // opened first.
  void commit_with_retry(store::Changes, std::function<void()> committed = {});
  // Commits in the next turn of the loop and then calls the observer, even if there is nothing to
  // commit.
  void schedule_commit();
  // Commits everything now: at exit, and before another log is opened.
  Result<void> flush();

  // True if there are events that are not durable yet, which no client may see.
  bool has_unstored() const { return waiting_events_ > 0; }
  // True if the last commit has failed.
  bool is_failing() const { return failing_; }

 private:
  struct Batch {
    store::Changes changes;
    std::function<void()> stored;
    std::size_t bytes = 0;
    bool said = false;  // SAID, from record()
  };
  struct PendingCommit {
    store::Changes changes;
    Done done;                        // called on success and failure
    std::function<void()> committed;  // called on success only
    bool retried = false;
  };

  void add(Batch);
  void drop_said();
  void run_commit();
  Result<void> commit_some(std::size_t most_events, std::size_t most_bytes);
  void fail_commits(const Error&);
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
  std::deque<Batch> waiting_;  // events, in order of arrival
  std::size_t waiting_events_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::size_t waiting_said_bytes_ = 0;  // of these, SAID
  std::deque<PendingCommit> commits_;
  bool scheduled_ = false;
  bool rejecting_ = false;      // arrive() drops all events until open()
  bool dropping_said_ = false;  // since the last successful commit
  bool failing_ = false;
  bool settings_wait_ = false;  // change() has not succeeded yet
  int retries_ = 0;
  bool retrying_ = false;  // retry_ is set
  Timers::Id retry_{};
  std::shared_ptr<Journal*> self_;  // null after destruction, for posted actions
};

}  // namespace msn::daemon
