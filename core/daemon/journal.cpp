// SPDX-License-Identifier: MIT
#include "core/daemon/journal.hpp"

#include "core/base/text.hpp"
#include "core/daemon/records.hpp"

#include <algorithm>
#include <utility>

namespace msn::daemon {
namespace {

constexpr std::string_view domain = "daemon";
// Pending events in memory while the log cannot be written. Beyond this, events are left to a
// network that can repeat them; otherwise they are dropped and reported as a gap.
constexpr std::size_t most_waiting_events = 100'000;
constexpr std::size_t most_waiting_bytes = 64u << 20;
// The part of it for SAID, so that sent messages do not displace received ones.
constexpr std::size_t most_said_bytes = 32u << 20;
constexpr std::size_t most_said_bytes_failing = 4u << 20;
// Limits of one commit, so that it takes milliseconds.
constexpr std::size_t events_at_once = 256;
constexpr std::size_t bytes_at_once = 256 * 1024;
constexpr std::chrono::seconds first_retry{1};
constexpr std::chrono::seconds last_retry{30};

const char* name_of(store::Durability durability) {
  switch (durability) {
    case store::Durability::full:
      return "full";
    case store::Durability::normal:
      return "normal";
    case store::Durability::memory:
      return "memory";
  }
  return "";
}

// The pending events, for a log message.
std::string in_memory(std::size_t events, std::size_t bytes) {
  return " (events kept in memory: " + std::to_string(events) + ", " +
         std::to_string((bytes + 1023) >> 10) + " KiB)";
}

}  // namespace

Journal::Journal(const Settings& settings, Loop& loop, Timers& timers, const Clock& clock,
                 Log& diagnostics)
    : settings_(settings),
      loop_(loop),
      timers_(timers),
      clock_(clock),
      diagnostics_(diagnostics),
      self_(std::make_shared<Journal*>(this)) {}

Journal::~Journal() {
  *self_ = nullptr;
  timers_.cancel(retry_);
}

Result<void> Journal::open(const std::string& email) {
  rejecting_ = false;
  if (log_ && email == email_) return {};
  if (log_) {
    if (auto flushed = flush(); !flushed) {
      fail_commits(flushed.error());
      // Received events would be lost without a gap in any queue.
      const auto own = std::count_if(waiting_.begin(), waiting_.end(),
                                     [](const Batch& batch) { return batch.said; });
      if (static_cast<std::size_t>(own) < waiting_.size())
        return fail(ErrorCode::network, std::to_string(waiting_events_) + " events of " +
                                            visible(email_) +
                                            " are not stored yet: " + flushed.error().message);
      if (own > 0)
        diagnostics_.warn(domain, std::to_string(own) + " messages sent as " + visible(email_) +
                                      " are not recorded: " + flushed.error().message);
    }
    observer_->on_closed();
    clear();
    log_.reset();
  }
  email_ = email;
  auto opened =
      store::EventLog::open(settings_.log_directory + "/" + store::log_file_name(email),
                            settings_.durability, settings_.retention, clock_, diagnostics_);
  if (!opened) return fail(opened.error());
  log_ = std::move(*opened);
  schedule_commit();  // there may be unfinished work
  return {};
}

void Journal::clear() {
  waiting_.clear();
  waiting_events_ = waiting_bytes_ = waiting_said_bytes_ = 0;
  commits_.clear();
  failing_ = settings_wait_ = retrying_ = dropping_said_ = false;
  retries_ = 0;
  timers_.cancel(retry_);
}

// --- settings

void Journal::change() {
  if (!log_) return;
  if (auto done = change_settings(); !done)
    diagnostics_.warn(
        domain, "the event log of " + visible(email_) +
                    " cannot change to durability = " + name_of(settings_.durability) +
                    " and keeps its durability; retrying until it can: " + done.error().message);
  schedule_commit();
}

Result<void> Journal::change_settings() {
  auto done = log_->change(settings_.durability, settings_.retention);
  settings_wait_ = !done;
  if (done)
    diagnostics_.info(domain, "the event log of " + visible(email_) +
                                  " now has durability = " + name_of(settings_.durability));
  else
    retry_later();
  return done;
}

// --- pending events

bool Journal::arrive(Arrival arrival) {
  if (!log_ || waiting_events_ >= most_waiting_events || waiting_bytes_ >= most_waiting_bytes)
    rejecting_ = true;
  Batch batch;
  for (model::Event& event : arrival.events)
    append_records(std::move(event), clock_.now(), batch.changes.records);
  if (rejecting_) {
    const bool matters = !batch.changes.records.empty() || !arrival.settled.empty();
    if (log_ && !arrival.mark && matters) {
      if (waiting_.empty() || waiting_.back().changes.lost == 0) waiting_.emplace_back();
      store::Changes& changes = waiting_.back().changes;
      changes.lost += batch.changes.records.size();
      // The SENT or FAILED of these tokens is part of the gap, so the tokens are settled.
      std::move(arrival.settled.begin(), arrival.settled.end(),
                std::back_inserter(changes.settled));
      if (!failing_) schedule_commit();
    }
    return false;
  }
  batch.changes.mark = std::move(arrival.mark);
  batch.changes.settled = std::move(arrival.settled);
  batch.stored = std::move(arrival.stored);
  add(std::move(batch));
  return true;
}

void Journal::record(model::Said said) {
  if (!log_) return;
  Batch batch;
  batch.said = true;
  append_records(std::move(said), clock_.now(), batch.changes.records);
  add(std::move(batch));
  drop_said();
}

// Drops the newest pending SAID events if they are over their limit.
void Journal::drop_said() {
  const std::size_t most = failing_ ? most_said_bytes_failing : most_said_bytes;
  std::uint64_t dropped = 0;
  for (auto at = waiting_.end(); waiting_said_bytes_ > most && at != waiting_.begin();) {
    if (!(--at)->said) continue;
    waiting_events_ -= at->changes.records.size();
    waiting_bytes_ -= at->bytes;
    waiting_said_bytes_ -= at->bytes;
    dropped += at->changes.records.size() + at->changes.lost_said;
    at = waiting_.erase(at);
  }
  if (dropped == 0) return;
  if (waiting_.empty()) waiting_.emplace_back();
  waiting_.back().changes.lost_said += dropped;
  if (!std::exchange(dropping_said_, true))
    diagnostics_.error(domain, "too many sent messages are waiting for the event log of " +
                                   visible(email_) +
                                   "; further ones are not recorded until it can be written");
}

void Journal::add(Batch batch) {
  for (const store::Record& record : batch.changes.records)
    batch.bytes += record.wire.size() + record.email.size();
  waiting_events_ += batch.changes.records.size();
  waiting_bytes_ += batch.bytes;
  if (batch.said) waiting_said_bytes_ += batch.bytes;
  waiting_.push_back(std::move(batch));
  // After a failure only the timer retries, not every event.
  if (!failing_) schedule_commit();
}

std::string Journal::mark() const {
  for (auto batch = waiting_.rbegin(); batch != waiting_.rend(); ++batch)
    if (batch->changes.mark) return *batch->changes.mark;
  return log_ ? log_->mark() : "";
}

void Journal::commit(store::Changes changes, Done done) {
  if (!log_) return done(fail(ErrorCode::not_logged_in));
  commits_.push_back({std::move(changes), std::move(done), {}, false});
  schedule_commit();
}

void Journal::commit_with_retry(store::Changes changes, std::function<void()> committed) {
  if (!log_) return;
  commits_.push_back({std::move(changes), {}, std::move(committed), true});
  if (!failing_) schedule_commit();
}

void Journal::schedule_commit() {
  if (scheduled_) return;
  scheduled_ = true;
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->run_commit();
  });
}

