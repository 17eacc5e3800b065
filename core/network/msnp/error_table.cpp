// SPDX-License-Identifier: MIT
#include "core/network/msnp/error_table.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msn::network::msnp {
namespace {

using Row = std::pair<int, std::string_view>;
// Ascending. The texts are those of Annex A, with two typing errors corrected.
constexpr std::array<Row, 66> rows{{
    {200, "Syntax error"},
    {201, "Invalid parameter"},
    {205, "Invalid user"},
    {206, "Domain name missing"},
    {207, "Already logged in"},
    {208, "Invalid username"},
    {209, "Invalid friendly name"},
    {210, "User list full"},
    {213, "Invalid rename request"},
    {215, "User already there"},
    {216, "User not on list"},
    {217, "User not online"},
    {218, "Already in mode"},
    {219, "User is in the opposite list"},
    {223, "Too many groups"},
    {224, "Invalid group"},
    {225, "User not in group"},
    {226, "Group is not empty"},
    {227, "Group name already used"},
    {228, "Group name already used"},
    {229, "Group name too long"},
    {230, "Group cannot be removed"},
    {231, "Invalid group"},
    {280, "Switchboard failed"},
    {281, "Transfer to switchboard failed"},
    {282, "Message not delivered"},
    {300, "Required field missing"},
    {302, "Not logged in"},
    {402, "Contact list unavailable"},
    {403, "Contact list error"},
    {420, "Client version refused"},
    {500, "Internal server error"},
    {501, "Database server error"},
    {502, "Command disabled"},
    {510, "File operation failed"},
    {511, "Account banned"},
    {520, "Memory allocation failed"},
    {540, "Challenge answer wrong"},
    {600, "Server is busy"},
    {601, "Server is unavailable"},
    {602, "Peer nameserver is down"},
    {603, "Database connection failed"},
    {604, "Server is going down"},
    {605, "Server is unavailable"},
    {640, "Server is going down"},
    {700, "Could not create connection"},
    {707, "Could not create connection"},
    {710, "Bad client version"},
    {711, "Write is blocking"},
    {712, "Session is overloaded"},
    {713, "Too many active users"},
    {714, "Too many sessions"},
    {715, "Not expected"},
    {717, "Bad friend file"},
    {731, "Not expected"},
    {800, "Changing too fast"},
    {910, "Server is busy"},
    {911, "Authentication failed"},
    {913, "Not allowed when offline"},
    {917, "Authentication failed"},
    {920, "Not accepting new users"},
    {923, "Child account without consent"},
    {924, "Account not verified"},
    {927, "Account suspended"},
    {928, "Bad ticket"},
    {931, "Account not on this server"},
}};
static_assert(std::is_sorted(rows.begin(), rows.end(),
                             [](const Row& a, const Row& b) { return a.first < b.first; }));

}  // namespace

std::string_view error_text(int number) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), number,
                                      [](const Row& row, int n) { return row.first < n; });
  if (found != rows.end() && found->first == number) return found->second;
  if (number == 912 || (number >= 914 && number <= 922)) return "Server is busy";
  return "Unknown";
}

bool is_temporary(int number) {
  if (is_refusal(number)) return false;
  return (number >= 500 && number <= 699 && number != 540 && number != 511) ||
         (number >= 710 && number <= 719) || (number >= 800 && number <= 809) ||
         (number >= 910 && number <= 922 && number != 913);
}

bool is_refusal(int number) {
  static constexpr std::array<int, 8> refusals{511, 911, 917, 923, 924, 927, 928, 931};
  return std::find(refusals.begin(), refusals.end(), number) != refusals.end();
}

std::optional<int> error_number(std::string_view verb) {
  if (verb.size() != 3) return std::nullopt;
  const auto number = parse_number(verb, 3);
  if (!number || *number < 100) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace msn::network::msnp
