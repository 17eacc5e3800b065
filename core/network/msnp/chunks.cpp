// SPDX-License-Identifier: MIT
#include "core/network/msnp/chunks.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/limits.hpp"

#include <algorithm>
#include <iterator>

namespace msn::network::msnp {

bool ChunkJoiner::is_part(const Mime& mime) {
  return !mime.header("Message-ID").empty() &&
         (!mime.header("Chunks").empty() || !mime.header("Chunk").empty());
}

std::optional<ChunkJoiner::Whole> ChunkJoiner::add(std::string_view from, const Mime& mime,
                                                   Time now, std::chrono::milliseconds keep) {
  while (!open_.empty() && open_.front().until <= now) drop(open_.begin());
  const auto key = std::string(from).append(" ").append(mime.header("Message-ID"));
  auto open = std::find_if(open_.begin(), open_.end(), [&](const Open& o) { return o.key == key; });
  std::uint64_t number = 0;
  auto bytes = mime.body.size();
  if (const auto count = mime.header("Chunks"); !count.empty()) {
    const auto parts = parse_number(count, 4);
    if (open != open_.end() || !parts || *parts == 0 || *parts > limits::max_chunks)
      return std::nullopt;
    if (open_.size() >= limits::open_chunks) drop(open_.begin());
    open = open_.insert(open_.end(),
                        Open{key, {}, {}, static_cast<std::size_t>(*parts), 0, now + keep});
    open->parts.resize(static_cast<std::size_t>(*parts));
    for (const auto& [name, value] : mime.headers)
      if (!equal_ignoring_ascii_case(name, "Message-ID") &&
          !equal_ignoring_ascii_case(name, "Chunks")) {
        open->headers.emplace_back(name, value);
        bytes += name.size() + value.size();
      }
  } else {
    const auto at = parse_number(mime.header("Chunk"), 4);
    if (open == open_.end() || !at || *at >= open->parts.size()) return std::nullopt;
    number = *at;
  }
  auto& part = open->parts[static_cast<std::size_t>(number)];
  if (part) return std::nullopt;
  open->bytes += bytes;
  bytes_ += bytes;
  if (open->bytes > limits::joined_text) {
    drop(open);
    return std::nullopt;
  }
  part.emplace(mime.body);
  while (bytes_ > limits::joined_text)
    drop(open_.begin() == open ? std::next(open) : open_.begin());
  if (--open->missing > 0) return std::nullopt;
  Whole whole{std::move(open->headers), {}};
  for (const auto& piece : open->parts) whole.body += *piece;
  drop(open);
  return whole;
}

void ChunkJoiner::drop(Place open) {
  bytes_ -= open->bytes;
  open_.erase(open);
}

}  // namespace msn::network::msnp