// --- commits

void Journal::run_commit() {
  scheduled_ = false;
  if (!log_) return;
  if (auto done = commit_some(events_at_once, bytes_at_once); !done) {
    fail_commits(done.error());
    if (observer_ != nullptr) observer_->on_stored({}, false);
  }
  // A callback may have closed the log.
  if (!failing_ && log_ && (!waiting_.empty() || !commits_.empty() || log_->unfinished()))
    schedule_commit();
}

// Commits commits_ and the oldest pending events together, then calls the callbacks.
Result<void> Journal::commit_some(std::size_t most_events, std::size_t most_bytes) {
  std::vector<store::Changes*> changes;
  for (PendingCommit& one : commits_) changes.push_back(&one.changes);
  const std::size_t ordered = changes.size();
  std::size_t events = 0;
  std::size_t bytes = 0;
  for (Batch& batch : waiting_) {
    if (events >= most_events || bytes >= most_bytes) break;
    events += batch.changes.records.size();
    bytes += batch.bytes;
    changes.push_back(&batch.changes);
  }
  const std::size_t batches = changes.size() - ordered;
  // Without changes, write the unchanged mark to find out whether the log can be written again.
  store::Changes probe;
  probe.mark = log_->mark();
  if (failing_ && changes.empty()) changes.push_back(&probe);
  if (auto done = log_->commit(changes); !done) {
    on_failure(done.error());
    return done;
  }
  on_success();
  bool gaps = false;
  std::vector<store::Record> records;
  std::vector<std::function<void()>> stored;
  for (std::size_t i = 0; i < batches; ++i, waiting_.pop_front()) {
    Batch& batch = waiting_.front();
    gaps |= batch.changes.lost > 0 || batch.changes.lost_said > 0;
    waiting_events_ -= batch.changes.records.size();
    waiting_bytes_ -= batch.bytes;
    if (batch.said) waiting_said_bytes_ -= batch.bytes;
    if (batch.stored) stored.push_back(std::move(batch.stored));
    if (records.empty())
      records = std::move(batch.changes.records);
    else
      std::move(batch.changes.records.begin(), batch.changes.records.end(),
                std::back_inserter(records));
  }
  // The callbacks may add new commits.
  std::vector<PendingCommit> made;
  for (std::size_t i = 0; i < ordered; ++i, commits_.pop_front())
    made.push_back(std::move(commits_.front()));
  for (PendingCommit& one : made) {
    std::uint64_t taken = 0;
    for (const auto& take : one.changes.takes) taken += take.taken;
    if (one.done) one.done(taken);
    if (one.committed) one.committed();
  }
  if (observer_ != nullptr) observer_->on_stored(records, gaps);
  for (const auto& callback : stored) callback();
  return {};
}

