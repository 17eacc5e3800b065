// SPDX-License-Identifier: MIT
// The last reported status of each contact, so that a network reports only changes, also after a
// reconnect. Contacts that were online before the reconnect, and that the server does not announce
// again within a grace period, have gone offline.
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
  // Records a status that the server has announced. Returns whether it must be reported: it differs
  // from the last reported one.
  bool announce(const std::string& email, model::Status);
  // Adds a contact, which is offline until it is announced, or removes one.
  void add(const std::string& email);
  void remove(const std::string& email);
  void clear();

  // Call it when the connection is lost: contacts that are not offline are awaited until settle().
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
