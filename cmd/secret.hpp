// SPDX-License-Identifier: MIT
// Where passwords come from, for both programs: the first line of a file, of what a command prints,
// or of standard input. Every error is usage and names the source.
#pragma once
#include "core/base/result.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace msn {

// Of what may come before the end of the first line, in bytes.
inline constexpr std::size_t longest_secret = 4096;
// What goes over the pipe, in bytes.
inline constexpr std::size_t longest_password = 1024;

// Overwrites what it held, and empties it.
void wipe(std::string& secret);

// The first line of a text, which is wiped: without CR and a byte order mark. It must be there and
// hold nothing that cannot go over the pipe.
Result<std::string> secret_line(std::string text, const std::string& source);

// Reads until the first line is whole, and waits for nothing after it.
Result<std::string> read_secret(int fd, const std::string& source);

// The same for the first two lines, which hold a password each.
Result<std::array<std::string, 2>> read_two_secrets(int fd, const std::string& source);

// Refused if others may read or write it. `wait`: it may be a pipe, and is waited for.
Result<std::string> read_secret_file(const std::string& path, bool wait);

}  // namespace msn