Result<void> Journal::flush() {
  while (log_ && (!waiting_.empty() || !commits_.empty()))
    if (auto done = commit_some(SIZE_MAX, SIZE_MAX); !done) return done;
  return {};
}

// --- failures

void Journal::fail_commits(const Error& error) {
  std::vector<PendingCommit> failed;
  std::deque<PendingCommit> rest;
  for (PendingCommit& one : commits_) {
    if (one.retried)
      rest.push_back(std::move(one));
    else
      failed.push_back(std::move(one));
  }
  commits_ = std::move(rest);
  for (PendingCommit& one : failed) one.done(fail(error));
}

void Journal::on_failure(const Error& error) {
  if (!std::exchange(failing_, true))
    diagnostics_.error(domain, "the event log of " + visible(email_) + " cannot be written" +
                                   in_memory(waiting_events_, waiting_bytes_) +
                                   ", retrying until it can: " + error.message);
  drop_said();
  retry_later();
}

void Journal::on_success() {
  dropping_said_ = false;
  if (std::exchange(failing_, false))
    diagnostics_.info(domain, "the event log of " + visible(email_) + " can be written again" +
                                  in_memory(waiting_events_, waiting_bytes_));
  if (settings_wait_) return;
  retries_ = 0;
  retrying_ = false;
  timers_.cancel(retry_);
}

// Does not restart a running timer: client requests also try to commit, and must not delay it.
void Journal::retry_later() {
  if (retrying_) return;
  const auto delay = std::min(last_retry, first_retry * (1 << std::min(retries_, 5)));
  ++retries_;
  retrying_ = true;
  retry_ = timers_.in(delay, [this] {
    retrying_ = false;
    if (settings_wait_) (void)change_settings();
    run_commit();
  });
}

}  // namespace msn::daemon
