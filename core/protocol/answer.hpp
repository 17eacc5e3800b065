// SPDX-License-Identifier: MIT
// The daemon's side of answers: encodes values (protocol 5, 6, 7, 13). Control characters are
// removed and nicks percent-encoded, so a field never breaks its line (protocol 12.4).
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/model/event.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::protocol {

std::string ok(std::string_view text = {});  // "OK\n", "OK text\n"
// "ERR MSN 911 Authentication failed\n" (protocol 5.1). Error::message is appended only to MSN,
// SOCK, SEND ("token reason"), EINVAL, EINVAL EXISTS, UNSUPPORTED, EBUSY, EPERM, and to UNK USER if
// Error::name is set (6.14). ErrorCode::internal is always "ERR EINVAL internal error\n".
std::string err(const Error&);
// CL n and its entries. `marks`: append the word "asks" to users who ask for consent (13.10).
std::string contact_list(std::span<const model::Contact* const> contacts, bool marks = false);
struct QueueEntry {
  std::string name;
  std::uint64_t pending = 0;  // number of events that are not handed out
  std::uint64_t cursor = 0;   // of the last event taken from the queue, or its start
};
// QL n and its lines (13.5).
std::string queue_list(std::span<const QueueEntry>);
using Attributes = std::vector<std::pair<std::string, std::string>>;
// "name = value\n" each, then "\n" (protocol 6.11). Percent-encodes the values of nick and
// realnick. Leaves out attributes with an empty value.
std::string attributes(const Attributes&);
bool is_nick_attribute(std::string_view name);  // nick, realnick
std::string poll_end();                         // "POLLEND\n"
// "POLLEND cursor more [FULL] [SHARED]\n" (13.2). `more`: number of events that the answer did not
// show. `full`: events cannot be stored at the moment. `shared`: another client waits on the queue
// or holds events of it.
std::string poll_end(std::uint64_t cursor, std::uint64_t more, bool full, bool shared = false);

// The line or lines of an event in an answer to POLL, without the EV prefix (protocol 7). The event
// log stores this form.
std::string encode_event(const model::Event&);
// "EV cursor time " (protocol 13.2), the prefix of encode_event()'s bytes.
std::string event_prefix(std::uint64_t cursor, Time);
// "EV cursor time nick ". The nick is encoded so that it never looks like a keyword. Empty: "-".
std::string event_prefix(std::uint64_t cursor, Time, std::string_view nick);
// Is the event sent in the answer to a plain POLL? SENT, FAILED, SAID and SOPEN are left out, and a
// GAP is sent as encode_plain_gap() (13.8).
bool in_plain_poll(const model::Event&);
bool in_plain_poll(std::string_view keyword);
// Converts an encoded event to its form in a plain POLL: an ERR without the words after its text
// (13.8), a message with no line over limits::line.
std::string in_plain_form(std::string_view encoded);
std::string encode_plain_gap(const model::Gap&);  // "ERR QUEUE 3 events dropped\n"
// The keyword of an event.
std::string_view event_keyword(std::string_view encoded);
std::string_view event_keyword(const model::Event&);

// RFC 3339 in UTC, with milliseconds: "2026-11-22T15:04:05.123Z".
std::string rfc3339(Time);
// RFC 5322, UTC: "Mon, 30 Nov 2026 22:50:00 +0000".
std::string mail_date(Time);
// Parses RFC 3339 with any precision and offset. nullopt: not such a time.
std::optional<Time> parse_rfc3339(std::string_view);

// The features that HELLO lists for every network (protocol 13.1).
std::span<const std::string_view> features();

// Splits an answer into units for the datagram binding (protocol 2): one line each, and a MSG or
// SAID with its lines. Views into `answer`.
std::vector<std::string_view> units(std::string_view answer);
// The event ERR DATAGRAM that replaces a unit over limits::datagram and names the user
// (protocol 2.1). Only a message that an older version of msncd has stored can be so long.
std::string replacement_for(std::string_view unit);

}  // namespace msn::protocol
