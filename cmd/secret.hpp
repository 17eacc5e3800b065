// SPDX-License-Identifier: MIT
// Reads passwords for both programs: the first line of a file, of the output of a command, or of
// standard input. Every error is usage and names the source.
#pragma once
#include "core/base/result.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace msn {

// At most this many bytes are read in search of the end of the first line.
inline constexpr std::size_t longest_secret = 4096;
// The longest password of the protocol, in bytes.
inline constexpr std::size_t longest_password = 1024;

// Overwrites the text with zeros, then clears it.
void wipe(std::string& secret);

// The first line of a text, without its CR and without a byte order mark. Wipes the text. It is an
// error if the line is empty, longer than longest_password, or contains CR or NUL.
Result<std::string> secret_line(std::string text, const std::string& source);

// Reads until the end of the first line, and does not wait for more.
Result<std::string> read_secret(int fd, const std::string& source);

// The same for two passwords, in the first two lines.
Result<std::array<std::string, 2>> read_two_secrets(int fd, const std::string& source);

// Refuses a file that other users may read or write. `wait`: block on a pipe until it has data.
Result<std::string> read_secret_file(const std::string& path, bool wait);

}  // namespace msn
