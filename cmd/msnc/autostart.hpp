// SPDX-License-Identifier: MIT
// --autostart: starts msncd where no daemon listens. Silent, and one starter at a time.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <optional>
#include <string>

namespace msn::msnc {

struct Autostart {
  pipe::Address address;
  std::string account;
  bool explicit_address = false;      // named by a user, so that msncd needs --listen
  std::optional<std::string> config;  // the absolute path of the one file that is read
};

// Returns when a daemon listens at the address, started by us or by another msnc. no_daemon: it did
// not come up. no_access: the socket's directory cannot be used.
Result<void> autostart(const Autostart&);

}  // namespace msn::msnc
