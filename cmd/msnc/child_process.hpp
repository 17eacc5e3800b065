// SPDX-License-Identifier: MIT
// Other programs, as msnc runs them.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace msn::msnc {

// The argv that exec wants; valid as long as `words`.
std::vector<char*> argv_of(std::vector<std::string>& words);

// A program to run beside us. Descriptors that are not given are ours; none of the others is
// inherited, and no signal is blocked, or ignored as we ignore it.
struct Child {
  std::vector<std::string> words;                     // the first is searched in PATH
  std::optional<std::vector<std::string>> variables;  // else our environment
  int input = -1, output = -1, errors = -1;
};
// usage: it cannot be run.
Result<pid_t> start_child(Child);
// "exit 3", "signal 9"; empty: it ended well.
std::string describe_exit(int status);
// Waits for its end; as above.
std::string wait_for_exit(pid_t);

// Where a program is: a path with a slash as it is, else searched in PATH; nothing: not there, or
// not to be executed.
std::optional<std::string> find_program(const Environment&, std::string_view name);

// Where this program is (/proc/self/exe); "msnc" if that cannot be told.
std::string own_path();

}  // namespace msn::msnc
