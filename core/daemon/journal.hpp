// SPDX-License-Identifier: MIT
// The event log of the account that logged in last, and its group commit (msncd(8)): what arrives
// in one turn of the loop is written and synced together, and nobody is told of it before that. A
// full disk is said once and tried again by timer; until then the events wait here and nobody hears
// of them.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/loop.hpp"
#include "core/daemon/settings.hpp"
#include "core/daemon/timers.hpp"
#include "core/model/event.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace msn::daemon {

class Journal {
 public:
  // Called on the loop, after the turn's commit.
  class Observer {
   public:
    virtual ~Observer() = default;
    // These are durable now and may be told; empty if only something was taken out.
    virtual void on_stored(const std::vector<store::Record>&) = 0;
    // Another log is about to take the place of the one before: nothing of that one is valid.
    virtual void on_closed() = 0;
  };

  Journal(const Settings&, OpenLog, Loop&, Timers&, const Clock&, Log&);
  ~Journal();
  void observe(Observer& observer) { observer_ = &observer; }

  // Makes this address's log the current one; does nothing if it is already. On failure none is.
  Result<void> open(const std::string& email);
  // The settings have changed.
  void change();
  // nullptr until somebody has logged in.
  store::EventLog* log() const { return log_.get(); }
  const std::string& email() const { return email_; }

  // Events in their order; `stored` once they are durable. A mark is kept in the same step as its
  // events. False: too much waits for a disk that cannot be written; these, and all that follow
  // until open(), are not kept and stay with the network.
  bool arrive(std::vector<model::Event>, std::optional<std::string> mark,
              std::function<void()> stored);
  // Something was changed in log(): commit it with this turn's.
  void touch();
  // As touch(), and tells how the commit went.
  void touch(std::function<void(Result<void>)> committed);
  // Calls the observer in the next turn, whether there is something to commit or not.
  void poke() { touch(); }
  // Commits now (at the end, and before another log is opened).
  Result<void> flush();

  // Events have come that nobody may be told of yet.
  bool has_untold() const { return !arrived_.empty() || visible_ != UINT64_MAX; }
  // Nothing with a higher cursor may be told: it may still be lost. No limit while all is well.
  std::uint64_t visible() const { return visible_; }

 private:
  void turn();
  Result<void> commit();
  void failed(const Error&);
  void calm_down();

  const Settings& settings_;
  OpenLog open_log_;
  Loop& loop_;
  Timers& timers_;
  const Clock& clock_;
  Log& diagnostics_;
  Observer* observer_ = nullptr;

  std::unique_ptr<store::EventLog> log_;
  std::string email_;
  std::vector<store::Record> arrived_;   // not yet in the log
  std::optional<std::string> mark_;      // the last of theirs
  std::vector<store::Record> appended_;  // in the log, not yet durable
  std::vector<std::function<void()>> stored_;
  std::vector<std::function<void(Result<void>)>> committed_;
  std::uint64_t visible_ = UINT64_MAX;
  bool scheduled_ = false;
  bool refusing_ = false;
  int failures_ = 0;
  bool retrying_ = false;  // retry_ is set
  Timers::Id retry_{};
  std::shared_ptr<Journal*> self_;  // posted actions outlive us
};

}  // namespace msn::daemon
