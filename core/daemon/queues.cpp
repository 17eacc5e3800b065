// SPDX-License-Identifier: MIT
#include "core/daemon/queues.hpp"

#include "core/protocol/limits.hpp"

#include <algorithm>
#include <iterator>

namespace msn::daemon {
namespace {

namespace limits = protocol::limits;

constexpr std::chrono::seconds hold_time{60};  // where a client's end is not noticed

tl::unexpected<Error> no_queue() {
  return fail(ErrorCode::unknown_queue);
}

}  // namespace

// An answer to POLL must not begin with an ERR that reads as an event (protocol 5.2).
tl::unexpected<Error> Queues::trouble(const Error& error) {
  return fail(ErrorCode::invalid, "the event log: " + error.message);
}

bool Queues::has_gap(const store::QueueState& queue) {
  return queue.gap > 0 || queue.gap_unknown;
}

bool Queues::Hold::has(std::uint64_t cursor) const {
  return std::binary_search(cursors.begin(), cursors.end(), cursor);
}

Queues::Queues(Journal& journal, Timers& timers, const Clock& clock, std::function<bool()> alive)
    : journal_(journal), timers_(timers), clock_(clock), alive_(std::move(alive)) {}

std::uint64_t Queues::present() const {
  return std::min(journal_.log()->last_cursor(), journal_.visible());
}

Queues::Hold* Queues::hold_on(std::string_view queue) {
  if (holds_.empty()) return nullptr;
  const auto found = holds_.find(queue);
  return found == holds_.end() ? nullptr : &found->second;
}

// --- holds and acknowledgements
// --------------------------------------------------------------------

void Queues::reserve(Client& client, const std::string& queue, const Batch& batch) {
  Hold& hold = holds_[queue];
  if (hold.owner == nullptr) {
    hold.owner = &client;
    ++hold.owner->holds;
  }
  // A second HOLD may reach back for what the first one's ONLY had passed over.
  const auto middle = static_cast<std::ptrdiff_t>(hold.cursors.size());
  hold.cursors.insert(hold.cursors.end(), batch.cursors.begin(), batch.cursors.end());
  std::inplace_merge(hold.cursors.begin(), hold.cursors.begin() + middle, hold.cursors.end());
  if (batch.gap) {
    hold.gap = true;
    hold.gap_cursor = batch.gap_cursor;
  }
  if (!client.lasting) {
    timers_.cancel(hold.timer);
    hold.timer = timers_.in(hold_time, [this, queue] { release(queue); });
  }
}

void Queues::release(const std::string& queue) {
  const auto found = holds_.find(queue);
  if (found == holds_.end()) return;
  Hold& hold = found->second;
  timers_.cancel(hold.timer);
  --hold.owner->holds;
  hold.owner->handed[queue] = {std::move(hold.cursors), hold.gap, hold.gap_cursor, generation_};
  holds_.erase(found);
  freed_ = true;
  journal_.touch();
}

Result<std::uint64_t> Queues::ack(Client& client, const protocol::Ack& ack) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  const std::string name = ack.queue.value_or("-");
  const store::QueueState* queue = log->queue(name);
  if (queue == nullptr) return no_queue();
  Hold* hold = hold_on(name);
  if (hold != nullptr && hold->owner == &client) return ack_held(*hold, name, ack.cursor);
  if (const auto handed = client.handed.find(name); handed != client.handed.end())
    return ack_handed(handed->second, name, hold, ack.cursor);
  return ack_free(*queue, hold, ack.cursor);
}

Result<std::uint64_t> Queues::ack_held(Hold& hold, const std::string& queue, std::uint64_t cursor) {
  const auto end = std::upper_bound(hold.cursors.begin(), hold.cursors.end(), cursor);
  const std::vector<std::uint64_t> cursors(hold.cursors.begin(), end);
  const bool told_gap = hold.gap && hold.gap_cursor <= cursor;
  if (cursors.empty() && !told_gap) return 0;
  auto taken = journal_.log()->take(queue, cursors, told_gap);
  if (!taken) return trouble(taken.error());
  hold.cursors.erase(hold.cursors.begin(), end);
  if (told_gap) hold.gap = false;
  if (hold.cursors.empty() && !hold.gap) release(queue);
  return *taken;
}

