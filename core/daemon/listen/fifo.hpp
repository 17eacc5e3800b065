// SPDX-License-Identifier: MIT
// The pair of named pipes (protocol 2.2a): `in` and `out` in a private directory, both kept open
// for reading and writing. One client at a time.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/listener.hpp"

#include <memory>
#include <string>

namespace msn::daemon::listen {

class FifoListener final : public Listener {
 public:
  // Creates the directory (0700) and the pipes (0600) if they do not exist. Errors: no_access if
  // one of them belongs to another user or is not a pipe; busy if another daemon serves the
  // directory.
  static Result<std::shared_ptr<Listener>> open(Hub&, const std::string& directory);
  void close() override;

 private:
  std::string directory_;
  UniqueFd lock_;  // flock on the directory; clients lock `in`
  std::weak_ptr<Client> client_;
};

}  // namespace msn::daemon::listen
