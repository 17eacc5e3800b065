// SPDX-License-Identifier: MIT
// The default places of the daemon's sockets (msnc(1)), for both programs. /tmp is not one of them.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::pipe {

// The directory that contains the users' runtime directories. Tests pass another one.
inline constexpr std::string_view run_user = "/run/user";

// The name of an account becomes a file name. ErrorCode::usage unless it is [A-Za-z0-9._-]{1,64},
// is not "." or ".." and is not a file name that msncd uses itself.
Result<void> check_account_name(std::string_view account);

// The default sockets of an account in the order of the search, without duplicates:
// $XDG_RUNTIME_DIR/msncd/ACCOUNT.sock, /run/user/UID/msncd/ACCOUNT.sock and
// $XDG_STATE_HOME/msncd/ACCOUNT.sock. The first two are left out if their directory does not exist,
// and the first also if $XDG_RUNTIME_DIR belongs to another user (after `su` without `-`).
std::vector<std::string> default_sockets(const Environment&, std::string_view account,
                                         std::string_view run_user = pipe::run_user);

// $XDG_RUNTIME_DIR if it belongs to another user and is therefore ignored.
std::optional<std::string> foreign_runtime_directory(const Environment&);

// ACCOUNT for a socket …/msncd/ACCOUNT.sock; nullopt for other addresses.
std::optional<std::string> account_of_socket(const Address&);

// The existing sockets of all accounts in the default places, sorted by account, then by the order
// of the search. It is not checked whether a daemon listens there.
struct AccountSocket {
  std::string account, path;
};
std::vector<AccountSocket> account_sockets(const Environment&,
                                           std::string_view run_user = pipe::run_user);

// For clients: the first default socket that exists, or, if none does, the first default socket.
// Errors: usage (the name, or the path is too long); no_access (the existing socket's directory
// belongs to another user, or others can write to it).
Result<Address> find_socket(const Environment&, std::string_view account,
                            std::string_view run_user = pipe::run_user);
// For the daemon: the first default socket. Creates its directory with mode 0700. Errors as above.
Result<Address> choose_socket(const Environment&, std::string_view account,
                              std::string_view run_user = pipe::run_user);

}  // namespace msn::pipe
