// SPDX-License-Identifier: MIT
// What the daemon's core is configured with.
#pragma once
#include "core/base/result.hpp"
#include "core/store/event_log.hpp"

#include <functional>
#include <memory>
#include <string>

namespace msn::daemon {

struct Settings {
  std::string account = "default";
  std::string network;        // its name, for STATE
  std::string version;        // the program's, for STATE
  std::string log_directory;  // <state>/<account>: one event log per address
  store::Durability durability = store::Durability::full;
  store::Retention retention;
};

// How an address's event log is opened; tests give one that fails.
using OpenLog = std::function<Result<std::unique_ptr<store::EventLog>>(const std::string& email,
                                                                       const Settings&)>;

}  // namespace msn::daemon
