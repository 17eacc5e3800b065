// SPDX-License-Identifier: MIT
// Reading in pieces: each piece is complete before it is shown, so a visitor may change the log.
#include "core/store/tables.hpp"

namespace msn::store {
namespace {

constexpr std::size_t piece_events = 256;
constexpr std::size_t piece_octets = 256 << 10;
constexpr std::uint64_t few = 4096;

// Fills `piece` from columns cursor, time, keyword, email, sum, wire. The strings of former pieces
// are used again. How many there are, and whether the statement has more.
struct Piece {
  std::size_t size = 0;
  bool more = false;
};

Piece fill(Run& run, std::vector<Record>& piece, std::uint64_t wanted) {
  std::size_t octets = 0;
  Piece result;
  while (result.size < wanted && octets < piece_octets) {
    if (!run.step()) return result;
    if (piece.size() == result.size) piece.emplace_back();
    Record& record = piece[result.size];
    if (run.is_null(1)) damaged("an event is missing");
    record.cursor = run.natural(0);
    record.time = Time{Milliseconds{run.number(1)}};
    run.text(2, record.keyword);
    run.text(3, record.email);
    run.text(5, record.wire);
    if (run.natural(4) != event_sum(record)) damaged("an event is not what was written");
    octets += record.wire.size();
    ++result.size;
  }
  result.more = true;
  return result;
}

// Calls `make(after, limit, use)` for each piece until there is no more or the visitor had enough.
template <class Fill>
void visit(const Selection& selection, const EventLog::Visitor& visitor, const Fill& fill_from) {
  std::vector<Record> piece;
  std::uint64_t after = std::min(selection.after, highest_cursor);
  std::uint64_t left = selection.max;
  while (left != 0) {
    const std::uint64_t limit = std::min<std::uint64_t>(left, piece_events);
    const Piece got = fill_from(after, limit, piece);
    for (std::size_t i = 0; i < got.size; ++i) {
      after = piece[i].cursor;
      if (!visitor(piece[i])) return;
    }
    if (!got.more) return;
    left -= got.size;
  }
}

}  // namespace

void Tables::read(const Queue& queue, const Selection& selection,
                  const EventLog::Visitor& visitor) {
  if (queue.pending_of(selection.only) == 0) return;
  const std::string words = word_list(selection.only);
  const std::int64_t id = queue.id;  // the visitor may drop the queue
  visit(selection, visitor,
        [&](std::uint64_t after, std::uint64_t limit, std::vector<Record>& piece) {
          Run run(statements_[Sql::read_queue], id, after, words, limit);
          return fill(run, piece, limit);
        });
}

void Tables::read_history(const Selection& selection, const EventLog::Visitor& visitor) {
  const std::string words = word_list(selection.only);
  visit(selection, visitor,
        [&](std::uint64_t after, std::uint64_t limit, std::vector<Record>& piece) {
          Run run(statements_[Sql::read_history], after, words, limit);
          return fill(run, piece, limit);
        });
}

std::uint64_t Tables::count(const Queue& queue, const Selection& selection) {
  const std::uint64_t all = queue.pending_of(selection.only);
  if (all == 0 || selection.after == 0) return all;
  const std::string words = word_list(selection.only);
  const std::uint64_t after = std::min(selection.after, highest_cursor);
  // Usually `after` is near the front of the queue, so what is before it is counted first.
  {
    Run run(statements_[Sql::count_up_to], queue.id, after, words, few);
    if (run.step() && run.natural(0) < few) return all - std::min(all, run.natural(0));
  }
  Run run(statements_[Sql::count_after], queue.id, after, words);
  return run.step() ? run.natural(0) : 0;
}

std::uint64_t Tables::oldest() {
  if (state_.events == 0) return 0;
  Run run(statements_[Sql::oldest_event]);
  return run.step() ? run.natural(0) : 0;
}

std::optional<EventLog::Missing> Tables::missing_after(std::uint64_t cursor) {
  if (cursor < state_.started - 1) return EventLog::Missing{true, 0};
  if (cursor >= state_.floor) return std::nullopt;
  Run run(statements_[Sql::count_events], cursor, state_.floor);
  const std::uint64_t kept = run.step() ? run.natural(0) : 0;
  const std::uint64_t given = state_.floor - cursor;
  if (kept >= given) return std::nullopt;
  return EventLog::Missing{false, given - kept};
}

}  // namespace msn::store
