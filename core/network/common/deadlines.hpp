// SPDX-License-Identifier: MIT
// A set of keys with one deadline each, ordered by deadline.
#pragma once
#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace msn::network {

using SteadyTime = std::chrono::steady_clock::time_point;

// The earliest of several times; nullopt if there is none.
inline std::optional<SteadyTime> earliest(std::initializer_list<std::optional<SteadyTime>> all) {
  std::optional<SteadyTime> first;
  for (const auto& at : all)
    if (at && (!first || *at < *first)) first = at;
  return first;
}

template <class Key>
class Deadlines {
 public:
  // Sets, replaces or (nullopt) removes the deadline of a key.
  void set(const Key& key, std::optional<SteadyTime> at) {
    if (const auto found = times_.find(key); found != times_.end()) {
      if (at == found->second) return;
      order_.erase({found->second, key});
      times_.erase(found);
    }
    if (!at) return;
    times_.emplace(key, *at);
    order_.emplace(*at, key);
  }
  std::optional<SteadyTime> of(const Key& key) const {
    const auto found = times_.find(key);
    return found == times_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<SteadyTime> first() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
  }
  // The key with the first deadline.
  std::optional<Key> front() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->second;
  }
  // The keys whose deadline has passed, the earliest first. They stay in the set.
  std::vector<Key> due(SteadyTime now) const {
    std::vector<Key> keys;
    for (auto each = order_.begin(); each != order_.end() && each->first <= now; ++each)
      keys.push_back(each->second);
    return keys;
  }
  void clear() {
    times_.clear();
    order_.clear();
  }

 private:
  std::map<Key, SteadyTime> times_;
  std::set<std::pair<SteadyTime, Key>> order_;
};

}  // namespace msn::network
