// SPDX-License-Identifier: MIT
// The pair of named pipes (protocol 2.2a): a directory of ours with `in` and `out`, both kept open
// for reading and writing, one client at a time.
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
  // Makes the directory (0700) and the pipes (0600) if they are not there. no_access: what stands
  // there is not ours or no pipe; busy: another daemon serves this directory.
  static Result<std::shared_ptr<Listener>> open(Hub&, const std::string& directory);
  void close() override;

 private:
  std::string directory_;
  UniqueFd lock_;  // on the directory: the daemon's; the client's is on `in`
  std::weak_ptr<Client> client_;
};

}  // namespace msn::daemon::listen
