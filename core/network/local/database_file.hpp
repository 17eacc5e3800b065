// SPDX-License-Identifier: MIT
// The file that holds the database, before SQLite opens it. Its folder may belong to a group, so
// what lies there may have been put there by another user.
#pragma once
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace msn::network::local {

// ErrorCode::network: "cannot use PATH: REASON".
Error path_error(const std::string& path, std::string_view reason);

enum class IfMissing { make, fail };
// The file's path without symbolic links. Refuses what is not a regular file with one name, a
// symbolic link of another user, and a file system that several machines share. A file that is made
// has mode 0600, in a folder for a group (set-group-ID, writable to the group) 0660.
// Errors: ErrorCode::network.
Result<std::string> find_database(const std::string& path, IfMissing);

// Whether a file system of this type (statfs(2)) may let several machines write one file. One of
// FUSE may, unless its name (the type in /proc/self/mountinfo) is known to be local.
bool is_network_file_system(unsigned long type, std::string_view fuse_name);

}  // namespace msn::network::local
