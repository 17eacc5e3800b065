// SPDX-License-Identifier: MIT
// Checks who can change a configuration, which names commands to run, or read a password file.
#pragma once
#include "core/base/result.hpp"

#include <string>

namespace msn {

enum class FileUse { configuration, password };

// Fails (usage, with the command that helps) if the file belongs neither to this user nor to root,
// if others can write it, or if others have any access to a password file. A character device
// (/dev/null) may have any mode. `path` is used in messages only.
Result<void> check_trusted(int fd, const std::string& path, FileUse);

}  // namespace msn
