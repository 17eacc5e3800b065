// SPDX-License-Identifier: MIT
#include "core/daemon/batch.hpp"

#include <utility>

#include "core/model/event.hpp"
#include "core/protocol/answer.hpp"

namespace msn::daemon {

void Batch::add_gap(std::optional<std::uint64_t> lost, std::uint64_t cursor, Time now) {
  gap = true;
  ++told_;
  if (form_ == Form::plain) {
    octets_ += protocol::encode_plain_gap({lost});
    return;
  }
  gap_cursor = last_ = cursor;
  gap_time_ = now;
  pending_gap_ = protocol::encode_event(model::Gap{lost});
}

void Batch::place_gap(std::uint64_t cursor, Time time) {
  octets_ += protocol::event_prefix(cursor, time);
  octets_ += std::exchange(pending_gap_, {});
}

void Batch::add(const store::Record& record) {
  if (!pending_gap_.empty()) {
    // It stands before this event, so that whoever goes on behind it gets this one.
    gap_cursor = record.cursor - 1;
    place_gap(gap_cursor, record.time);
  }
  if (form_ == Form::extended) octets_ += protocol::event_prefix(record.cursor, record.time);
  octets_ += record.wire;
  cursors.push_back(record.cursor);
  last_ = record.cursor;
  ++told_;
}

std::string Batch::finish(std::uint64_t position, std::uint64_t more) {
  if (!pending_gap_.empty()) place_gap(gap_cursor, gap_time_);
  octets_ += form_ == Form::plain ? protocol::poll_end()
                                  : protocol::poll_end(told_ > 0 ? last_ : position, more);
  return std::move(octets_);
}

}  // namespace msn::daemon
