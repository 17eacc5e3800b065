// SPDX-License-Identifier: MIT
// The events that POLL delivers (msncd-protocol(7) 7 and 13), one struct for each keyword.
//
// A network creates events, the daemon encodes and stores them, the client decodes and prints them.
// In the client strings are valid UTF-8, but not escaped for a terminal.
#pragma once
#include "core/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace msn::model {

// MSG: a message that this account received. The lines of the text are joined by LF.
struct Message {
  std::string email;
  std::vector<std::pair<std::string, std::string>> headers;  // in order, names as sent
  std::string text;
  std::optional<std::string> exact_text;  // client: the received bytes, if they were not UTF-8
  // Set by a network where it knows them; sent as the headers Date, Message-ID and Participants.
  std::optional<Time> sent{};
  std::string id{};
  std::vector<std::string> participants{};  // addresses of the other recipients
  bool operator==(const Message&) const = default;
};
// SAID: a message that this account sent, from this or another client; email: the recipient.
struct Said : Message {
  bool operator==(const Said&) const = default;
};
// STCH: a contact's status changed.
struct StatusChange {
  std::string email;
  std::string status;                      // of msncd-protocol(7) 4, or unknown to this program
  std::optional<std::uint64_t> discarded;  // with offline: undelivered messages that were discarded
  bool operator==(const StatusChange&) const = default;
};
// UADD: a user added this account.
struct AddedYou {
  std::string email;
  bool operator==(const AddedYou&) const = default;
};
// UDEL: a user removed this account.
struct RemovedYou {
  std::string email;
  bool operator==(const RemovedYou&) const = default;
};
// ADDFL: this account added a contact.
struct ContactAdded {
  std::string email;
  bool operator==(const ContactAdded&) const = default;
};
// DELFL: this account removed a contact.
struct ContactRemoved {
  std::string email;
  bool operator==(const ContactRemoved&) const = default;
};
// MFLUSH: the pending messages to a user were delivered.
struct Flushed {
  std::string email;
  bool operator==(const Flushed&) const = default;
};
// TYPING: a user is typing.
struct Typing {
  std::string email;
  bool operator==(const Typing&) const = default;
};
// SCLOSE USER: a conversation was lost or could not be opened. SCLOSE MAIN: the session ended.
struct Closed {
  std::optional<std::string> email;   // nullopt: MAIN
  std::optional<std::uint64_t> lost;  // messages without an ID that are lost with the conversation
  bool operator==(const Closed&) const = default;
};
// SOPEN MAIN: the session was restored.
struct Opened {
  bool operator==(const Opened&) const = default;
};
// ERR: a request failed after it was answered OK, or the network reported an error.
struct ErrorEvent {
  std::string code;  // three digits of the network, or a word
  std::string text;
  // Where known: the user concerned, the identity of the message, the keyword of the request.
  std::string email{}, id{}, request{};
  bool operator==(const ErrorEvent&) const = default;
};
// GAP: events are missing here.
struct Gap {
  std::optional<std::uint64_t> lost;  // nullopt: an unknown number ("?")
  bool operator==(const Gap&) const = default;
};
// SENT: a message sent with an identity was delivered.
struct Sent {
  std::string id, email;
  bool operator==(const Sent&) const = default;
};
// FAILED: a message sent with an identity was not delivered.
struct Failed {
  std::string id, email, reason;
  bool operator==(const Failed&) const = default;
};
// Client only: any other line, unchanged.
struct Unknown {
  std::string line;
  bool operator==(const Unknown&) const = default;
};

using Event =
    std::variant<Message, StatusChange, AddedYou, RemovedYou, ContactAdded, ContactRemoved, Flushed,
                 Typing, Closed, Opened, ErrorEvent, Gap, Sent, Failed, Said, Unknown>;

// The address of the user that the event concerns; empty if there is none.
std::string event_email(const Event&);

// Time and cursor of an event in the log; unknown after a plain POLL and with an original daemon.
struct Stamp {
  std::optional<Time> time;
  std::optional<std::uint64_t> cursor;
  bool operator==(const Stamp&) const = default;
};
struct StampedEvent {
  Stamp stamp;
  Event event;
  std::string nick{};  // the nick of event_email() when the event was requested; empty: none
};

}  // namespace msn::model
