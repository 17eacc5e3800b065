// SPDX-License-Identifier: MIT
// Other programs, as msnc runs them.
#pragma once
#include "core/base/paths.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// The argv that exec wants; valid as long as `words`.
std::vector<char*> pointers(std::vector<std::string>& words);

// Where a program is: a path with a slash as it is, else searched in PATH; nothing: not there, or
// not to be executed.
std::optional<std::string> find_program(const Environment&, std::string_view name);

// Where this program is (/proc/self/exe); "msnc" if that cannot be told.
std::string own_path();

std::string errno_text(int error);

}  // namespace msn::msnc
