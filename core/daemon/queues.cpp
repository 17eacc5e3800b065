// SPDX-License-Identifier: MIT
// Acknowledgements and named queues.
#include "core/daemon/queues.hpp"

#include "core/protocol/limits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace msn::daemon {
namespace {

namespace limits = protocol::limits;

// Events that one commit removes from a queue, so that it takes milliseconds.
constexpr std::size_t taken_at_once = 512;

}  // namespace

Queues::Queues(Journal& journal, Timers& timers, const Clock& clock,
               std::function<bool()> expects_events, NameOf name_of)
    : journal_(journal),
      timers_(timers),
      clock_(clock),
      expects_events_(std::move(expects_events)),
      name_of_(std::move(name_of)),
      reservations_(timers,
                    [this] {
                      freed_ = true;
                      journal_.schedule_commit();
                    }),
      waits_(timers, [this](QueueClient& client, protocol::Poll& poll, bool timed_out) {
        return attempt(client, poll, timed_out);
      }) {}

std::uint64_t Queues::present() const {
  return journal_.log()->last_cursor();
}

std::uint64_t Queues::pending(const store::QueueState& queue) const {
  if (queue.pending == 0) return 0;
  return queue.pending - std::min(queue.pending, reservations_.taken(queue.name));
}

// --- removing events from a queue

// Removes the events of a delivered answer, in several commits if there are many.
void Queues::take(std::shared_ptr<Reservation> reservation) {
  if (reservation->released) return;
  const std::size_t count = std::min(reservation->cursors.size(), taken_at_once);
  const auto end = reservation->cursors.begin() + static_cast<std::ptrdiff_t>(count);
  store::Changes changes;
  changes.takes.push_back({reservation->queue,
                           {reservation->cursors.begin(), end},
                           reservation->gap,
                           reservation->lost,
                           0});
  journal_.commit_with_retry(std::move(changes), [this, reservation, count] {
    reservation->gap = false;
    reservation->cursors.erase(reservation->cursors.begin(),
                               reservation->cursors.begin() + static_cast<std::ptrdiff_t>(count));
    if (reservation->cursors.empty())
      reservations_.release(*reservation);
    else
      take(reservation);
  });
}

struct Queues::Acknowledging {
  explicit Acknowledging(Reply to) : reply(std::move(to)) {}
  Reply reply;
  std::string queue;
  std::uint64_t cursor = 0;
  // The events of the client's hold or expired hold. Nothing: all unreserved events up to `cursor`.
  std::optional<std::vector<std::uint64_t>> cursors;
  bool gap = false;
  std::uint64_t lost = 0;   // the count that the gap reported
  std::uint64_t after = 0;  // processed up to this cursor
  std::uint64_t taken = 0;
  // The events. They are removed from the hold at once, so that the next HOLD does not wait for the
  // commits.
  std::shared_ptr<Reservation> reservation;
  std::shared_ptr<Reservation> hold;  // gets the events back if a commit fails
};

void Queues::ack(QueueClient& client, const protocol::Ack& ack, Reply reply) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return reply(fail(ErrorCode::not_logged_in));
  const std::string name = ack.queue.value_or("-");
  const store::QueueState* queue = log->queue(name);
  if (queue == nullptr) return reply(fail(ErrorCode::unknown_queue));

  auto work = std::make_shared<Acknowledging>(std::move(reply));
  work->queue = name;
  work->cursor = ack.cursor;
  const std::shared_ptr<Reservation> hold = reservations_.hold_on(name);
  if (hold != nullptr && hold->holder == &client) {
    work->hold = hold;
    work->reservation = reservations_.split(*hold, ack.cursor);
    work->cursors = work->reservation->cursors;
    work->gap = work->reservation->gap;
    work->lost = work->reservation->lost;
  } else if (const auto before = client.expired_holds.find(name);
             before != client.expired_holds.end()) {
    QueueClient::ExpiredHold& expired = before->second;
    work->cursors.emplace();
    if (expired.generation == reservations_.queue_generation) {
      work->cursors->assign(
          expired.cursors.begin(),
          std::upper_bound(expired.cursors.begin(), expired.cursors.end(), ack.cursor));
      std::erase_if(*work->cursors, [&](std::uint64_t cursor) {
        return hold != nullptr && hold->covers(cursor, nullptr);
      });
      work->gap = expired.gap && expired.gap_cursor <= ack.cursor && (!hold || !hold->gap);
      work->lost = expired.lost;
      // A second ACK must not clear a later gap that this client has not seen.
      if (work->gap) expired.gap = false;
    }
  } else if (queue->has_gap() && !reservations_.is_gap_reserved(name, nullptr)) {
    const auto first = log->pending_cursors(name, {}, 1);
    if (!first) return work->reply(log_failed(first.error()));
    // A poll reports the gap before the first event.
    const std::uint64_t place = first->empty() ? present() : first->front() - 1;
    work->gap = ack.cursor >= place;
    work->lost = queue->gap;
  }
  acknowledge(std::move(work));
}

