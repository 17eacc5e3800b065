// SPDX-License-Identifier: MIT
// Whose word is taken: configurations, which name commands to run, and files with passwords.
#pragma once
#include "core/base/result.hpp"

#include <string>

namespace msn {

enum class FileUse { configuration, password };

// usage, with what to do: the file belongs neither to us nor to root, or others may write it, or
// (password) read it. `path` is for the message alone. A device may be open to others (/dev/null).
Result<void> check_trusted(int fd, const std::string& path, FileUse);

}  // namespace msn
