// SPDX-License-Identifier: MIT
// What POLL delivers (protocol 7 and 13): one struct per keyword, in the protocol's own words.
//
// Both sides use them: a network makes them, the daemon stores and encodes them, the client
// decodes and prints them. On the client's side strings are decoded text (always UTF-8) but not
// yet safe for a terminal.
#pragma once
#include "core/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace msn::model {

// MSG. Lines of the text are joined by LF.
struct Message {
  std::string email;
  std::vector<std::pair<std::string, std::string>> headers;  // in order, names as sent
  std::string text;
  std::optional<std::string> exact_text;  // client: the bytes, if they were not UTF-8
  // From a network, which names them where it knows them; on the pipe they are the header lines
  // Date, Message-ID and Participants.
  std::optional<Time> sent{};
  std::string id{};
  std::vector<std::string> participants{};  // addresses of others who read it, too
  bool operator==(const Message&) const = default;
};
struct Said : Message {  // SAID: what our account sent, here or elsewhere; the recipient's email
  bool operator==(const Said&) const = default;
};
struct StatusChange {  // STCH
  std::string email;
  std::string status;                      // a name of protocol 4, or one we do not know
  std::optional<std::uint64_t> discarded;  // our messages given up; with offline
  bool operator==(const StatusChange&) const = default;
};
struct AddedYou {
  std::string email;
  bool operator==(const AddedYou&) const = default;
};  // UADD
struct RemovedYou {
  std::string email;
  bool operator==(const RemovedYou&) const = default;
};  // UDEL
struct ContactAdded {
  std::string email;
  bool operator==(const ContactAdded&) const = default;
};  // ADDFL
struct ContactRemoved {
  std::string email;
  bool operator==(const ContactRemoved&) const = default;
};  // DELFL
struct Flushed {
  std::string email;
  bool operator==(const Flushed&) const = default;
};  // MFLUSH
struct Typing {
  std::string email;
  bool operator==(const Typing&) const = default;
};               // TYPING
struct Closed {  // SCLOSE: MAIN without an email, USER with one
  std::optional<std::string> email;
  std::optional<std::uint64_t> lost;
  bool operator==(const Closed&) const = default;
};
struct Opened {
  bool operator==(const Opened&) const = default;
};                   // SOPEN MAIN
struct ErrorEvent {  // ERR
  std::string code;  // three digits of the network, or a word
  std::string text;
  // What it is about, where that is known: the person, the message's token, the request's keyword.
  std::string email{}, id{}, request{};
  bool operator==(const ErrorEvent&) const = default;
};
struct Gap {                          // GAP: events that are missing here
  std::optional<std::uint64_t> lost;  // unknown: "?"
  bool operator==(const Gap&) const = default;
};
struct Sent {  // SENT
  std::string id, email;
  bool operator==(const Sent&) const = default;
};
struct Failed {  // FAILED
  std::string id, email, reason;
  bool operator==(const Failed&) const = default;
};
struct Unknown {  // client: any other line, as it came
  std::string line;
  bool operator==(const Unknown&) const = default;
};

using Event =
    std::variant<Message, StatusChange, AddedYou, RemovedYou, ContactAdded, ContactRemoved, Flushed,
                 Typing, Closed, Opened, ErrorEvent, Gap, Sent, Failed, Said, Unknown>;

// Who an event is about; empty if nobody.
std::string event_email(const Event&);

// When and where in the log an event stands; not told by a plain POLL or a legacy daemon.
struct Stamp {
  std::optional<Time> time;
  std::optional<std::uint64_t> cursor;
  bool operator==(const Stamp&) const = default;
};
struct StampedEvent {
  Stamp stamp;
  Event event;
  std::string nick{};  // of the person it is about, as it was when asked for; empty: none
};

}  // namespace msn::model
