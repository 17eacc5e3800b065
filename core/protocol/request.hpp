// SPDX-License-Identifier: MIT
// Requests (protocol 6 and 13): one struct for each keyword. Clients call encode(), the daemon
// calls decode(), its inverse.
//
// decode() fails with ErrorCode::params (wrong number of words, empty word), invalid (value out of
// range), unknown_status or too_long. Errors of protocol 6 have no message, because old requests
// get their old answers (13.1); those of the extensions say what is wrong. encode() ends in LF and
// percent-encodes nicks. It asserts what the caller has checked: no SP, CR, LF, NUL in emails, no
// CR, LF, NUL in passwords and lines of text.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/model/status.hpp"
#include "core/protocol/words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::protocol {

// A request line split into words. The views are valid until the next call of the reader.
struct Request {
  std::string_view keyword;       // may be empty
  std::string_view rest;          // the line after the first SP, verbatim
  Words words;                    // `rest` split at every SP; none if there is no SP
  std::vector<std::string> text;  // SENDMSG: its lines; empty if over limits::text
  std::size_t text_bytes = 0;     // SENDMSG: size of all lines joined by CR LF
};

// Splits a request line without its LF.
Request split_request(std::string_view line);

struct Login {
  std::string email, password;
  std::string encode() const;
  static Result<Login> decode(const Request&);
};
// Encoded as Login, with another keyword (13.12).
struct Register {
  std::string email, password;
  std::string encode() const;
  static Result<Register> decode(const Request&);
};
// The members are plain; the request has them percent-encoded (13.12).
struct Passwd {
  std::string old_password, new_password;
  std::string encode() const;
  static Result<Passwd> decode(const Request&);
};
struct Logoff {
  std::string encode() const;
};
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
// ALLOW BLOCK DEL DENY INFO TYPE UNBLOCK: a keyword and a contact.
//
// encode(): `who` is an address or a nick, not encoded. An address is sent unchanged, a nick (no @,
// or with a space) percent-encoded. decode(): the word may be either (protocol 6.14), so `who` is
// the word as an address and `nick` the word percent-decoded. They differ only if the word contains
// both @ and %.
struct ContactRequest {
  std::string keyword;
  std::string who;
  std::string nick = {};  // decode() only
  std::string encode() const;
  static Result<ContactRequest> decode(const Request&);
};
struct Ren {
  std::string who, nick;
  std::string who_nick = {};  // decode() only: as ContactRequest::nick
  std::string encode() const;
  static Result<Ren> decode(const Request&);
};
struct SendMsg {
  std::string who;
  std::vector<std::string> lines;  // at least one
  std::optional<std::string> id;
  std::optional<std::chrono::seconds> wait;
  bool once = false;           // with an id: send nothing if the id was used before
  bool quiet = false;          // with an id and without `wait`: report only a failure
  std::string who_nick = {};   // decode() only: as ContactRequest::nick
  std::string encode() const;  // request line and lines, one unit
  // Does not copy Request::text into `lines`. too_long: over the limit of 6.8.
  static Result<SendMsg> decode(const Request&);
};
struct GetReverse {   // GETRCL
  bool asks = false;  // ASKS: mark users who ask for consent (13.10)
  std::string encode() const;
  static GetReverse decode(const Request&);
};
// The values of ONLY=: event keywords of protocol 7 and 13.8.
using Keywords = std::vector<std::string>;
struct Poll {
  bool extended = false;  // any option: the answer has the EV form (13.2)
  std::optional<std::chrono::seconds> wait;
  std::optional<std::uint64_t> max;
  Keywords only;  // empty: all; in the history all but SAID (13.11)
  bool hold = false, peek = false;
  std::optional<std::string> queue;
  struct From {
    From() : From(false, 0) {}  // clang 14 does not accept member initializers here
    From(bool from_oldest, std::uint64_t after) : oldest(from_oldest), cursor(after) {}
    bool oldest;
    std::uint64_t cursor;
    bool operator==(const From&) const = default;
  };
  std::optional<From> from;
  std::optional<std::uint64_t> last;  // history: only its last events, this many
  std::optional<Time> since;          // history: events that arrived at this time or later
  std::optional<std::string> with;    // lower case: only events about this user, and GAP
  bool nicks = false;                 // each EV line has the contact's name
  // Does it read the history (13.4)?
  bool history() const { return from || last || since; }
  std::string encode() const;
  static Result<Poll> decode(const Request&);
};
struct Ack {
  std::uint64_t cursor = 0;  // acknowledges the events up to this one (13.3)
  std::optional<std::string> queue;
  std::string encode() const;
  static Result<Ack> decode(const Request&);
};
struct QNew {
  std::string name;
  enum class Start { now, oldest, cursor } start = Start::now;
  std::uint64_t cursor = 0;  // Start::cursor: the queue begins after it
  Keywords only;             // empty: all but SAID
  std::string encode() const;
  static Result<QNew> decode(const Request&);
};
struct QDel {
  std::string name;
  std::string encode() const;
  static Result<QDel> decode(const Request&);
};
struct Hello {
  std::optional<std::string> sync;  // repeated in the answer, as an option (percent_encode_value)
  std::string encode() const;
  static Result<Hello> decode(const Request&);
};
// LOGOFF GETCL GETBL QLIST STATE: the keyword alone.
std::string encode_bare(std::string_view keyword);

// [a-z0-9._-]{1,32}, or "-" (protocol 13.5).
bool is_queue_name(std::string_view name);
// 1 to 64 of A-Za-z0-9._- (protocol 13.7).
bool is_message_id(std::string_view id);

// The units for a log or trace: "***" replaces the passwords of LOGIN, REGISTER and PASSWD, also if
// the keyword is in lower case or follows a space (protocol 12).
std::string masked(std::string_view unit);

}  // namespace msn::protocol
