// SPDX-License-Identifier: MIT
// Threads that do not handle signals.
#pragma once
#include <csignal>
#include <thread>
#include <utility>

namespace msn {

// Starts a thread on which every signal is blocked. Throws std::system_error if the system cannot
// create one.
template <class Work>
std::thread start_thread(Work&& work) {
  // A new thread inherits the signal mask of its creator.
  class AllBlocked {
   public:
    AllBlocked() {
      sigset_t all;
      ::sigfillset(&all);
      ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    AllBlocked(const AllBlocked&) = delete;
    AllBlocked& operator=(const AllBlocked&) = delete;

   private:
    sigset_t before_;
  };
  const AllBlocked blocked;
  return std::thread(std::forward<Work>(work));
}

}  // namespace msn
