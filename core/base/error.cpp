// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"

#include <array>

namespace msn {
namespace {

struct Row {
  ErrorCode code;
  std::string_view wire;
  std::string_view name;
  int status;
};

constexpr std::array rows{
    Row{ErrorCode::params, "PARAMS", "refused", 1},
    Row{ErrorCode::invalid, "EINVAL", "refused", 1},
    Row{ErrorCode::not_logged_in, "ENOTCONN", "not_logged_in", 4},
    Row{ErrorCode::unknown_request, "UNK", "unsupported", 10},
    Row{ErrorCode::unknown_status, "UNK STATUS", "refused", 1},
    Row{ErrorCode::unknown_contact, "UNK USER", "no_such_contact", 7},
    Row{ErrorCode::unknown_queue, "UNK QUEUE", "no_such_queue", 1},
    Row{ErrorCode::exists, "EINVAL EXISTS", "exists", 1},
    Row{ErrorCode::unsupported, "UNSUPPORTED", "unsupported", 10},
    Row{ErrorCode::login_refused, "MSN", "login_refused", 5},
    Row{ErrorCode::network, "SOCK", "network", 6},
    Row{ErrorCode::send_failed, "SEND", "network", 6},
    Row{ErrorCode::too_long, "TOOBIG", "too_long", 1},
    Row{ErrorCode::busy, "EBUSY", "busy", 1},
    Row{ErrorCode::permission, "EPERM", "permission", 3},
    Row{ErrorCode::refused, "EINVAL", "refused", 1},
    Row{ErrorCode::usage, "EINVAL", "usage", 2},
    Row{ErrorCode::no_daemon, "EINVAL", "no_daemon", 3},
    Row{ErrorCode::daemon_timeout, "EINVAL", "daemon_timeout", 3},
    Row{ErrorCode::unknown_outcome, "EINVAL", "unknown_outcome", 13},
    Row{ErrorCode::no_access, "EINVAL", "permission", 3},
    Row{ErrorCode::nothing, "EINVAL", "nothing", 8},
    Row{ErrorCode::partial, "EINVAL", "partial", 9},
    Row{ErrorCode::protocol, "EINVAL", "protocol", 11},
    Row{ErrorCode::output, "EINVAL", "output", 12},
    Row{ErrorCode::internal, "EINVAL", "refused", 1},
};

// The table is indexed by the code, so it must have the order of the enum.
constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].code) != i) return false;
  return rows.size() == static_cast<std::size_t>(ErrorCode::internal) + 1;
}
static_assert(in_order());

const Row& row(ErrorCode code) {
  return rows[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view wire_words(ErrorCode code) {
  return row(code).wire;
}
std::string_view error_name(ErrorCode code) {
  return row(code).name;
}
int exit_status(ErrorCode code) {
  return row(code).status;
}

}  // namespace msn
