// SPDX-License-Identifier: MIT
// Checks the owner and the mode of files that must be trusted: configurations, because they name
// commands to run, and password files.
#pragma once
#include "core/base/result.hpp"

#include <string>

namespace msn {

enum class FileUse { configuration, password };

// Fails if the open file belongs neither to this user nor to root, if others can write to it, or if
// others have any access to a password file. Error: usage; its message has the command that
// corrects this. A character device (/dev/null) may have any mode. `path` is used in messages only.
Result<void> check_trusted(int fd, const std::string& path, FileUse);

}  // namespace msn
