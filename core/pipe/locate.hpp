// SPDX-License-Identifier: MIT
// Finding the daemon (msnc(1)): one function for both programs. Never looks in /tmp.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::pipe {

// Where the directories of the users' sessions are; tests give another place.
inline constexpr std::string_view run_user = "/run/user";

// [A-Za-z0-9._-]{1,64}, not "." or ".."; it becomes a file name.
Result<void> check_account_name(std::string_view account);

// The default sockets of an account in the order of looking: $XDG_RUNTIME_DIR/msncd/ACCOUNT.sock,
// /run/user/UID/msncd/ACCOUNT.sock, $XDG_STATE_HOME/msncd/ACCOUNT.sock. Without duplicates; a
// directory that does not exist ($XDG_RUNTIME_DIR, /run/user/UID) leaves its socket out, and so
// does a $XDG_RUNTIME_DIR of another user, which `su` without `-` leaves in the environment.
std::vector<std::string> default_sockets(const Environment&, std::string_view account,
                                         std::string_view run_user = pipe::run_user);

// $XDG_RUNTIME_DIR, if it is another user's and therefore counts as unset.
std::optional<std::string> foreign_runtime_directory(const Environment&);

// The account that a socket at …/msncd/ACCOUNT.sock serves by its name; nothing for other
// addresses.
std::optional<std::string> account_of_socket(const Address&);

// The sockets in the default places of all accounts, by account, those of one account in the order
// of looking. Whether a daemon listens there is another question.
struct AccountSocket {
  std::string account, path;
};
std::vector<AccountSocket> account_sockets(const Environment&,
                                           std::string_view run_user = pipe::run_user);

// Client: the first that exists; its directory not ours or open to others: no_access. None exists:
// the first of them, so that the error names it.
Result<Address> find_socket(const Environment&, std::string_view account,
                            std::string_view run_user = pipe::run_user);
// Daemon: the first; makes its directory, 0700.
Result<Address> choose_socket(const Environment&, std::string_view account,
                              std::string_view run_user = pipe::run_user);

}  // namespace msn::pipe
