// SPDX-License-Identifier: MIT
#include "core/daemon/queues.hpp"

#include <algorithm>

#include "core/protocol/limits.hpp"

namespace msn::daemon {
namespace {

namespace limits = protocol::limits;

constexpr std::chrono::seconds hold_time{60};  // where a client's end is not noticed

bool has_gap(const store::QueueState& queue) { return queue.gap > 0 || queue.gap_unknown; }

bool wanted(const std::vector<std::string>& only, std::string_view keyword) {
  return only.empty() || std::find(only.begin(), only.end(), keyword) != only.end();
}

std::optional<std::uint64_t> lost(const store::QueueState& queue) {
  if (queue.gap_unknown) return std::nullopt;
  return queue.gap;
}

// An answer to POLL must not begin with an ERR that reads as an event (protocol 5.2).
tl::unexpected<Error> trouble(const Error& error) {
  return fail(ErrorCode::invalid, "the event log: " + error.message);
}

tl::unexpected<Error> no_queue() { return fail(ErrorCode::unknown_queue); }

}  // namespace

bool Queues::Hold::has(std::uint64_t cursor) const {
  return std::binary_search(cursors.begin(), cursors.end(), cursor);
}

Queues::Queues(Journal& journal, Timers& timers, const Clock& clock, std::function<bool()> alive)
    : journal_(journal), timers_(timers), clock_(clock), alive_(std::move(alive)) {}

Queues::Hold* Queues::hold_on(std::string_view queue) {
  if (holds_.empty()) return nullptr;
  const auto found = holds_.find(queue);
  return found == holds_.end() ? nullptr : &found->second;
}

std::uint64_t Queues::present() const {
  return std::min(journal_.log()->last_cursor(), journal_.visible());
}

Answer Queues::nothing(std::uint64_t position, std::uint64_t more) const {
  return protocol::poll_end(position, more);
}

// --- polls ---------------------------------------------------------------------------------------

Result<Answer> Queues::poll_plain() {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  const store::QueueState* queue = log->queue("-");
  if (queue->pending == 0 && !has_gap(*queue)) {
    if (!alive_()) return fail(ErrorCode::not_logged_in);
    return protocol::poll_end();
  }
  const Hold* hold = hold_on("-");
  Batch batch(Batch::Form::plain);
  if (has_gap(*queue) && !(hold != nullptr && hold->gap)) batch.add_gap(lost(*queue), 0, {});
  const auto read = log->read_queue("-", {}, [&](const store::Record& record) {
    if (record.cursor > journal_.visible()) return false;
    if (hold != nullptr && hold->has(record.cursor)) return true;
    if (protocol::in_plain_poll(record.keyword))
      batch.add(record);
    else
      batch.leave_out(record);
    return true;
  });
  if (!read) return trouble(read.error());
  if (batch.gap || !batch.cursors.empty()) {
    // Durable after the answer was written: a death in between repeats events, it loses none.
    if (auto taken = log->take("-", batch.cursors, batch.gap); !taken) return trouble(taken.error());
    journal_.touch();
  }
  if (batch.empty() && !alive_()) return fail(ErrorCode::not_logged_in);
  return batch.finish(0, 0);
}

Result<Outcome> Queues::poll(Client& client, const protocol::Poll& poll) {
  if (poll.hold && (poll.peek || poll.from))
    return fail(ErrorCode::invalid, "HOLD goes neither with PEEK nor with FROM");
  const bool at_once = !poll.wait || poll.wait->count() == 0;
  if (auto answer = attempt(client, poll, at_once)) {
    if (!*answer) return fail(std::move(answer->error()));
    return Outcome(std::move(**answer));
  }
  return Outcome(Later([this, &client, poll](Done done) { wait(client, poll, std::move(done)); }));
}

std::optional<Result<Answer>> Queues::attempt(Client& client, const protocol::Poll& poll,
                                              bool last) {
  if (journal_.log() == nullptr) return fail(ErrorCode::not_logged_in);
  if (poll.from) return attempt_history(poll, last);
  return attempt_queue(client, poll, last);
}

std::optional<Result<Answer>> Queues::attempt_queue(Client& client,
                                                    const protocol::Poll& poll, bool last) {
  store::EventLog& log = *journal_.log();
  const std::string_view name = poll.queue ? std::string_view(*poll.queue) : "-";
  const store::QueueState* queue = log.queue(name);
  if (queue == nullptr) return no_queue();
  const Hold* hold = hold_on(name);
  const bool mine = hold != nullptr && hold->owner == &client;
  const bool alive = alive_();
  // Shown to this client before and still on its hold: neither told again nor "more".
  const std::uint64_t known = mine && !poll.peek ? hold->cursors.size() : 0;
  const std::uint64_t rest = queue->pending - std::min(queue->pending, known);
  const std::uint64_t position = queue->pending > 0 ? queue->cursor : present();

  if (poll.hold && hold != nullptr && !mine) {
    if (!alive || !poll.wait) return fail(ErrorCode::busy);
    if (!last) return std::nullopt;
    return nothing(position, rest);
  }

  Batch batch(Batch::Form::extended);
  const std::uint64_t max = poll.max.value_or(UINT64_MAX);
  if (has_gap(*queue) && wanted(poll.only, "GAP") && (poll.peek || hold == nullptr || !hold->gap)) {
    if (auto place = before_queue(queue->name))
      batch.add_gap(lost(*queue), place->cursor, place->time);
    else
      return trouble(place.error());
  }
  if (rest > 0 && batch.told() < max) {
    const auto read = log.read_queue(name, {poll.only, 0, UINT64_MAX}, [&](const auto& record) {
      if (record.cursor > journal_.visible()) return false;
      if (!poll.peek && hold != nullptr && hold->has(record.cursor)) return true;
      batch.add(record);
      return batch.told() < max;
    });
    if (!read) return trouble(read.error());
  }
  if (!batch.empty()) return hand_out(client, poll, *queue, std::move(batch));
  if (!alive && !poll.peek) return fail(ErrorCode::not_logged_in);
  if (!last && alive) return std::nullopt;
  return nothing(position, rest);
}

Queues::Place Queues::before(const std::optional<Place>& first) const {
  if (!first || first->cursor > journal_.visible()) return {present(), clock_.now()};
  return {first->cursor - 1, first->time};
}

Result<Queues::Place> Queues::before_queue(const std::string& name) {
  std::optional<Place> first;
  const auto read = journal_.log()->read_queue(name, {{}, 0, 1}, [&](const store::Record& record) {
    first = {record.cursor, record.time};
    return false;
  });
  if (!read) return fail(read.error());
  return before(first);
}

Result<Queues::Place> Queues::before_history(std::uint64_t after) {
  std::optional<Place> first;
  const auto read = journal_.log()->read_history({{}, after, 1}, [&](const store::Record& record) {
    first = {record.cursor, record.time};
    return false;
  });
  if (!read) return fail(read.error());
  return before(first);
}

Result<Answer> Queues::hand_out(Client& client, const protocol::Poll& poll,
                                const store::QueueState& queue, Batch batch) {
  const std::string name = queue.name;
  const Hold* hold = hold_on(name);
  std::uint64_t told = batch.cursors.size();
  if (!poll.peek && hold != nullptr && hold->owner == &client) told += hold->cursors.size();
  const std::uint64_t more = queue.pending - std::min(queue.pending, told);
  if (poll.hold) {
    reserve(client, name, batch);
  } else if (!poll.peek) {
    auto taken = journal_.log()->take(name, batch.cursors, batch.gap);
    if (!taken) return trouble(taken.error());
    journal_.touch();
  }
  return batch.finish(0, more);
}

std::optional<Result<Answer>> Queues::attempt_history(const protocol::Poll& poll, bool last) {
  store::EventLog& log = *journal_.log();
  if (poll.queue && log.queue(*poll.queue) == nullptr) return no_queue();
  const std::uint64_t after = poll.from->oldest ? 0 : poll.from->cursor;
  const std::uint64_t max = poll.max.value_or(UINT64_MAX);
  Batch batch(Batch::Form::extended);
  std::uint64_t more = 0;
  if (!poll.from->oldest) {
    if (const auto missing = log.missing_after(after)) {
      auto place = before_history(after);
      if (!place) return trouble(place.error());
      batch.add_gap(missing->unknown ? std::nullopt : std::optional(missing->count),
                    place->cursor, place->time);
    }
  }
  if (log.last_cursor() > after) {
    const auto read = log.read_history({poll.only, after, UINT64_MAX}, [&](const auto& record) {
      if (record.cursor > journal_.visible()) return false;
      if (batch.told() < max)
        batch.add(record);
      else
        ++more;
      return true;
    });
    if (!read) return trouble(read.error());
  }
  if (!batch.empty()) return batch.finish(0, more);
  if (!last && alive_()) return std::nullopt;
  return nothing(std::max(after, present()), 0);
}

// --- holds and acknowledgements --------------------------------------------------------------------

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
  timers_.cancel(found->second.timer);
  --found->second.owner->holds;
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
  const bool gap = has_gap(queue) && (hold == nullptr || !hold->gap) && cursor + 1 >= first;
  if (cursors.empty() && !gap) return 0;
  auto taken = log.take(name, cursors, gap);
  if (!taken) return trouble(taken.error());
  return *taken;
}