Result<std::uint64_t> Queues::ack_handed(Client::Handed& handed, const std::string& queue,
                                         const Hold* hold, std::uint64_t cursor) {
  if (handed.generation != generation_) return 0;
  const auto end = std::upper_bound(handed.cursors.begin(), handed.cursors.end(), cursor);
  std::vector<std::uint64_t> cursors;
  std::copy_if(handed.cursors.begin(), end, std::back_inserter(cursors),
               [&](std::uint64_t one) { return hold == nullptr || !hold->has(one); });
  const bool gap = handed.gap && handed.gap_cursor <= cursor && (hold == nullptr || !hold->gap);
  if (cursors.empty() && !gap) return 0;
  auto taken = journal_.log()->take(queue, cursors, gap);
  if (!taken) return trouble(taken.error());
  handed.cursors.erase(handed.cursors.begin(), end);
  if (gap) handed.gap = false;
  return *taken;
}

Result<std::uint64_t> Queues::ack_free(const store::QueueState& queue, const Hold* hold,
                                       std::uint64_t cursor) {
  store::EventLog& log = *journal_.log();
  const std::string name = queue.name;
  const std::uint64_t limit = std::min(cursor, journal_.visible());
  std::vector<std::uint64_t> cursors;
  std::uint64_t first = present() + 1;  // the gap stands before it, as a poll tells it
  bool any = false;
  const auto read = log.read_queue(name, {}, [&](const store::Record& record) {
    if (!std::exchange(any, true)) first = record.cursor;
    if (record.cursor > limit) return false;
    if (hold == nullptr || !hold->has(record.cursor)) cursors.push_back(record.cursor);
    return true;
  });
  if (!read) return trouble(read.error());
  const bool gap = has_gap(queue) && (hold == nullptr || !hold->gap) && cursor >= first - 1;
  if (cursors.empty() && !gap) return 0;
  auto taken = log.take(name, cursors, gap);
  if (!taken) return trouble(taken.error());
  return *taken;
}

// --- named queues
// ----------------------------------------------------------------------------------

Result<void> Queues::create(const protocol::QNew& request) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  if (log->queue(request.name) != nullptr)
    return fail(ErrorCode::invalid, "there is a queue " + request.name + " already");
  // The default queue is not one of the named.
  if (log->queues().size() > limits::queues)
    return fail(ErrorCode::invalid,
                "there are " + std::to_string(limits::queues) + " queues already");
  auto start = store::EventLog::Start::now;
  if (request.start == protocol::QNew::Start::oldest) start = store::EventLog::Start::oldest;
  if (request.start == protocol::QNew::Start::cursor) start = store::EventLog::Start::cursor;
  if (auto made = log->create_queue(request.name, start, request.cursor, request.only); !made)
    return trouble(made.error());
  return {};
}

Result<void> Queues::drop(const std::string& name) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  if (name == "-") return fail(ErrorCode::invalid, "the default queue stays");
  if (log->queue(name) == nullptr) return no_queue();
  if (auto dropped = log->drop_queue(name); !dropped) return trouble(dropped.error());
  release(name);
  ++generation_;
  freed_ = true;  // whoever waits on it is told next turn that it is gone
  return {};
}

Result<std::vector<protocol::QueueEntry>> Queues::list() const {
  const store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  std::vector<protocol::QueueEntry> entries;
  for (store::QueueState& queue : log->queues())
    entries.push_back({std::move(queue.name), queue.pending, queue.cursor});
  return entries;
}

}  // namespace msn::daemon