void Queues::acknowledge(std::shared_ptr<Acknowledging> work) {
  store::Changes::Take take{work->queue, {}, std::exchange(work->gap, false), work->lost, 0};
  if (work->cursors) {
    auto first = std::upper_bound(work->cursors->begin(), work->cursors->end(), work->after);
    const auto left = static_cast<std::size_t>(work->cursors->end() - first);
    take.cursors.assign(first, first + static_cast<std::ptrdiff_t>(std::min(left, taken_at_once)));
    if (!take.cursors.empty()) work->after = take.cursors.back();
  } else {
    // Skip batches in which every event is reserved.
    for (bool more = true; more && take.cursors.empty();) {
      auto cursors = journal_.log()->pending_cursors(work->queue, {{}, work->after, work->cursor},
                                                     taken_at_once);
      if (!cursors) return work->reply(log_failed(cursors.error()));
      more = !cursors->empty();
      if (more) work->after = cursors->back();
      std::erase_if(*cursors, [&](std::uint64_t cursor) {
        return reservations_.is_reserved(work->queue, cursor, nullptr, nullptr);
      });
      take.cursors = std::move(*cursors);
    }
  }
  if (take.cursors.empty() && !take.gap) {
    if (work->reservation) reservations_.release(*work->reservation);
    return work->reply(protocol::ok(std::to_string(work->taken)));
  }
  store::Changes changes;
  changes.takes.push_back(take);
  journal_.commit(std::move(changes), [this, work,
                                       gap = take.gap](const Result<std::uint64_t>& taken) {
    if (!taken) {
      if (work->reservation) reservations_.restore(*work->reservation, *work->hold);
      return work->reply(log_failed(taken.error()));
    }
    work->taken += *taken;
    if (Reservation* taking = work->reservation.get()) {
      if (gap) taking->gap = false;
      std::erase_if(taking->cursors, [&](std::uint64_t cursor) { return cursor <= work->after; });
    }
    acknowledge(work);
  });
}

// --- named queues

void Queues::create(const protocol::QNew& request, Reply reply) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return reply(fail(ErrorCode::not_logged_in));
  const bool being_made = std::any_of(creating_.begin(), creating_.end(), [&](const Creating& one) {
    return one.name == request.name;
  });
  if (being_made || log->has_queue(request.name))
    return reply(fail(ErrorCode::exists, "queue " + request.name + " already exists"));
  const auto uncommitted = std::count_if(creating_.begin(), creating_.end(),
                                         [](const Creating& one) { return !one.committed; });
  if (log->named_queues() + static_cast<std::size_t>(uncommitted) >= limits::queues)
    return reply(fail(ErrorCode::invalid, "there are already " + std::to_string(limits::queues) +
                                              " named queues; delete one with QDEL"));
  store::Changes changes;
  auto start = store::Start::now;
  if (request.start == protocol::QNew::Start::oldest) start = store::Start::oldest;
  if (request.start == protocol::QNew::Start::cursor) start = store::Start::cursor;
  changes.created.push_back({request.name, request.only, start, request.cursor, false});
  creating_.push_back({request.name, std::move(reply)});
  journal_.commit(std::move(changes),
                  [this, one = std::prev(creating_.end())](const Result<std::uint64_t>& made) {
                    one->committed = made.has_value();
                    if (made) return;  // on_stored() answers when the queue is filled
                    Creating failed = std::move(*one);
                    creating_.erase(one);
                    failed.reply(log_failed(made.error()));
                  });
}

void Queues::drop(const std::string& name, Reply reply) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return reply(fail(ErrorCode::not_logged_in));
  if (name == "-") return reply(fail(ErrorCode::invalid, "the default queue cannot be deleted"));
  if (log->queue(name) == nullptr) return reply(fail(ErrorCode::unknown_queue));
  store::Changes changes;
  changes.dropped.push_back(name);
  journal_.commit(std::move(changes),
                  [this, name, held = std::make_shared<Reply>(std::move(reply))](
                      const Result<std::uint64_t>& dropped) {
                    if (!dropped) return (*held)(log_failed(dropped.error()));
                    reservations_.release_all(name);
                    ++reservations_.queue_generation;
                    freed_ = true;  // waiting polls on it are answered ERR UNK QUEUE
                    (*held)(protocol::ok());
                  });
}

Result<std::vector<protocol::QueueEntry>> Queues::list() const {
  const store::EventLog* log = journal_.log();
  if (log == nullptr) return fail(ErrorCode::not_logged_in);
  std::vector<protocol::QueueEntry> entries;
  for (store::QueueState& queue : log->queues()) {
    const std::uint64_t count = pending(queue);
    entries.push_back({std::move(queue.name), count, queue.cursor});
  }
  return entries;
}

// --- clients and the journal

void Queues::end_waits(QueueClient& client) {
  waits_.end(client, [this] { return protocol::poll_end(present(), 0, journal_.is_failing()); });
}

void Queues::forget(QueueClient& client) {
  waits_.forget(client);
  reservations_.release_all(client);
  client.expired_holds.clear();
}

void Queues::on_stored(const std::vector<store::Record>& records, bool gaps) {
  for (auto next = creating_.begin(); next != creating_.end();) {
    const auto current = next++;
    if (!current->committed || journal_.log()->queue(current->name) == nullptr) continue;
    Creating made = std::move(*current);
    creating_.erase(current);
    made.reply(protocol::ok());
  }
  const bool all = std::exchange(freed_, false) || !expects_events_();
  if (!all && records.empty() && !gaps) return;
  waits_.try_again([&](const protocol::Poll& poll) {
    const store::QueueState* queue = journal_.log()->queue(poll.queue.value_or("-"));
    // A poll without ONLY selects all keywords of its queue.
    const auto& only = poll.only.empty() && queue != nullptr ? queue->only : poll.only;
    if (all || std::any_of(records.begin(), records.end(), [&](const store::Record& record) {
          return store::selects(only, record.keyword) && (!poll.with || *poll.with == record.email);
        }))
      return true;
    return store::selects(poll.only, "GAP") && queue != nullptr && queue->has_gap();
  });
}

void Queues::on_closed() {
  waits_.end_all([]() -> Result<Answer> { return fail(ErrorCode::not_logged_in); });
  for (Creating& one : std::exchange(creating_, {}))
    one.reply(fail(ErrorCode::invalid, "another account logged in before the queue was created"));
  reservations_.clear();
}

}  // namespace msn::daemon
