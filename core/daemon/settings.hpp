// SPDX-License-Identifier: MIT
// The configuration of the daemon's core.
#pragma once
#include "core/store/event_log.hpp"

#include <string>

namespace msn::daemon {

struct Settings {
  std::string account = "default";
  std::string network;        // name, for STATE
  std::string version;        // of msncd, for STATE
  std::string log_directory;  // <state>/<account>: one event log per address
  store::Durability durability = store::Durability::full;
  store::Retention retention;
};

}  // namespace msn::daemon
