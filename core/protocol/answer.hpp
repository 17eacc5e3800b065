// SPDX-License-Identifier: MIT
// Answers (protocol 5 and 6), the daemon's side: values to bytes. Everything that goes through here
// is one line per field: controls are removed, nicks percent-encoded (protocol 12.4).
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
// "ERR MSN 911 Authentication failed\n". The error's message follows the words only where the
// protocol has room for text: MSN, SOCK, SEND, EINVAL (and EINVAL EXISTS), UNSUPPORTED, EBUSY,
// EPERM; internal is always "ERR EINVAL internal error\n". A send_failed's message is "token
// reason".
std::string err(const Error&);
// CL n and its entries. `marks`: with the word "asks" behind those who ask (13.10).
std::string contact_list(std::span<const model::Contact* const> contacts, bool marks = false);
struct QueueEntry {
  std::string name;
  std::uint64_t pending = 0;
  std::uint64_t cursor = 0;
};
std::string queue_list(std::span<const QueueEntry>);
using Attributes = std::vector<std::pair<std::string, std::string>>;
// "name = value\n" each, then "\n". Values are given plain: the nicks among them are encoded here.
// Empty ones are left out.
std::string attributes(const Attributes&);
bool is_nick_attribute(std::string_view name);  // nick, realnick
std::string poll_end();                         // "POLLEND\n"
// `full`: events cannot be stored at the moment; `shared`: another client uses the queue, too
// (13.2).
std::string poll_end(std::uint64_t cursor, std::uint64_t more, bool full, bool shared = false);

// An event's line or lines as they stand in an answer to a plain POLL (protocol 7). The stored
// form.
std::string encode_event(const model::Event&);
// "EV cursor time " (protocol 13.2), to stand in front of encode_event's bytes.
std::string event_prefix(std::uint64_t cursor, Time);
// The same with a name, "EV cursor time nick ", which never reads as a keyword. Empty: "-".
std::string event_prefix(std::uint64_t cursor, Time, std::string_view nick);
// Does the event stand in the answer to a plain POLL as it is stored? SENT, FAILED, SAID and SOPEN
// are left out there, a GAP is told as encode_plain_gap() instead (13.8).
bool in_plain_poll(const model::Event&);
bool in_plain_poll(std::string_view keyword);
// The same event there: an ERR without the words after its text (13.8), a message with no line over
// limits::line.
std::string in_plain_form(std::string_view encoded);
std::string encode_plain_gap(const model::Gap&);  // "ERR QUEUE 3 events dropped\n"
// The keyword an encoded event begins with.
std::string_view event_keyword(std::string_view encoded);
std::string_view event_keyword(const model::Event&);

// RFC 3339, UTC, milliseconds: "2026-11-22T15:04:05.123Z".
std::string rfc3339(Time);
// RFC 5322, UTC: "Mon, 30 Nov 2026 22:50:00 +0000".
std::string mail_date(Time);
// Reads RFC 3339, also other precisions and offsets.
std::optional<Time> parse_rfc3339(std::string_view);

// The features that HELLO names whatever the network (protocol 13.1).
std::span<const std::string_view> features();

// The same answer as the datagram binding's units (protocol 2): one line each, but a MSG with its
// lines together. Views into `answer`.
std::vector<std::string_view> units(std::string_view answer);
// What is sent instead of a unit over limits::datagram: an event ERR DATAGRAM that names the
// person. Only a message that an older version of the daemon has stored can be so long.
std::string in_place_of(std::string_view unit);

}  // namespace msn::protocol
