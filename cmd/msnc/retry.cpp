// SPDX-License-Identifier: MIT
#include "cmd/msnc/retry.hpp"

#include "cmd/msnc/context.hpp"

#include <poll.h>
#include <utility>

namespace msn::msnc {
namespace {

using std::chrono::seconds;

// A local daemon is tried more often, because that costs little.
Backoff backoff_for(const Result<pipe::Address>& address) {
  const bool local = address && address->kind == pipe::Address::Kind::unix_socket;
  return Backoff(seconds(1), local ? seconds(5) : seconds(60));
}

// Whether a later try may succeed.
bool is_temporary(ErrorCode code) {
  switch (code) {
    case ErrorCode::no_daemon:
    case ErrorCode::daemon_timeout:
    case ErrorCode::unknown_outcome:
    case ErrorCode::not_logged_in:
    case ErrorCode::network:
    case ErrorCode::protocol:  // also a connection that was closed within an answer
    case ErrorCode::busy:
      return true;
    default:
      return false;
  }
}

}  // namespace

void pause(Milliseconds time) {
  ::poll(nullptr, 0, static_cast<int>(time.count()));
}

Retry::Retry(Context& context) : context_(context), backoff_(backoff_for(context.address())) {}

std::optional<Milliseconds> Retry::after(const Error& error, std::string_view what) {
  if (!is_temporary(error.code) || context_.arguments.has("no-retry") || context_.settings.dry_run)
    return std::nullopt;
  context_.disconnect();
  if (!std::exchange(warned_, true))
    context_.output.warning(context_.describe(error).message + "; " + std::string(what));
  return backoff_.next(0);
}

void Retry::succeeded() {
  backoff_.reset();
  warned_ = false;
}

}  // namespace msn::msnc
