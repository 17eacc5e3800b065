// SPDX-License-Identifier: MIT
// Polls: reads the events of an answer in pieces, and reserves or takes them.
#include "core/daemon/queues.hpp"
#include "core/model/event.hpp"

#include <algorithm>
#include <utility>

namespace msn::daemon {
namespace {

using Keywords = std::vector<std::string>;

constexpr std::size_t piece_bytes = 64 * 1024;

// The intersection of two lists of keywords; an empty list selects all. Nothing: no keyword.
std::optional<Keywords> both(const Keywords& one, const Keywords& other) {
  if (one.empty()) return other;
  if (other.empty()) return one;
  Keywords common;
  for (const std::string& word : one)
    if (std::find(other.begin(), other.end(), word) != other.end()) common.push_back(word);
  if (common.empty()) return std::nullopt;
  return common;
}

// How long a HOLD waits until the last requests of a disconnected holder are processed.
constexpr std::chrono::seconds until_noticed{10};
// How long a HOLD waits for another holder (protocol 13.3).
constexpr std::chrono::seconds until_busy{2};

bool waits(const protocol::Poll& poll) {
  return poll.wait && poll.wait->count() > 0;
}

std::optional<std::uint64_t> lost(const store::QueueState& queue) {
  if (queue.gap_unknown) return std::nullopt;
  return queue.gap;
}

}  // namespace

// An answer to POLL that is being read from the log and sent to its client.
class Queues::PollAnswer final : public AnswerSource {
 public:
  // plain: a POLL without options, which takes events. The others use the EV form.
  enum class Kind { plain, take, hold, peek, history };
  PollAnswer(Queues& queues, QueueClient& client, Kind kind, std::string queue,
             store::Selection selection, std::uint64_t max, bool nicks = false)
      : queues_(queues),
        client_(client),
        kind_(kind),
        queue_(std::move(queue)),
        selection_(std::move(selection)),
        max_(max),
        nicks_(nicks),
        log_generation_(queues.reservations_.log_generation) {
    // Events that arrive while the answer is being sent are left for the next poll.
    selection_.upto = std::min(selection_.upto, queues.present());
    if (kind == Kind::hold) reservation_ = queues_.reservations_.hold_on(queue_);
    if (kind != Kind::history)
      selection_.after = queues_.reservations_.reserved_upto(queue_, own(), kind == Kind::peek);
  }

  ~PollAnswer() override {
    if (!reservation_) return;
    // A new hold begins only when its whole answer has been produced.
    if (reservation_->holder == nullptr || (new_hold_ && !finished_))
      queues_.reservations_.release(*reservation_);
    else
      queues_.reservations_.end_claim(*reservation_);
  }

  // Adds a gap. `lost`: the number to report; nothing: unknown ("GAP ?"). `count`: QueueState::gap.
  void add_gap(std::optional<std::uint64_t> lost, std::uint64_t count, Place place,
               std::string& out) {
    ++shown_;
    if (kind_ == Kind::plain) {
      out += protocol::encode_plain_gap({lost});
    } else {
      out += prefix(place.cursor, place.time, {});
      out += protocol::encode_event(model::Gap{lost});
      last_shown_ = place.cursor;
    }
    if (kind_ == Kind::peek || kind_ == Kind::history) return;
    reserve();
    reservation_->gap = true;
    reservation_->lost = count;
    reservation_->gap_cursor = place.cursor;
  }

  // Reads the first piece. Afterwards is_empty() is true if there was no event to hand out.
  Result<void> read_first(std::string& out) { return read(out); }
  bool is_empty() const { return shown_ == 0; }
  bool finished() const { return finished_; }
  // The answer takes its events when it is delivered.
  bool takes() const { return kind_ == Kind::plain || kind_ == Kind::take; }

  bool produce(std::string& out) override {
    if (finished_) return false;
    if (auto done = read(out); !done) finish(out);  // the log was replaced meanwhile
    return !finished_;
  }

  void delivered() override {
    if (takes() && reservation_) queues_.take(std::exchange(reservation_, nullptr));
  }

 private:
  bool log_closed() const { return log_generation_ != queues_.reservations_.log_generation; }
  // True if the queue, the hold or the log no longer exists.
  bool is_over() const { return log_closed() || (reservation_ && reservation_->released); }

