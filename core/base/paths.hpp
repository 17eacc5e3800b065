// SPDX-License-Identifier: MIT
// The XDG directories, also without $HOME (cron, an empty environment), and private directories.
#pragma once
#include "core/base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace msn {

// Reads environment variables; tests pass a function on a map. An empty value counts as unset.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

std::string home_directory(const Environment&);    // $HOME, or the user's in /etc/passwd, or "/"
std::string config_directory(const Environment&);  // $XDG_CONFIG_HOME or ~/.config
std::string state_directory(const Environment&);   // $XDG_STATE_HOME or ~/.local/state

// $HOME if it exists and belongs to another user, otherwise nullopt.
std::optional<std::string> foreign_home(const Environment&);

// Replaces "~/" at the beginning of a path, or after "unix:" or "fifo:", by the home directory.
std::string expand_home(std::string text, const Environment&);

// Creates `path` and its missing parents with mode 0700. Error: no_access, also if `path` exists
// and is not a directory of this user or has any permission for others.
Result<void> make_private_directory(const std::string& path);
// Checks that `path` is a directory of this user that others cannot write to. Error: no_access.
// Both functions also fail if every user can replace files in a parent of `path`.
Result<void> check_private_directory(const std::string& path);

}  // namespace msn
