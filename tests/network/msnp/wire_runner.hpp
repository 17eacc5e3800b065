// SPDX-License-Identifier: MIT
// Plays a wire script (tests/msnp/*.wire) with a whole daemon: both sides of the MSN connections
// byte for byte, and the requests, answers and events on the daemon's pipe. Its language:
// tests/msnp/README.md.
#pragma once
#include <string>
#include <vector>

namespace msn::test {

// Throws std::runtime_error, naming file and line, when something is not as the script says.
// `chop`: what the server sends goes out so many bytes at a time, and events are taken by the
// plain POLL where it tells all of them; 0: in whole pieces, and by the extended POLL.
void play_wire(const std::string& file, std::size_t chop);
std::vector<std::string> wire_scripts();  // their paths, sorted

}  // namespace msn::test
