// SPDX-License-Identifier: MIT
// What the dialogue with the notification server wants to be done, and what it has to tell, in
// order. Values; the session reads them after each command.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"
#include "core/network/common/promises.hpp"
#include "core/network/msnp/book.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/dialect.hpp"

#include <string>
#include <variant>
#include <vector>

namespace msn::network::msnp {

using network::SteadyTime;
using network::Token;

// Where a conversation takes place, and the right to enter it.
struct SwitchboardTicket {
  HostPort at;
  std::string ticket;
};
enum class Loss {
  broken,
  silent,  // the server does not answer, so that nothing else of it can be trusted
  elsewhere,
  maintenance,
};
struct Note {
  std::string text;  // about the account, for the log, safe to print
};
struct Finish {  // the answer to a verb
  Token token = 0;
  Result<void> result;
};

namespace notice {

struct Dial {  // takes the place of the present connection, if there is one
  HostPort to;
};
struct Say {
  std::string bytes;
};
struct HangUp {};  // after what was said has gone
struct WantTicket {
  std::string challenge;
};
struct Ready {  // logged in, and the lists are complete
  Book::Changes changes;
};
struct ListsChanged {  // by list lines that came later
  Book::Changes changes;
};
struct LoginFailed {  // login_refused ends a session that was on its way back, network does not
  Error error;
  Loss loss = Loss::broken;
};
struct SessionLost {
  Loss loss{};
  std::string why;
};
struct Happened {
  model::Event event;
};
struct WentOffline {
  std::string email;
};
struct Barred {  // blocked, or allowed no more
  std::string email;
};
struct Ring {  // a call for us
  SwitchboardTicket board;
  std::string session;  // opaque; the same for each ring of one conversation
  std::string caller;   // lower case
};
struct Switchboard {  // what ask_switchboard came to; fails with the server's number, or network
  std::string email;
  Result<SwitchboardTicket> ticket;
};
struct StatusAnswered {};  // or never will be
struct Pong {};
struct Remember {};  // what is kept between sessions has changed

}  // namespace notice

using Notice =
    std::variant<notice::Dial, notice::Say, notice::HangUp, notice::WantTicket, notice::Ready,
                 notice::ListsChanged, notice::LoginFailed, notice::SessionLost, notice::Happened,
                 Presence, notice::WentOffline, notice::Barred, notice::Ring, notice::Switchboard,
                 notice::StatusAnswered, notice::Pong, notice::Remember, Finish, Note>;
using Notices = std::vector<Notice>;

}  // namespace msn::network::msnp
