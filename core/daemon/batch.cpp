// SPDX-License-Identifier: MIT
#include "core/daemon/batch.hpp"

#include "core/model/event.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <utility>

namespace msn::daemon {
namespace {

// What so many events took tells what the others will take, more or less.
constexpr std::uint64_t sample = 256;
constexpr std::size_t most_reserved = 64u << 20;

}  // namespace

void Batch::add_gap(std::optional<std::uint64_t> lost, std::uint64_t cursor, Time time) {
  gap = true;
  ++told_;
  if (form_ == Form::plain) {
    octets_ += protocol::encode_plain_gap({lost});
    return;
  }
  gap_cursor = last_ = cursor;
  octets_ += protocol::event_prefix(cursor, time);
  octets_ += protocol::encode_event(model::Gap{lost});
}

void Batch::add(const store::Record& record) {
  if (form_ == Form::extended) octets_ += protocol::event_prefix(record.cursor, record.time);
  octets_ += record.wire;
  cursors.push_back(record.cursor);
  last_ = record.cursor;
  if (++told_ == sample && expected_ > sample)
    octets_.reserve(std::min(most_reserved, octets_.size() / sample * (expected_ + sample)));
}

std::string Batch::finish(std::uint64_t position, std::uint64_t more) {
  octets_ += form_ == Form::plain ? protocol::poll_end()
                                  : protocol::poll_end(told_ > 0 ? last_ : position, more);
  return std::move(octets_);
}

}  // namespace msn::daemon
