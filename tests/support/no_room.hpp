// SPDX-License-Identifier: MIT
// A full disk for this process only: while this object exists, no file of the process can grow
// beyond `bytes`. Writes fail with EFBIG instead of ENOSPC.
#pragma once
#include <signal.h>
#include <sys/resource.h>

namespace msn::test {

class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes = 1) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_ = SIG_DFL;
};

}  // namespace msn::test
