// SPDX-License-Identifier: MIT
// Polls: what is told, and what of it is taken or reserved.
#include "core/daemon/queues.hpp"

#include <algorithm>

namespace msn::daemon {
namespace {

using Keywords = std::vector<std::string>;

// What two lists of keywords have in common, an empty one being all; nothing: nothing at all.
std::optional<Keywords> both(const Keywords& one, const Keywords& other) {
  if (one.empty()) return other;
  if (other.empty()) return one;
  Keywords common;
  for (const std::string& word : one)
    if (std::find(other.begin(), other.end(), word) != other.end()) common.push_back(word);
  if (common.empty()) return std::nullopt;
  return common;
}

std::optional<std::uint64_t> lost(const store::QueueState& queue) {
  if (queue.gap_unknown) return std::nullopt;
  return queue.gap;
}

}  // namespace

bool Queues::wanted(const std::vector<std::string>& only, std::string_view keyword) {
  return only.empty() || std::find(only.begin(), only.end(), keyword) != only.end();
}

Answer Queues::nothing(std::uint64_t position, std::uint64_t more) const {
  return protocol::poll_end(position, more);
}

Result<Answer> Queues::poll_plain(Client& client) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  const store::QueueState* queue = log->queue("-");
  if (queue->pending == 0 && !has_gap(*queue)) {
    if (!alive_()) return fail(ErrorCode::not_logged_in);
    return protocol::poll_end();
  }
  if (!client.listens()) return protocol::poll_end();
  client.handed.erase("-");
  const Hold* hold = hold_on("-");
  Batch batch(Batch::Form::plain);
  if (has_gap(*queue) && !(hold != nullptr && hold->gap)) batch.add_gap(lost(*queue), 0, {});
  batch.expect(queue->pending);
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
    if (auto taken = log->take("-", batch.cursors, batch.gap); !taken)
      return trouble(taken.error());
    journal_.touch();
  }
  if (batch.empty() && !alive_()) return fail(ErrorCode::not_logged_in);
  return batch.finish(0, 0);
}

void Queues::poll(Client& client, const protocol::Poll& poll, Reply reply) {
  if (poll.hold && (poll.peek || poll.from))
    return reply(fail(ErrorCode::invalid, "HOLD goes neither with PEEK nor with FROM"));
  const bool at_once = !poll.wait || poll.wait->count() == 0;
  if (auto answer = attempt(client, poll, at_once)) return reply(std::move(*answer));
  wait(client, poll, std::move(reply));
}

std::optional<Result<Answer>> Queues::attempt(Client& client, const protocol::Poll& poll,
                                              bool last) {
  if (journal_.log() == nullptr) return fail(ErrorCode::not_logged_in);
  if (poll.from) return attempt_history(poll, last);
  return attempt_queue(client, poll, last);
}

std::optional<Result<Answer>> Queues::attempt_queue(Client& client, const protocol::Poll& poll,
                                                    bool last) {
  store::EventLog& log = *journal_.log();
  const std::string_view name = poll.queue ? std::string_view(*poll.queue) : "-";
  const store::QueueState* queue = log.queue(name);
  if (queue == nullptr) return fail(ErrorCode::unknown_queue);
  if (const auto handed = client.handed.find(name); handed != client.handed.end())
    client.handed.erase(handed);
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
    // Those on hold are read, too, and passed over.
    const std::uint64_t held = hold != nullptr ? hold->cursors.size() : 0;
    batch.expect(std::min(max, rest));
    const std::uint64_t enough = max > UINT64_MAX - held ? UINT64_MAX : max + held;
    const auto read = log.read_queue(name, {poll.only, 0, enough}, [&](const auto& record) {
      if (record.cursor > journal_.visible()) return false;
      if (!poll.peek && hold != nullptr && hold->has(record.cursor)) return true;
      batch.add(record);
      return batch.told() < max;
    });
    if (!read) return trouble(read.error());
  }
  if (!batch.empty() && (poll.peek || client.listens()))
    return hand_out(client, poll, *queue, std::move(batch));
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
  if (poll.queue && log.queue(*poll.queue) == nullptr) return fail(ErrorCode::unknown_queue);
  const std::uint64_t after = poll.from->oldest ? 0 : poll.from->cursor;
  const std::uint64_t max = poll.max.value_or(UINT64_MAX);
  const auto only = both(poll.only, poll.queue ? log.queue(*poll.queue)->only : Keywords());
  Batch batch(Batch::Form::extended);
  if (!poll.from->oldest) {
    if (const auto missing = log.missing_after(after)) {
      auto place = before_history(after);
      if (!place) return trouble(place.error());
      batch.add_gap(missing->unknown ? std::nullopt : std::optional(missing->count), place->cursor,
                    place->time);
    }
  }
  if (only && present() > after && batch.told() < max) {
    const auto read =
        log.read_history({*only, after, max - batch.told()}, [&](const store::Record& record) {
          if (record.cursor > journal_.visible()) return false;
          batch.add(record);
          return true;
        });
    if (!read) return trouble(read.error());
  }
  if (!batch.empty()) {
    const auto more = !only || batch.told() < max ? 0 : count_history(batch.last_cursor(), *only);
    if (!more) return trouble(more.error());
    return batch.finish(0, *more);
  }
  if (!last && alive_()) return std::nullopt;
  return nothing(present(), 0);
}

// How many events there are after that one.
Result<std::uint64_t> Queues::count_history(std::uint64_t after,
                                            const std::vector<std::string>& only) {
  store::EventLog& log = *journal_.log();
  if (present() <= after) return 0;
  // Where none is missing the cursors tell, and a log need not be read to its end for every page.
  if (only.empty() && !log.missing_after(after)) return present() - after;
  std::uint64_t count = 0;
  const auto read = log.read_history({only, after, UINT64_MAX}, [&](const store::Record& record) {
    if (record.cursor > journal_.visible()) return false;
    ++count;
    return true;
  });
  if (!read) return fail(read.error());
  return count;
}

}  // namespace msn::daemon
