// SPDX-License-Identifier: MIT
// One address that is being served.
#pragma once

namespace msn::daemon::listen {

class Listener {
 public:
  virtual ~Listener() = default;
  // Takes no more clients and removes what it made. Clients it has brought stay.
  virtual void close() = 0;
};

}  // namespace msn::daemon::listen
