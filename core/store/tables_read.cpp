// SPDX-License-Identifier: MIT
// Reading the log. Events of given keywords are found with an index, unless they are at least half
// of all events: index lookups take five times as long for each event as reading in order.
#include "core/store/tables.hpp"

#include <algorithm>
#include <functional>

namespace msn::store {
namespace {

// Reads the columns cursor, time, keyword, email, wire. Reuses the memory of the record's strings.
void read_row(Run& run, Record& record) {
  if (run.is_null(1) || run.is_null(4)) throw_damaged("an event is missing");
  record.cursor = run.natural(0);
  record.time = Time{Milliseconds{run.number(1)}};
  run.text(2, record.keyword);
  run.text(3, record.email);
  run.text(4, record.wire);
}

Token token_of(Run& run) {
  Token token{run.text(0), run.text(1), Time{Milliseconds{run.number(2)}}, run.number(3) != 0,
              run.number(4) != 0};
  if (!run.is_null(5)) token.failure = run.text(5);
  return token;
}

void read_rows(Run& run, const EventLog::Visitor& visitor) {
  Record record;
  while (run.step()) {
    read_row(run, record);
    if (!visitor(record)) return;
  }
}

std::int64_t stored(Time time) {
  return time.time_since_epoch().count();
}

}  // namespace

// Merges the events of several keywords in the order of their cursors. `next(keyword, after)`
// returns the next cursor of a keyword, or 0; `use(cursor)` returns false to stop.
template <class Next, class Use>
void Tables::merge(const Selection& selection, const Next& next, const Use& use) {
  std::vector<std::uint64_t> heads;  // 0: no more events of this keyword
  for (const std::string& keyword : selection.only) heads.push_back(next(keyword, selection.after));
  for (;;) {
    std::size_t first = heads.size();
    for (std::size_t i = 0; i < heads.size(); ++i)
      if (heads[i] != 0 && (first == heads.size() || heads[i] < heads[first])) first = i;
    if (first == heads.size() || heads[first] > selection.upto) return;
    const std::uint64_t cursor = heads[first];
    if (!use(cursor)) return;
    for (std::size_t i = 0; i < heads.size(); ++i)  // a keyword may be named twice
      if (heads[i] == cursor) heads[i] = next(selection.only[i], cursor);
  }
}

template <class Use>
void Tables::merge_pending(const Queue& queue, const Selection& selection, const Use& use) {
  const auto next = [&](const std::string& keyword, std::uint64_t after) -> std::uint64_t {
    Run run(statements_[Sql::next_pending_of_keyword], queue.id, keyword, after);
    return run.step() ? run.natural(0) : 0;
  };
  merge(selection, next, use);
}

const Record& Tables::read_event(std::uint64_t cursor, Record& record) {
  Run run(statements_[Sql::event_at], cursor);
  if (!run.step()) throw_damaged("an event is missing");
  read_row(run, record);
  return record;
}

void Tables::read(const Queue& queue, const Selection& selection,
                  const EventLog::Visitor& visitor) {
  if (queue.pending == 0) return;
  if (!selection.email.empty()) {
    // Skip the user's older events, which are history.
    const auto first = pending_cursors(queue, {{}, selection.after, selection.upto}, 1);
    if (first.empty()) return;
    Run run(statements_[Sql::read_queue_with], queue.id, first.front() - 1, selection.upto,
            selection.email);
    return read_rows(run, [&](const Record& record) {
      const bool wanted = selection.only.empty() || selects(selection.only, record.keyword);
      return !wanted || visitor(record);
    });
  }
  if (selection.only.empty()) {
    Run run(statements_[Sql::read_queue], queue.id, selection.after, selection.upto);
    return read_rows(run, visitor);
  }
  Record record;
  merge_pending(queue, selection,
                [&](std::uint64_t cursor) { return visitor(read_event(cursor, record)); });
}

void Tables::read_history(const Selection& selection, const EventLog::Visitor& visitor) {
  if (!selection.email.empty()) {
    Run run(statements_[Sql::read_history_with], selection.after, selection.upto, selection.email);
    return read_rows(run, [&](const Record& record) {
      return !selects(selection.only, record.keyword) || visitor(record);
    });
  }
  if (selection.only.empty() || are_half_of_log(selection.only)) {
    const std::uint64_t said = selects(selection.only, "SAID");
    Run run(statements_[Sql::read_history], selection.after, selection.upto, said);
    return read_rows(run, [&](const Record& record) {
      return !selects(selection.only, record.keyword) || visitor(record);
    });
  }
  Record record;
  merge(
      selection,
      [&](const std::string& keyword, std::uint64_t after) -> std::uint64_t {
        Run run(statements_[Sql::next_of_keyword], keyword, after);
        return run.step() ? run.natural(0) : 0;
      },
      [&](std::uint64_t cursor) { return visitor(read_event(cursor, record)); });
}

bool Tables::are_half_of_log(const std::vector<std::string>& keywords) const {
  std::uint64_t wanted = 0, all = 0;
  for (const auto& [keyword, kept] : state_.keywords) {
    all += kept;
    if (selects(keywords, keyword)) wanted += kept;
  }
  return wanted >= all / 2;
}

std::vector<std::uint64_t> Tables::pending_cursors(const Queue& queue, const Selection& selection,
                                                   std::size_t limit) {
  std::vector<std::uint64_t> cursors;
  if (!selection.only.empty()) {
    merge_pending(queue, selection, [&](std::uint64_t cursor) {
      if (cursors.size() < limit) cursors.push_back(cursor);
      return cursors.size() < limit;
    });
    return cursors;
  }
  Run run(statements_[Sql::pending_after], queue.id, selection.after, selection.upto,
          std::uint64_t{limit});
  while (run.step()) cursors.push_back(run.natural(0));
  return cursors;
}

std::uint64_t Tables::count_history(const Selection& selection) {
  const std::uint64_t upto = std::min(selection.upto, state_.last);
  if (upto <= selection.after) return 0;
  if (!selection.email.empty()) {
    std::uint64_t count = 0;
    for (Run run(statements_[Sql::count_with], selection.after, upto, selection.email); run.step();)
      if (selects(selection.only, run.text(0))) count += run.natural(1);
    return count;
  }
  if (!selection.only.empty()) {
    std::vector<std::string> keywords = selection.only;
    std::sort(keywords.begin(), keywords.end());
    keywords.erase(std::unique(keywords.begin(), keywords.end()), keywords.end());
    return count_of_keywords(keywords, selection.after, upto);
  }
  std::vector<std::string> others;
  for (const auto& [keyword, kept] : state_.keywords)
    if (!selects({}, keyword)) others.push_back(keyword);
  const std::uint64_t passed_over = count_of_keywords(others, selection.after, upto);
  // Without missing events the cursors give the count.
  if (selection.after >= state_.floor) return upto - selection.after - passed_over;
  Run run(statements_[Sql::count_events], selection.after, upto);
  return run.step() ? run.natural(0) - passed_over : 0;
}

std::uint64_t Tables::history_begin(const Selection& selection, std::optional<Time> since,
                                    std::optional<std::uint64_t> last) {
  const std::uint64_t upto = std::min(selection.upto, state_.last);
  std::uint64_t after = selection.after;
  if (since) {
    Run kept(statements_[Sql::events_after], after, upto, std::uint64_t{1});
    Run wanted(statements_[Sql::first_since], after, upto, stored(*since));
    if (kept.step()) {
      const std::uint64_t begin = wanted.step() ? wanted.natural(0) : upto + 1;
      if (begin != kept.natural(0)) after = begin - 1;
    }
  }
  if (!last) return after;
  // Read one more, to see whether any event is left out.
  const auto cursors = newest({selection.only, after, upto, selection.email}, *last + 1);
  return cursors.size() > *last ? cursors[static_cast<std::size_t>(*last - 1)] - 1 : after;
}

std::vector<std::uint64_t> Tables::newest(const Selection& selection, std::uint64_t most) {
  std::vector<std::uint64_t> cursors;
  if (!selection.email.empty()) {
    Run run(statements_[Sql::newest_with], selection.email, selection.after, selection.upto);
    while (cursors.size() < most && run.step())
      if (selects(selection.only, run.text(1))) cursors.push_back(run.natural(0));
    return cursors;
  }
  if (selection.only.empty()) {
    Run run(statements_[Sql::newest], selection.after, selection.upto, most);
    while (run.step()) cursors.push_back(run.natural(0));
    return cursors;
  }
  for (const std::string& keyword : selection.only) {
    Run run(statements_[Sql::newest_of_keyword], keyword, selection.after, selection.upto, most);
    while (run.step()) cursors.push_back(run.natural(0));
  }
  std::sort(cursors.begin(), cursors.end(), std::greater<>());
  cursors.erase(std::unique(cursors.begin(), cursors.end()), cursors.end());
  if (cursors.size() > most) cursors.resize(static_cast<std::size_t>(most));
  return cursors;
}

std::uint64_t Tables::count_of_keywords(const std::vector<std::string>& keywords,
                                        std::uint64_t after, std::uint64_t upto) {
  std::uint64_t count = 0;
  // Counting takes time for each event, so count the shorter part.
  const bool from_first = upto == state_.last && after < state_.floor / 2 + upto / 2;
  for (const std::string& keyword : keywords) {
    const auto kept = state_.keywords.find(keyword);
    if (kept == state_.keywords.end()) continue;
    count += from_first ? kept->second - count_of_keyword(keyword, 0, after)
                        : count_of_keyword(keyword, after, upto);
  }
  return count;
}

std::uint64_t Tables::count_of_keyword(const std::string& keyword, std::uint64_t after,
                                       std::uint64_t upto) {
  Run run(statements_[Sql::count_of_keyword], keyword, after, upto);
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

std::optional<Token> Tables::token(const std::string& wanted) {
  Run run(statements_[Sql::find_token], wanted);
  if (!run.step()) return std::nullopt;
  return token_of(run);
}

std::vector<Token> Tables::open_tokens() {
  std::vector<Token> tokens;
  Run run(statements_[Sql::open_tokens]);
  while (run.step()) tokens.push_back(token_of(run));
  return tokens;
}

}  // namespace msn::store
