// SPDX-License-Identifier: MIT
// Plays a wire script (tests/msnp/*.wire) against a real network object: both sides of the MSN
// connections octet for octet, the verbs, and what the network tells of it. The language is told in
// tests/msnp/README.md.
#pragma once
#include <string>
#include <vector>

namespace msn::test {

// Throws std::runtime_error, naming file and line, when something is not as the script says.
// `chop`: what the server sends goes out so many octets at a time; 0: in whole pieces.
void play_wire(const std::string& file, std::size_t chop);
std::vector<std::string> wire_scripts();  // their paths, sorted

}  // namespace msn::test
