// SPDX-License-Identifier: MIT
#include "core/network/common/outbox.hpp"

#include <utility>

namespace msn::network {

bool Outbox::fits(std::size_t bytes, Load elsewhere) const {
  return load_.letters + elsewhere.letters < most_.letters &&
         load_.bytes + elsewhere.bytes + bytes <= most_.bytes;
}

void Outbox::count_in(const Letter& letter) {
  ++load_.letters;
  load_.bytes += letter.text.size();
}

void Outbox::count_out(const Letter& letter) {
  --load_.letters;
  load_.bytes -= letter.text.size();
}

void Outbox::update(const std::string& to) {
  const auto found = waiting_.find(to);
  if (found == waiting_.end()) {
    deadlines_.set(to, {});
  } else if (found->second.empty()) {
    waiting_.erase(found);
    deadlines_.set(to, {});
  } else {
    deadlines_.set(to, found->second.front().deadline);
  }
}

void Outbox::put(const std::string& to, Letter letter) {
  count_in(letter);
  waiting_[to].push_back(std::move(letter));
  update(to);
}

void Outbox::put_back(const std::string& to, Letters letters) {
  auto& waiting = waiting_[to];
  for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
    count_in(*letter);
    waiting.push_front(std::move(*letter));
  }
  update(to);
}

Outbox::Letters Outbox::take(const std::string& to) {
  auto node = waiting_.extract(to);
  if (node.empty()) return {};
  for (const auto& letter : node.mapped()) count_out(letter);
  update(to);
  return std::move(node.mapped());
}

Outbox::Letters Outbox::expire(const std::string& to, SteadyTime now) {
  Letters late;
  const auto found = waiting_.find(to);
  if (found == waiting_.end()) return late;
  auto& waiting = found->second;
  for (; !waiting.empty() && waiting.front().deadline <= now; waiting.pop_front()) {
    count_out(waiting.front());
    late.push_back(std::move(waiting.front()));
  }
  update(to);
  return late;
}

std::size_t Outbox::count(const std::string& to) const {
  const auto found = waiting_.find(to);
  return found == waiting_.end() ? 0 : found->second.size();
}

std::vector<std::string> Outbox::recipients() const {
  std::vector<std::string> found;
  found.reserve(waiting_.size());
  for (const auto& [to, letters] : waiting_) found.push_back(to);
  return found;
}

}  // namespace msn::network
