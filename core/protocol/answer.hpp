// SPDX-License-Identifier: MIT
// Answers (protocol 5 and 6), the daemon's side: values to octets. Everything that goes through here
// is one line per field: controls are removed, nicks percent-encoded (protocol 12.4).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/model/event.hpp"

namespace msn::protocol {

std::string ok(std::string_view text = {});     // "OK\n", "OK text\n"
std::string err(const Error&);                  // "ERR MSN 911 Authentication failed\n"
// CL n and its entries; `units` gives each line's end, for the datagram binding.
std::string contact_list(std::span<const model::Contact* const> contacts);
struct QueueEntry { std::string name; std::uint64_t pending = 0; std::uint64_t cursor = 0; };
std::string queue_list(std::span<const QueueEntry>);
using Attributes = std::vector<std::pair<std::string, std::string>>;
std::string attributes(const Attributes&);      // "name = value\n" each, then "\n"
std::string poll_end();                         // "POLLEND\n"
std::string poll_end(std::uint64_t cursor, std::uint64_t more);

// An event's line or lines as they stand in an answer to a plain POLL (protocol 7). The stored form.
std::string encode_event(const model::Event&);
// "EV cursor time " (protocol 13.2), to stand in front of encode_event's octets.
std::string event_prefix(std::uint64_t cursor, Time);
// Is the event told to a plain POLL? SENT, FAILED, SOPEN are not; GAP becomes ERR QUEUE (13.8).
bool in_plain_poll(const model::Event&);
// The keyword an encoded event begins with.
std::string_view event_keyword(std::string_view encoded);
std::string_view event_keyword(const model::Event&);

// RFC 3339, UTC, milliseconds: "2026-11-22T15:04:05.123Z".
std::string rfc3339(Time);
std::optional<Time> parse_rfc3339(std::string_view);

// The features HELLO tells (protocol 13.1).
std::span<const std::string_view> features();

// The same answer as the datagram binding's units (protocol 2): one line each, but a MSG with its
// lines together. Views into `answer`.
std::vector<std::string_view> units(std::string_view answer);

}  // namespace msn::protocol
