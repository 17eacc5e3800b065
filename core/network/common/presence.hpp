// SPDX-License-Identifier: MIT
// The last reported status of each contact, so that a network reports only changes, also after a
// reconnect: contacts that were online before it and are not announced again within a grace period
// have gone offline.
#pragma once
#include "core/model/status.hpp"
#include "core/network/common/deadlines.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network {

class ReportedPresence {
 public:
  // The server has announced a status. Returns whether it differs from the last reported one, and
  // so must be reported.
  bool announce(const std::string& email, model::Status);
  // A contact was added (offline until announced) or removed.
  void add(const std::string& email);
  void remove(const std::string& email);
  void clear();

  // The connection is lost: until settle(), contacts that were not offline are awaited.
  void on_disconnect();
  // Sets the end of the grace period; nullopt: not known yet.
  void settle_at(std::optional<SteadyTime> at) { settle_at_ = at; }
  std::optional<SteadyTime> deadline() const { return settle_at_; }
  bool settling() const { return settling_; }
  bool awaited(const std::string& email) const;
  // Ends the grace period and returns the contacts that are still awaited. The caller announces
  // them as offline.
  std::vector<std::string> settle();

 private:
  struct Contact {
    model::Status reported = model::Status::offline;
    bool announced = false;  // as not offline, since the last on_disconnect()
  };
  static bool is_awaited(const Contact& contact) {
    return contact.reported != model::Status::offline && !contact.announced;
  }

  std::map<std::string, Contact, std::less<>> contacts_;
  bool settling_ = false;
  std::optional<SteadyTime> settle_at_;
};

}  // namespace msn::network
