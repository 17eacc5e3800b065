// SPDX-License-Identifier: MIT
// Waiting for a daemon that is away or not logged in, as watch and send -l do: 1 second, twice as
// long each time, up to 5 seconds on a Unix socket and 60 elsewhere.
#pragma once
#include "core/base/backoff.hpp"
#include "core/base/error.hpp"

#include <optional>
#include <string_view>

namespace msn::msnc {

class Context;

void pause(Milliseconds);

class Retry {
 public:
  // Must not outlive the context.
  explicit Retry(Context& context);

  // How long to wait before the next try; nothing: it would not help, or --no-retry or --dry-run
  // forbids it. Closes the connection, and warns if it is the first failure in a row
  // ("<error>; <what>").
  std::optional<Milliseconds> after(const Error&, std::string_view what);
  // A request has been answered as it should be.
  void succeeded();

 private:
  Context& context_;
  Backoff backoff_;
  bool warned_ = false;
};

}  // namespace msn::msnc
