// SPDX-License-Identifier: MIT
// Plays a wire script (tests/msnp/*.wire) with a whole daemon: both sides of the MSN connections
// byte for byte, and the requests, answers and events on the daemon's pipe. Its language:
// tests/msnp/README.md.
#pragma once
#include <string>
#include <vector>

namespace msn::test {

// Throws std::runtime_error with file and line if something is not as in the script.
// `chop`: the servers send this many bytes at a time, and events are read by the plain POLL if it
// has all of them; 0: the servers send everything at once, and events are read by the extended
// POLL.
void play_wire(const std::string& file, std::size_t chop);
std::vector<std::string> wire_scripts();  // their paths, sorted

}  // namespace msn::test
