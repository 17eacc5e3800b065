// SPDX-License-Identifier: MIT
// What must hold whatever a server sends, one function for each parser. Each takes any bytes and
// aborts when something does not hold; the fuzz targets and robustness_test.cpp share them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

void try_commands(std::string_view octets);      // the codec, in pieces and whole
void try_notification(std::string_view octets);  // a session's notification connection
void try_switchboard(std::string_view octets);   // a conversation we answered, and one we began
void try_mime(std::string_view octets);          // payloads, texts, chunks
void try_ticket_headers(
    std::string_view octets);  // lines: status, then headers; an empty line ends one answer

// What the servers of a wire script say, one string for each of their connections; kind is "NS",
// "SB" or "HTTP".
struct Said {
  std::string kind, octets;
};
std::vector<Said> server_side(const std::string& script);

}  // namespace msn::test
