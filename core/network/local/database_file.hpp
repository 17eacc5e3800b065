// SPDX-License-Identifier: MIT
// Checks on the database file before SQLite opens it. Its folder may be shared by a group, so other
// users may have placed files there.
#pragma once
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace msn::network::local {

// ErrorCode::network: "cannot use PATH: REASON".
Error path_error(const std::string& path, std::string_view reason);

enum class IfMissing { create, fail };
// Returns the path of the database without symbolic links, and creates the file if wanted. A new
// file has mode 0600, or 0660 in a folder for a group (set-group-ID and group-writable). Error:
// network; also for anything but a regular file with one hard link, for a symbolic link of another
// user, and on a network file system.
Result<std::string> find_database(const std::string& path, IfMissing);

// Whether several machines may write to a file system of this type (f_type of statfs(2)). A FUSE
// file system counts as one unless its type in /proc/self/mountinfo (`fuse_name`) is a known local
// one.
bool is_network_file_system(unsigned long type, std::string_view fuse_name);

}  // namespace msn::network::local