  void reserve() {
    if (reservation_) return;
    new_hold_ = kind_ == Kind::hold;
    // Polls that waited for a disconnected holder wait for the new one only the usual time.
    if (new_hold_)
      queues_.waits_.shorten(until_busy, [this](const protocol::Poll& poll) {
        return poll.hold && !poll.wait && poll.queue.value_or("-") == queue_;
      });
    reservation_ = queues_.reservations_.create(queue_, new_hold_ ? &client_ : nullptr);
  }

  Result<void> read(std::string& out) {
    if (is_over()) return finish(out), Result<void>();
    const std::size_t enough = out.size() + piece_bytes;
    bool all = true;
    const auto visit = [&](const store::Record& record) {
      if (shown_ >= max_ || out.size() >= enough) return all = false;
      selection_.after = record.cursor;
      show(record, out);
      return true;
    };
    if (shown_ < max_) {
      store::EventLog& log = *queues_.journal_.log();
      const auto done = kind_ == Kind::history ? log.read_history(selection_, visit)
                                               : log.read_queue(queue_, selection_, visit);
      if (!done) return done;
    }
    if (all || shown_ >= max_) {
      finish(out);
    } else if (reservation_) {
      reservation_->claimed_upto = selection_.upto;
      reservation_->only = selection_.only;
      reservation_->email = selection_.email;
    }
    return {};
  }

  void show(const store::Record& record, std::string& out) {
    const bool history = kind_ == Kind::history;
    if (!history && queues_.reservations_.is_reserved(queue_, record.cursor, &record, own(),
                                                      kind_ == Kind::peek))
      return;
    if (kind_ == Kind::hold && reservation_ &&
        std::binary_search(reservation_->cursors.begin(), reservation_->cursors.end(),
                           record.cursor))
      return;
    if (!history && kind_ != Kind::peek) {
      reserve();
      (kind_ == Kind::hold ? cursors_ : reservation_->cursors).push_back(record.cursor);
    }
    // Events that a plain POLL does not have are taken but not shown (protocol 13.8).
    if (kind_ == Kind::plain && !protocol::in_plain_poll(record.keyword)) return;
    if (kind_ == Kind::plain) {
      out += protocol::in_plain_form(record.wire);
    } else {
      out += prefix(record.cursor, record.time, record.email);
      out += record.wire;
    }
    last_shown_ = record.cursor;
    ++shown_;
  }

  std::string prefix(std::uint64_t cursor, Time time, const std::string& email) const {
    if (!nicks_) return protocol::event_prefix(cursor, time);
    return protocol::event_prefix(cursor, time, email.empty() ? "" : queues_.name_of_(email));
  }

  const Reservation* own() const { return reservation_.get(); }

  void finish(std::string& out) {
    finished_ = true;
    if (reservation_) {
      if (kind_ == Kind::hold && !reservation_->released) keep_on_hold();
      if (selection_.only.empty() && selection_.email.empty() &&
          queues_.reservations_.is_only(*reservation_))
        reservation_->complete_upto = selection_.after;
      queues_.reservations_.end_claim(*reservation_);
    }
    if (kind_ == Kind::plain) {
      out += protocol::poll_end();
    } else {
      out += queues_.end_of_poll(queue_, client_, last_shown_, log_closed() ? 0 : more());
    }
  }

  // Merged, because a second HOLD may add older events that the first one's ONLY left out.
  void keep_on_hold() {
    auto& held = reservation_->cursors;
    const auto middle = static_cast<std::ptrdiff_t>(held.size());
    held.insert(held.end(), cursors_.begin(), cursors_.end());
    std::inplace_merge(held.begin(), held.begin() + middle, held.end());
    if (!client_.detects_disconnect) queues_.reservations_.release_later(reservation_);
  }

  std::uint64_t more() const {
    store::EventLog& log = *queues_.journal_.log();
    if (kind_ == Kind::history) {
      const auto count =
          log.count_history({selection_.only, std::max(last_shown_, selection_.after),
                             selection_.upto, selection_.email});
      return count && shown_ >= max_ ? *count : 0;
    }
    const store::QueueState* queue = log.queue(queue_);
    if (queue == nullptr) return 0;
    std::uint64_t shown = 0;
    if (kind_ == Kind::hold && reservation_) shown = reservation_->cursors.size();
    if (kind_ == Kind::peek) shown = shown_ - (queue->has_gap() && shown_ > 0 ? 1 : 0);
    const std::uint64_t left = queues_.pending(*queue);
    return left - std::min(left, shown);
  }

