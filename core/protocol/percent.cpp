// SPDX-License-Identifier: MIT
#include "core/protocol/percent.hpp"

namespace msn::protocol {

bool is_literal_nick(std::string_view nick) {
  for (std::size_t at = 0; at < nick.size(); ++at)
    if (nick[at] == ' ' || (nick[at] == '%' && !is_percent_encoded(nick, at))) return true;
  return false;
}

}  // namespace msn::protocol
