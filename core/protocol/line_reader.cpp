// SPDX-License-Identifier: MIT
#include "core/protocol/line_reader.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cassert>
#include <string.h>

namespace msn::protocol {

void LineReader::feed(std::string_view bytes) {
  assert(bytes_.empty());
  release_returned();
  bytes_ = bytes;
}

std::optional<Line> LineReader::next() {
  release_returned();
  const std::size_t end = bytes_.find('\n');
  if (end == std::string_view::npos) {
    keep(bytes_);
    bytes_ = {};
    return std::nullopt;
  }
  const std::string_view part = bytes_.substr(0, end);
  bytes_.remove_prefix(end + 1);
  if (kept_.empty()) return line(part);
  keep(part);
  returned_ = true;
  return line(kept_);
}

std::optional<Line> LineReader::rest() {
  release_returned();
  if (kept_.empty()) return std::nullopt;
  returned_ = true;
  return line(kept_);
}

void LineReader::keep(std::string_view part) {
  if (skipping_) return;
  // One byte more than the limit, for a CR before LF.
  const std::size_t room = limit_ + 1 - kept_.size();
  if (part.size() > room) {
    skipping_ = true;
    part = part.substr(0, room + 1);
  }
  // Not append(): it would move the bytes without wiping the old memory, which may hold a password.
  if (kept_.size() + part.size() > kept_.capacity()) {
    std::string larger;
    larger.reserve(
        std::min(std::max(2 * kept_.capacity(), kept_.size() + part.size()), limit_ + 2));
    larger = kept_;
    wipe_kept();
    kept_.swap(larger);
  }
  kept_ += part;
}

void LineReader::wipe_kept() {
  ::explicit_bzero(kept_.data(), kept_.capacity());
  kept_.clear();
}

Line LineReader::line(std::string_view raw) const {
  if (!skipping_ && !raw.empty() && raw.back() == '\r') raw.remove_suffix(1);
  if (raw.size() <= limit_) return {raw, false};
  return {cut_text(raw, limit_), true};
}

void LineReader::release_returned() {
  if (!returned_) return;
  wipe_kept();
  std::string().swap(kept_);
  skipping_ = returned_ = false;
}

}  // namespace msn::protocol
