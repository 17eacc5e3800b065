// SPDX-License-Identifier: MIT
// --autostart: starts msncd if no daemon listens. A lock makes sure that of several msnc processes
// only one starts it. Prints nothing.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <optional>
#include <string>

namespace msn::msnc {

struct Autostart {
  pipe::Address address;
  std::string account;
  bool explicit_address = false;      // the address was configured, so msncd needs --listen
  std::optional<std::string> config;  // absolute path of the configuration file, if one was given
};

// Returns when a daemon listens at the address, whether this process or another one started it.
// Errors: no_daemon (it did not start), no_access (the socket's directory cannot be used).
Result<void> autostart(const Autostart&);

}  // namespace msn::msnc
