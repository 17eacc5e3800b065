// SPDX-License-Identifier: MIT
// Where things live: the XDG directories, with what cron and an empty environment leave of them.
#pragma once
#include "core/base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace msn {

// How a program sees its environment; tests give a map. Empty values count as unset.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

std::string home_directory(const Environment&);    // $HOME, else /etc/passwd's entry of our uid
std::string config_directory(const Environment&);  // $XDG_CONFIG_HOME or ~/.config
std::string state_directory(const Environment&);   // $XDG_STATE_HOME or ~/.local/state

// $HOME, if it is there and belongs to another user.
std::optional<std::string> foreign_home(const Environment&);

// "~/" at the beginning of a path, also of one behind "unix:" or "fifo:", is the home directory.
std::string expand_home(std::string text, const Environment&);

// Makes `path` (and what leads to it) with mode 0700; fails (no_access) if it is there and not a
// directory of ours, or open to others.
Result<void> make_private_directory(const std::string& path);
// The check alone: ours and writable by nobody else.
Result<void> check_private_directory(const std::string& path);

}  // namespace msn