// --- named queues ----------------------------------------------------------------------------------

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

// --- waits -----------------------------------------------------------------------------------------

void Queues::wait(Client& client, protocol::Poll poll, Done done) {
  const auto delay = *poll.wait;
  const std::uint64_t number = ++last_wait_;
  Wait& wait = waits_[number];
  wait.client = &client;
  wait.poll = std::move(poll);
  wait.done = std::move(done);
  wait.timer = timers_.in(delay, [this, number] {
    const auto found = waits_.find(number);
    if (found == waits_.end()) return;
    auto answer = attempt(*found->second.client, found->second.poll, true);
    end_wait(number, std::move(*answer));
    tell();
  });
  ++client.waits;
}

// Takes it out; the answer is told by tell(), when no iteration is under way.
void Queues::end_wait(std::uint64_t number, Result<Answer> answer) {
  const auto found = waits_.find(number);
  timers_.cancel(found->second.timer);
  --found->second.client->waits;
  ended_.emplace_back(std::move(found->second.done), std::move(answer));
  waits_.erase(found);
}

void Queues::tell() {
  for (auto& [done, answer] : std::exchange(ended_, {})) done(std::move(answer));
}

void Queues::forget(Client& client) {
  if (client.waits > 0) {
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      if (wait->second.client != &client) {
        ++wait;
        continue;
      }
      timers_.cancel(wait->second.timer);
      wait = waits_.erase(wait);
    }
    client.waits = 0;
  }
  if (client.holds > 0) {
    std::vector<std::string> names;
    for (const auto& [name, hold] : holds_)
      if (hold.owner == &client) names.push_back(name);
    for (const std::string& name : names) release(name);
  }
}

void Queues::on_stored(const std::vector<store::Record>& records) {
  const bool all = std::exchange(freed_, false) || !alive_();
  if (all || !records.empty()) {
    for (auto next = waits_.begin(); next != waits_.end();) {
      const auto current = next++;
      const protocol::Poll& poll = current->second.poll;
      if (!all && std::none_of(records.begin(), records.end(), [&](const store::Record& record) {
            return wanted(poll.only, record.keyword);
          }))
        continue;
      if (auto answer = attempt(*current->second.client, poll, false))
        end_wait(current->first, std::move(*answer));
    }
  }
  tell();
}

void Queues::on_closed() {
  while (!waits_.empty()) end_wait(waits_.begin()->first, fail(ErrorCode::not_logged_in));
  while (!holds_.empty()) release(std::string(holds_.begin()->first));
  journal_.touch();
}

}  // namespace msn::daemon
