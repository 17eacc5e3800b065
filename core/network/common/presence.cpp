// SPDX-License-Identifier: MIT
#include "core/network/common/presence.hpp"

#include <utility>

namespace msn::network {

bool ReportedPresence::announce(const std::string& email, model::Status status) {
  auto& contact = contacts_[email];
  contact.announced = status != model::Status::offline;
  return std::exchange(contact.reported, status) != status;
}

void ReportedPresence::add(const std::string& email) {
  contacts_[email] = {};
}

void ReportedPresence::remove(const std::string& email) {
  contacts_.erase(email);
}

void ReportedPresence::clear() {
  contacts_.clear();
  settling_ = false;
  settle_at_.reset();
}

void ReportedPresence::on_disconnect() {
  for (auto& [email, contact] : contacts_) contact.announced = false;
  settling_ = true;
  settle_at_.reset();
}

bool ReportedPresence::awaited(const std::string& email) const {
  const auto found = contacts_.find(email);
  return settling_ && found != contacts_.end() && is_awaited(found->second);
}

std::vector<std::string> ReportedPresence::settle() {
  settling_ = false;
  settle_at_.reset();
  std::vector<std::string> gone;
  for (const auto& [email, contact] : contacts_)
    if (is_awaited(contact)) gone.push_back(email);
  return gone;
}

}  // namespace msn::network