  Queues& queues_;
  QueueClient& client_;
  Kind kind_;
  std::string queue_;
  store::Selection selection_;
  std::uint64_t max_;
  bool nicks_;
  std::uint64_t log_generation_;
  std::shared_ptr<Reservation> reservation_;
  bool new_hold_ = false;               // created by this answer
  std::vector<std::uint64_t> cursors_;  // put on hold at the end of the answer
  std::uint64_t shown_ = 0;
  std::uint64_t last_shown_ = 0;
  bool finished_ = false;
};

void Queues::poll_plain(QueueClient& client, Reply reply) {
  store::EventLog* log = journal_.log();
  if (log == nullptr) return reply(fail(ErrorCode::not_logged_in));
  const store::QueueState* queue = log->queue("-");
  const bool nothing = pending(*queue) == 0 && !queue->has_gap();
  if (nothing && !expects_events_()) return reply(fail(ErrorCode::not_logged_in));
  if (nothing || !client.is_connected()) return reply(protocol::poll_end());
  client.expired_holds.erase("-");
  auto answer = std::make_unique<PollAnswer>(*this, client, PollAnswer::Kind::plain, "-",
                                             store::Selection{}, UINT64_MAX);
  std::string bytes;
  if (queue->has_gap() && !reservations_.is_gap_reserved("-", nullptr))
    answer->add_gap(lost(*queue), queue->gap, {}, bytes);
  if (auto begun = answer->read_first(bytes); !begun) return reply(log_failed(begun.error()));
  if (answer->is_empty() && answer->finished() && !expects_events_())
    bytes = protocol::err({ErrorCode::not_logged_in, {}});
  reply(Answer(std::move(bytes), std::move(answer)));
}

void Queues::poll(QueueClient& client, protocol::Poll poll, Reply reply) {
  if (poll.hold && (poll.peek || poll.from))
    return reply(fail(ErrorCode::invalid, "HOLD cannot be combined with PEEK or FROM"));
  if ((poll.hold || poll.peek) && poll.history())
    return reply(fail(ErrorCode::invalid, "LAST and SINCE cannot be combined with HOLD or PEEK"));
  if (auto answer = attempt(client, poll, false)) return reply(std::move(*answer));
  std::chrono::seconds timeout = holder_disconnected(client, poll) ? until_noticed : until_busy;
  if (waits(poll)) timeout = *poll.wait;
  waits_.add(client, std::move(poll), timeout, std::move(reply));
}

// True if another client has events of the queue on hold and has disconnected.
bool Queues::holder_disconnected(const QueueClient& client, const protocol::Poll& poll) const {
  if (!poll.hold) return false;
  const auto hold = reservations_.hold_on(poll.queue.value_or("-"));
  return hold != nullptr && hold->holder != &client && !hold->holder->is_connected();
}

bool Queues::is_shared(const std::string& queue, const QueueClient& client) const {
  const auto hold = reservations_.hold_on(queue);
  if (hold != nullptr && hold->holder != &client) return true;
  return waits_.has_other(client, [&](const protocol::Poll& other) {
    return !other.history() && !other.peek && other.queue.value_or("-") == queue;
  });
}

// `queue` is empty for the history.
std::string Queues::end_of_poll(const std::string& queue, const QueueClient& client,
                                std::uint64_t cursor, std::uint64_t more) const {
  return protocol::poll_end(cursor, more, journal_.is_failing(),
                            !queue.empty() && is_shared(queue, client));
}

std::optional<Result<Answer>> Queues::attempt(QueueClient& client, protocol::Poll& poll,
                                              bool timed_out) {
  if (journal_.log() == nullptr) return fail(ErrorCode::not_logged_in);
  // The requests that the holder sent before it disconnected (perhaps an ACK) are processed first.
  if (!timed_out && holder_disconnected(client, poll)) return std::nullopt;
  if (poll.history()) return attempt_history(client, poll, timed_out || !waits(poll));
  return attempt_queue(client, poll, timed_out);
}

std::optional<Result<Answer>> Queues::attempt_queue(QueueClient& client, const protocol::Poll& poll,
                                                    bool timed_out) {
  const bool last = timed_out || !waits(poll);
  const std::string name = poll.queue.value_or("-");
  const store::QueueState* queue = journal_.log()->queue(name);
  if (queue == nullptr) return fail(ErrorCode::unknown_queue);
  client.expired_holds.erase(name);
  const auto hold = reservations_.hold_on(name);
  const bool mine = hold != nullptr && hold->holder == &client;
  const bool expects_events = expects_events_();
  // Events on this client's own hold are neither shown again nor counted in "more".
  const std::uint64_t known = mine && !poll.peek ? hold->cursors.size() : 0;
  const std::uint64_t rest = pending(*queue) - std::min(pending(*queue), known);
  const std::uint64_t position = pending(*queue) > 0 ? queue->cursor : present();

  if (poll.hold && hold != nullptr && !mine) {
    if (!timed_out && !poll.wait) return std::nullopt;
    if (!expects_events || !poll.wait) return fail(ErrorCode::busy);
    if (!last) return std::nullopt;
    return Answer(end_of_poll(name, client, position, rest));
  }

  using Kind = PollAnswer::Kind;
  const Kind kind = poll.hold ? Kind::hold : poll.peek ? Kind::peek : Kind::take;
  const bool gap = queue->has_gap() && store::selects(poll.only, "GAP") &&
                   !reservations_.is_gap_reserved(name, nullptr, poll.peek);
  if ((rest > 0 || gap) && (poll.peek || client.is_connected())) {
    auto answer = std::make_unique<PollAnswer>(
        *this, client, kind, name,
        store::Selection{poll.only, 0, UINT64_MAX, poll.with.value_or("")},
        poll.max.value_or(UINT64_MAX), poll.nicks);
    std::string bytes;
    if (gap) {
      const auto place = before_queue(name);
      if (!place) return log_failed(place.error());
      answer->add_gap(lost(*queue), queue->gap, *place, bytes);
    }
    if (auto begun = answer->read_first(bytes); !begun) return log_failed(begun.error());
    if (!answer->is_empty()) {
      if (answer->finished() && !answer->takes()) return Answer(std::move(bytes));
      return Answer(std::move(bytes), std::move(answer));
    }
  }
  if (!expects_events && !poll.peek) return fail(ErrorCode::not_logged_in);
  if (!last && expects_events) return std::nullopt;
  return Answer(end_of_poll(name, client, position, rest));
}

Result<Queues::Place> Queues::before_queue(const std::string& name) {
  Place place{present(), clock_.now()};
  const auto read = journal_.log()->read_queue(name, {}, [&](const store::Record& record) {
    place = {record.cursor - 1, record.time};
    return false;
  });
  if (!read) return fail(read.error());
  return place;
}

Result<Queues::Place> Queues::before_history(std::uint64_t after) {
  Place place{present(), clock_.now()};
  const auto read =
      journal_.log()->read_history({{}, after, UINT64_MAX}, [&](const store::Record& record) {
        place = {record.cursor - 1, record.time};
        return false;
      });
  if (!read) return fail(read.error());
  return place;
}

std::optional<Result<Answer>> Queues::attempt_history(QueueClient& client, protocol::Poll& poll,
                                                      bool last) {
  store::EventLog& log = *journal_.log();
  const store::QueueState* queue = poll.queue ? log.queue(*poll.queue) : nullptr;
  if (poll.queue && queue == nullptr) return fail(ErrorCode::unknown_queue);
  const bool oldest = !poll.from || poll.from->oldest;
  const std::uint64_t after = oldest ? 0 : poll.from->cursor;
  const auto only = both(poll.only, queue != nullptr ? queue->only : Keywords());
  store::Selection selection{only.value_or(Keywords()), after, only ? UINT64_MAX : 0,
                             poll.with.value_or("")};
  const auto begin = log.history_begin(selection, poll.since, poll.last);
  if (!begin) return log_failed(begin.error());
  selection.after = *begin;
  auto answer =
      std::make_unique<PollAnswer>(*this, client, PollAnswer::Kind::history, "",
                                   std::move(selection), poll.max.value_or(UINT64_MAX), poll.nicks);
  std::string bytes;
  // A gap precedes all stored events, so it is left out if the first ones are.
  if (!oldest && *begin == after) {
    if (const auto missing = log.missing_after(after)) {
      const auto place = before_history(after);
      if (!place) return log_failed(place.error());
      answer->add_gap(missing->unknown ? std::nullopt : std::optional(missing->count), 0, *place,
                      bytes);
    }
  }
  if (auto begun = answer->read_first(bytes); !begun) return log_failed(begun.error());
  if (!answer->is_empty()) {
    if (answer->finished()) return Answer(std::move(bytes));
    return Answer(std::move(bytes), std::move(answer));
  }
  if (last || !expects_events_())
    return Answer(protocol::poll_end(present(), 0, journal_.is_failing()));
  poll.from = protocol::Poll::From{false, present()};
  return std::nullopt;
}

}  // namespace msn::daemon
