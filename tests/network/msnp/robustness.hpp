// SPDX-License-Identifier: MIT
// Checks that must hold for any bytes of a server, one function for each parser. They abort if a
// check fails. Shared by the fuzz targets and robustness_test.cpp.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

void try_commands(std::string_view bytes);      // the codec: in pieces and whole
void try_notification(std::string_view bytes);  // the notification connection of a session
void try_switchboard(std::string_view bytes);   // an answered call, and one of this account
void try_mime(std::string_view bytes);          // payloads, texts, chunks
void try_ticket_headers(
    std::string_view bytes);  // lines: status, then headers; an empty line ends one answer

// What the servers of a wire script send: one string for each connection. `kind`: "NS", "SB" or
// "HTTP".
struct Said {
  std::string kind, bytes;
};
std::vector<Said> server_side(const std::string& script);

}  // namespace msn::test
