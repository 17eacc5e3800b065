// SPDX-License-Identifier: MIT
#include "core/network/common/presence.hpp"

#include <utility>

namespace msn::network {

bool ToldPresence::announce(const std::string& email, model::Status status) {
  auto& person = people_[email];
  person.here = status != model::Status::offline;
  return std::exchange(person.told, status) != status;
}

void ToldPresence::add(const std::string& email) {
  people_[email] = {};
}

void ToldPresence::remove(const std::string& email) {
  people_.erase(email);
}

void ToldPresence::clear() {
  people_.clear();
  settling_ = false;
  settle_at_.reset();
}

void ToldPresence::lose() {
  for (auto& [email, person] : people_) person.here = false;
  settling_ = true;
  settle_at_.reset();
}

bool ToldPresence::awaited(const std::string& email) const {
  const auto found = people_.find(email);
  return settling_ && found != people_.end() && is_awaited(found->second);
}

std::vector<std::string> ToldPresence::settle() {
  settling_ = false;
  settle_at_.reset();
  std::vector<std::string> gone;
  for (const auto& [email, person] : people_)
    if (is_awaited(person)) gone.push_back(email);
  return gone;
}

}  // namespace msn::network
