// SPDX-License-Identifier: MIT
// A small file that is read whole and replaced whole.
#pragma once
#include "core/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace msn {

// Nothing if there is none, it is a link, it cannot be read, or it is longer than `longest` bytes.
std::optional<std::string> read_small_file(const std::string& path,
                                           std::size_t longest = 16u << 20);
// The new text (mode 0600) takes the old one's place in one step, once it is on the disk; a file
// that has this text already is left as it is. The folder must be there. Fails (network) and leaves
// the old file. Blocks while the disk works.
Result<void> replace_small_file(const std::string& path, std::string_view text);

}  // namespace msn
