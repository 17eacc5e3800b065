// SPDX-License-Identifier: MIT
// The short help (-h), made from the table: examples first.
#pragma once
#include "cmd/msnc/command.hpp"

#include <string>

namespace msn::msnc {

std::string command_help(const Command&);
std::string program_help();

}  // namespace msn::msnc
