// SPDX-License-Identifier: MIT
// The short help (-h), generated from the command table, and the topics of `msnc help`.
#pragma once
#include "cmd/msnc/command.hpp"

#include <span>
#include <string>
#include <string_view>

namespace msn::msnc {

// Both are at most 80 columns wide, except for long examples.
std::string command_help(const Command&);
std::string program_help();

// A manual page that `msnc help NAME` opens, besides those of the commands.
struct HelpTopic {
  std::string_view name;
  std::string_view section, page;  // as man takes them: "7", "msnc-json"
  std::string_view summary;
};
std::span<const HelpTopic> help_topics();

}  // namespace msn::msnc
