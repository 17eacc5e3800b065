// SPDX-License-Identifier: MIT
#include "core/daemon/commands.hpp"

#include <algorithm>
#include <array>

namespace msn::daemon {

// Each is defined in commands/<name>.cpp.
namespace handlers {
extern const Command ack, add, allow, block, del, deny, getbl, getcl, getrcl, hello, info, login,
    logoff, nick, passwd, poll, priv, qdel, qlist, qnew, register_, ren, sendmsg, state, status,
    type, unblock;
}

namespace {

constexpr std::array rows{
    Row{"ACK", &handlers::ack},
    Row{"ADD", &handlers::add},
    Row{"ALLOW", &handlers::allow},
    Row{"BLOCK", &handlers::block},
    Row{"DEL", &handlers::del},
    Row{"DENY", &handlers::deny},
    Row{"GETBL", &handlers::getbl},
    Row{"GETCL", &handlers::getcl},
    Row{"GETRCL", &handlers::getrcl},
    Row{"HELLO", &handlers::hello},
    Row{"INFO", &handlers::info},
    Row{"LOGIN", &handlers::login},
    Row{"LOGOFF", &handlers::logoff},
    Row{"NICK", &handlers::nick},
    Row{"PASSWD", &handlers::passwd},
    Row{"POLL", &handlers::poll},
    Row{"PRIV", &handlers::priv},
    Row{"QDEL", &handlers::qdel},
    Row{"QLIST", &handlers::qlist},
    Row{"QNEW", &handlers::qnew},
    Row{"REGISTER", &handlers::register_},
    Row{"REN", &handlers::ren},
    Row{"SENDMSG", &handlers::sendmsg},
    Row{"STATE", &handlers::state},
    Row{"STATUS", &handlers::status},
    Row{"TYPE", &handlers::type},
    Row{"UNBLOCK", &handlers::unblock},
};

constexpr bool strictly_ascending() {
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (!(rows[i - 1].keyword < rows[i].keyword)) return false;
  return true;
}
static_assert(strictly_ascending(),
              "find_command() uses a binary search: keep the rows sorted, without duplicates");

}  // namespace

std::span<const Row> commands() {
  return rows;
}

const Row* find_command(std::string_view keyword) {
  const auto found = std::lower_bound(
      rows.begin(), rows.end(), keyword,
      [](const Row& row, std::string_view wanted) { return row.keyword < wanted; });
  return found != rows.end() && found->keyword == keyword ? &*found : nullptr;
}

}  // namespace msn::daemon
