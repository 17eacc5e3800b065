// SPDX-License-Identifier: MIT
#include "core/network/common/pending_operations.hpp"

#include <utility>

namespace msn::network {

void PendingOperations::add(Token token, const std::string& about, SteadyTime until) {
  if (token == 0) return;
  waiting_.emplace(token, Operation{about, until});
  about_[about].push_back(token);
}

Tokens PendingOperations::settle(const std::string& about) {
  auto node = about_.extract(about);
  if (node.empty()) return {};
  for (const auto token : node.mapped()) waiting_.erase(token);
  return std::move(node.mapped());
}

// The tokens of one `about` are in order, so the first of all is the first of its list.
Token PendingOperations::take_first() {
  const auto first = waiting_.extract(waiting_.begin());
  const auto about = about_.find(first.mapped().about);
  about->second.pop_front();
  if (about->second.empty()) about_.erase(about);
  return first.key();
}

Tokens PendingOperations::expire(SteadyTime now) {
  Tokens late;
  while (!waiting_.empty() && waiting_.begin()->second.until <= now) late.push_back(take_first());
  return late;
}

Tokens PendingOperations::abandon() {
  Tokens all;
  for (const auto& [token, operation] : waiting_) all.push_back(token);
  waiting_.clear();
  about_.clear();
  return all;
}

std::optional<SteadyTime> PendingOperations::deadline() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->second.until;
}

}  // namespace msn::network
