// SPDX-License-Identifier: MIT
// Events on their way into the answer of a POLL: the octets of the plain or the EV form, and which
// events they were (protocol 6.9, 13.2).
#pragma once
#include "core/base/clock.hpp"
#include "core/store/event_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

class Batch {
 public:
  enum class Form { plain, extended };
  explicit Batch(Form form) : form_(form) {}

  // So many are to come at most: a long answer need not grow by and by.
  void expect(std::uint64_t events) { expected_ = events; }
  // Events that are missing before all others; nothing: nobody knows how many.
  void add_gap(std::optional<std::uint64_t> lost, std::uint64_t cursor, Time time);
  void add(const store::Record&);
  // Taken, but not told: a plain POLL leaves out what the base protocol has no event for (13.8).
  void leave_out(const store::Record& record) { cursors.push_back(record.cursor); }

  // How many events are in the answer, a gap among them.
  std::uint64_t told() const { return told_; }
  bool empty() const { return told_ == 0; }
  std::uint64_t last_cursor() const { return last_; }
  // The whole answer. The EV form ends with the last event's cursor, or `position` without one.
  std::string finish(std::uint64_t position, std::uint64_t more);

  std::vector<std::uint64_t> cursors;  // in their order, of all that were added or left out
  bool gap = false;
  std::uint64_t gap_cursor = 0;

 private:
  Form form_;
  std::string octets_;
  std::uint64_t told_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace msn::daemon
