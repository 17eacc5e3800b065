// SPDX-License-Identifier: MIT
// Requests (protocol 6 and 13): what a client says. A struct per keyword with its encoding (used
// by clients) and its exact inverse (used by daemons).
//
// decode(arguments) gets what stands behind the keyword, split into words where the grammar splits
// (RequestReader does it); the number of words was checked against the daemon's table before.
// Values out of range are ErrorCode::invalid, an unknown status ErrorCode::unknown_status.
// Encoders end with LF and percent-encode nicks; they assert what request input rules
// (cli.md 3) have checked: no SP, CR, LF, NUL in emails.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/model/status.hpp"

namespace msn::protocol {

// One request as the daemon reads it. Views are into the reader and live until its next call.
struct Request {
  std::string_view keyword;               // may be empty
  std::string_view rest;                  // all behind the first SP, verbatim
  std::vector<std::string_view> words;    // `rest` split at every single SP; none if nothing followed
  std::vector<std::string> text;          // SENDMSG: its lines
  std::size_t text_octets = 0;            // SENDMSG: lines joined by CR LF, those not kept included
};

struct Login {
  std::string email, password;
  std::string encode() const;
  static Result<Login> decode(const Request&);
};
struct Logoff { std::string encode() const; };
struct SetStatus {
  model::Status status{};
  std::string encode() const;
  static Result<SetStatus> decode(const Request&);
};
struct Nick {
  std::string nick;  // decoded
  std::string encode() const;
  static Result<Nick> decode(const Request&);
};
struct Priv {
  model::Privacy privacy;
  std::string encode() const;
  static Result<Priv> decode(const Request&);
};
struct Add {
  std::string nick, email;
  std::string encode() const;
  static Result<Add> decode(const Request&);
};
// DEL INFO BLOCK UNBLOCK TYPE: a keyword and a contact. `who` is an address or a nick (decoded);
// an address goes out as it is, a nick (no @) percent-encoded. Decoded, both readings are kept.
struct ContactRequest {
  std::string keyword;
  std::string who;
  std::string encode() const;
  static Result<ContactRequest> decode(const Request&);
};
struct Ren {
  std::string who, nick;
  std::string encode() const;
  static Result<Ren> decode(const Request&);
};
struct SendMsg {
  std::string who;
  std::vector<std::string> lines;  // at least one
  std::optional<std::string> id;
  std::optional<std::chrono::seconds> wait;
  std::string encode() const;  // request line and lines, one unit
  // `who` and the options; the lines are in Request::text. Checks 6.8's limits (too_long).
  static Result<SendMsg> decode(const Request&);
};
// What ONLY= may name: the event keywords of protocol 7 and 13.8.
using Keywords = std::vector<std::string>;
struct Poll {
  bool extended = false;  // any option word: the EV form
  std::optional<std::chrono::seconds> wait;
  std::optional<std::uint64_t> max;
  Keywords only;  // empty: all
  bool hold = false, peek = false;
  std::optional<std::string> queue;
  struct From { bool oldest = false; std::uint64_t cursor = 0; bool operator==(const From&) const = default; };
  std::optional<From> from;
  std::string encode() const;
  static Result<Poll> decode(const Request&);
};
struct Ack {
  std::uint64_t cursor = 0;
  std::optional<std::string> queue;
  std::string encode() const;
  static Result<Ack> decode(const Request&);
};
struct QNew {
  std::string name;
  enum class Start { now, oldest, cursor } start = Start::now;
  std::uint64_t cursor = 0;
  Keywords only;
  std::string encode() const;
  static Result<QNew> decode(const Request&);
};
struct QDel {
  std::string name;
  std::string encode() const;
  static Result<QDel> decode(const Request&);
};
struct Hello {
  std::optional<std::string> sync;
  std::string encode() const;
  static Result<Hello> decode(const Request&);
};
// LOGOFF GETCL GETRCL GETBL QLIST STATE: the keyword alone.
std::string encode_bare(std::string_view keyword);

// [a-z0-9._-]{1,32}, or "-" (protocol 13.5).
bool is_queue_name(std::string_view name);
// 1 to 64 of A-Za-z0-9._- (protocol 13.7).
bool is_message_id(std::string_view id);

// A unit as it may be logged or traced: a LOGIN's password is "***".
std::string masked(std::string_view unit);

}  // namespace msn::protocol
