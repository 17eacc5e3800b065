// SPDX-License-Identifier: MIT
// Starting other programs.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace msn::msnc {

// The words as an argument array for exec. The pointers are valid as long as `words` is unchanged.
std::vector<char*> argv_of(std::vector<std::string>& words);

// A child process. It has only the standard descriptors, no signal is blocked, and SIGPIPE and
// SIGXFSZ have their default action.
struct Child {
  std::vector<std::string> words;                     // the program, searched in PATH; arguments
  std::optional<std::vector<std::string>> variables;  // default: the environment of this process
  int input = -1, output = -1, errors = -1;           // default: those of this process
};
// Starts the program. Error: usage, if it cannot be run.
Result<pid_t> start_child(Child);
// The meaning of a wait status: "exit 3" or "signal 9"; empty if the program exited with 0.
std::string describe_exit(int status);
// Waits until the child has ended. Result as of describe_exit().
std::string wait_for_exit(pid_t);

// The path of an executable file: `name` itself if it has a slash, otherwise searched in PATH.
std::optional<std::string> find_program(const Environment&, std::string_view name);

// The path of this program (/proc/self/exe), or "msnc" if it cannot be determined.
std::string own_path();

}  // namespace msn::msnc
