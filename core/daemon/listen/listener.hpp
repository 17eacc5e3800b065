// SPDX-License-Identifier: MIT
// One address on which the daemon listens.
#pragma once

namespace msn::daemon::listen {

class Listener {
 public:
  virtual ~Listener() = default;
  // Stops accepting clients and removes the files it has created. Unix clients stay connected.
  virtual void close() = 0;
};

}  // namespace msn::daemon::listen
