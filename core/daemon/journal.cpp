// SPDX-License-Identifier: MIT
#include "core/daemon/journal.hpp"

#include "core/base/text.hpp"
#include "core/daemon/records.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace msn::daemon {
namespace {

constexpr std::string_view domain = "daemon";
// What waits in memory for a disk that cannot be written. More is left with the network, which
// keeps what it was not told is stored.
constexpr std::size_t waiting_limit = 100'000;
constexpr std::chrono::seconds first_retry{1};
constexpr std::chrono::seconds last_retry{30};

}  // namespace

Journal::Journal(const Settings& settings, OpenLog open_log, Loop& loop, Timers& timers,
                 const Clock& clock, Log& diagnostics)
    : settings_(settings),
      open_log_(std::move(open_log)),
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
  refusing_ = false;
  if (log_ && email == email_) return {};
  if (log_) {
    if (auto flushed = flush(); !flushed)
      diagnostics_.error(domain, "events of " + msn::visible(email_) +
                                     " could not be stored: " + flushed.error().message);
    observer_->on_closed();
    log_.reset();
    arrived_.clear();
    mark_.reset();
    appended_.clear();
    stored_.clear();
    visible_ = UINT64_MAX;
    calm_down();
  }
  email_ = email;
  auto opened = open_log_(email, settings_);
  if (!opened) return fail(opened.error());
  log_ = std::move(*opened);
  return {};
}

void Journal::change() {
  if (!log_) return;
  if (auto done = log_->change(settings_.durability, settings_.retention); !done)
    diagnostics_.warn(domain, "the event log keeps its settings: " + done.error().message);
}

bool Journal::arrive(std::vector<model::Event> events, std::optional<std::string> mark,
                     std::function<void()> stored) {
  if (!log_ || arrived_.size() >= waiting_limit) refusing_ = true;
  if (refusing_) return false;
  const Time now = clock_.now();
  for (model::Event& event : events) append_records(std::move(event), now, arrived_);
  if (mark) mark_ = std::move(mark);
  if (stored) stored_.push_back(std::move(stored));
  touch();
  return true;
}

void Journal::touch() {
  if (scheduled_) return;
  scheduled_ = true;
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->turn();
  });
}

void Journal::touch(std::function<void(Result<void>)> committed) {
  committed_.push_back(std::move(committed));
  touch();
}

void Journal::turn() {
  scheduled_ = false;
  auto waiting = std::exchange(committed_, {});
  auto result = commit();
  if (!result) {
    for (auto& tell : waiting) tell(fail(result.error()));
    if (observer_ != nullptr) observer_->on_stored({});
    return;
  }
  const auto records = std::exchange(appended_, {});
  const auto stored = std::exchange(stored_, {});
  for (auto& tell : waiting) tell({});
  if (observer_ != nullptr) observer_->on_stored(records);
  for (const auto& tell : stored) tell();
}

Result<void> Journal::flush() {
  auto result = commit();
  if (!result) return result;
  appended_.clear();
  for (const auto& tell : std::exchange(stored_, {})) tell();
  for (const auto& tell : std::exchange(committed_, {})) tell({});
  return {};
}

Result<void> Journal::commit() {
  if (!log_) return {};
  if (!arrived_.empty()) {
    const std::uint64_t before = log_->last_cursor();
    if (auto done = log_->append(arrived_); !done) {
      failed(done.error());
      return done;
    }
    visible_ = std::min(visible_, before);
    appended_.insert(appended_.end(), std::make_move_iterator(arrived_.begin()),
                     std::make_move_iterator(arrived_.end()));
    arrived_.clear();
  }
  if (auto mark = std::exchange(mark_, {})) log_->set_mark(std::move(*mark));
  if (auto done = log_->commit(); !done) {
    failed(done.error());
    return done;
  }
  if (failures_ > 0) diagnostics_.info(domain, "the event log can be written again");
  calm_down();
  visible_ = UINT64_MAX;
  return {};
}

void Journal::calm_down() {
  failures_ = 0;
  retrying_ = false;
  timers_.cancel(retry_);
}

void Journal::failed(const Error& error) {
  if (failures_ == 0)
    diagnostics_.error(domain, "the event log of " + msn::visible(email_) +
                                   " could not be written, trying again: " + error.message);
  // What clients ask for meanwhile tries, too, but must not put the next try off.
  if (retrying_) return;
  const auto delay = std::min(last_retry, first_retry * (1 << std::min(failures_, 5)));
  ++failures_;
  retrying_ = true;
  retry_ = timers_.in(delay, [this] {
    retrying_ = false;
    turn();
  });
}

}  // namespace msn::daemon
