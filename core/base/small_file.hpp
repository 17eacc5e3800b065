// SPDX-License-Identifier: MIT
// Reading and atomically replacing a small file.
#pragma once
#include "core/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace msn {

// The content of the file. nullopt if it does not exist, is a symbolic link, cannot be read, or is
// longer than `longest` bytes.
std::optional<std::string> read_small_file(const std::string& path,
                                           std::size_t longest = 16u << 20);
// Writes and syncs a new file (mode 0600) and renames it to `path`. Does nothing if the file
// already has this text. The folder must exist. Blocks on the disk. On an error (network) the old
// file is unchanged.
Result<void> replace_small_file(const std::string& path, std::string_view text);

}  // namespace msn
