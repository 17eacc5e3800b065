// SPDX-License-Identifier: MIT
// The output of the dialogue with the notification server (NS): actions and reports for the
// session, in order. The session handles them after each received command.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"
#include "core/network/common/pending_operations.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/contact_lists.hpp"
#include "core/network/msnp/dialect.hpp"

#include <string>
#include <variant>
#include <vector>

namespace msn::network::msnp {

using network::SteadyTime;
using network::Token;

// Address of a switchboard, and the ticket (CKI) to enter a conversation there.
struct SwitchboardTicket {
  HostPort at;
  std::string ticket;
};
// Why a session or a login ended.
enum class Loss {
  broken,       // the connection was lost, or the server ended it
  silent,       // the server does not answer PNG: its switchboards are considered dead, too
  elsewhere,    // OUT OTH: another client has logged in to the account
  maintenance,  // OUT SSD
};
struct Note {
  std::string text;  // log line about the account; printable
};
struct Finish {  // completes the request that has this token
  Token token = 0;
  Result<void> result;
};

namespace ns {

struct Dial {  // connect to this notification server; replaces the present connection
  HostPort to;
};
struct Say {  // send on the connection
  std::string bytes;
};
struct HangUp {};         // close the connection after all bytes are sent
struct WantTicket {       // start the HTTPS login
  std::string challenge;  // of "USR TWN S"
};
struct Ready {  // logged in, and all lists are received
  ContactLists::Changes changes;
};
struct ListsChanged {  // by LST lines after the login
  ContactLists::Changes changes;
};
struct LoginFailed {  // login_refused ends reconnecting; network does not
  Error error;
  Loss loss = Loss::broken;
};
struct SessionLost {
  Loss loss{};
  std::string why;
};
struct Happened {  // an event for clients
  model::Event event;
};
struct WentOffline {  // FLN
  std::string email;
};
struct Barred {  // added to the block list, or removed from the forward or allow list
  std::string email;
};
struct Ring {  // RNG: a contact calls this account
  SwitchboardTicket board;
  std::string session;  // the server's ID of the conversation; equal in repeated RNGs
  std::string caller;   // lower case
};
struct Switchboard {  // answer to ask_switchboard(); Error::number: of the server; 0: no answer
  std::string email;
  Result<SwitchboardTicket> ticket;
};
struct StatusAnswered {};  // CHG was answered, failed, or timed out
struct Pong {};            // QNG
struct Remember {};        // ContactLists::saved() has changed

}  // namespace ns

using NsEvent = std::variant<ns::Dial, ns::Say, ns::HangUp, ns::WantTicket, ns::Ready,
                             ns::ListsChanged, ns::LoginFailed, ns::SessionLost, ns::Happened,
                             Presence, ns::WentOffline, ns::Barred, ns::Ring, ns::Switchboard,
                             ns::StatusAnswered, ns::Pong, ns::Remember, Finish, Note>;
using NsEvents = std::vector<NsEvent>;

}  // namespace msn::network::msnp
