// SPDX-License-Identifier: MIT
// Retrying while the daemon is not running or not logged in, for watch and send -l. The pauses
// begin with 1 second and double up to 5 seconds on a Unix socket, 60 seconds on other pipes.
#pragma once
#include "core/base/backoff.hpp"
#include "core/base/error.hpp"

#include <optional>
#include <string_view>

namespace msn::msnc {

class Context;

// Sleeps; a signal may end it early.
void pause(Milliseconds);

class Retry {
 public:
  // Must not outlive the context.
  explicit Retry(Context& context);

  // Closes the connection, warns of the first failure in a row ("ERROR; WHAT"), and returns how
  // long to wait before the next try. Does nothing and returns nullopt if a retry cannot help, and
  // with --no-retry or --dry-run.
  std::optional<Milliseconds> after(const Error&, std::string_view what);
  // To be called after a request that has succeeded.
  void succeeded();

 private:
  Context& context_;
  Backoff backoff_;
  bool warned_ = false;
};

}  // namespace msn::msnc
