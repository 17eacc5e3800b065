// SPDX-License-Identifier: MIT
// Requests (protocol 6 and 13): what a client says. A struct per keyword with its encoding (used
// by clients) and its exact inverse (used by daemons).
//
// decode() fails with ErrorCode::params for a wrong number of words or an empty one, invalid for
// values out of range, unknown_status, too_long. The errors of protocol 6 have no message, for an
// old request gets its old answer; those of the extensions say what is wrong.
// Encoders end with LF and percent-encode nicks; they assert what the rules for input (msnc(1))
// have checked: no SP, CR, LF, NUL in emails, no CR, LF, NUL in a password or a text's line.
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

// One request as the daemon reads it. Views are into the reader and live until its next call.
struct Request {
  std::string_view keyword;       // may be empty
  std::string_view rest;          // all behind the first SP, verbatim
  Words words;                    // `rest` split at every single SP; none if nothing followed
  std::vector<std::string> text;  // SENDMSG: its lines; none if they are over the limit
  std::size_t text_octets = 0;    // SENDMSG: lines joined by CR LF, those not kept included
};

// Splits a request line without its LF.
Request split_request(std::string_view line);

struct Login {
  std::string email, password;
  std::string encode() const;
  static Result<Login> decode(const Request&);
};
// The wire form of LOGIN with another keyword (13.12).
struct Register {
  std::string email, password;
  std::string encode() const;
  static Result<Register> decode(const Request&);
};
// Both passwords are decoded here, and percent-encoded on the wire (13.12).
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
// Whom a request is about. `who` is an address or a nick (decoded): an address goes out as it is, a
// nick (no @, or with a space) percent-encoded. The daemon resolves it (protocol 6.14) by both
// readings: `who` as an address, then `nick`, the word percent-decoded; the two differ only for an
// address that holds a %.
//
// ALLOW BLOCK DEL DENY INFO TYPE UNBLOCK: a keyword and a contact.
struct ContactRequest {
  std::string keyword;
  std::string who;
  std::string nick = {};  // decode() only
  std::string encode() const;
  static Result<ContactRequest> decode(const Request&);
};
struct Ren {
  std::string who, nick;
  std::string who_nick = {};  // decode() only: `who`'s other reading
  std::string encode() const;
  static Result<Ren> decode(const Request&);
};
struct SendMsg {
  std::string who;
  std::vector<std::string> lines;  // at least one
  std::optional<std::string> id;
  std::optional<std::chrono::seconds> wait;
  bool once = false;           // with an id: sends nothing if it has been used before
  bool quiet = false;          // with an id and without `wait`: only its failure is reported
  std::string who_nick = {};   // decode() only: `who`'s other reading
  std::string encode() const;  // request line and lines, one unit
  // `who` and the options; the lines stay in Request::text. Checks 6.8's limit (too_long).
  static Result<SendMsg> decode(const Request&);
};
// GETRCL.
struct GetReverse {
  bool asks = false;  // mark those who ask (13.10)
  std::string encode() const;
  static GetReverse decode(const Request&);
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
  struct From {
    From() : From(false, 0) {}  // clang 14 takes no initializers here
    From(bool from_oldest, std::uint64_t after) : oldest(from_oldest), cursor(after) {}
    bool oldest;
    std::uint64_t cursor;
    bool operator==(const From&) const = default;
  };
  std::optional<From> from;
  std::optional<std::uint64_t> last;  // of the history: the last so many events
  std::optional<Time> since;  // of the history: from the first event that arrived then or later
  std::optional<std::string> with;  // an address in lower case: events about this person, and GAP
  bool nicks = false;               // each EV line carries the person's name
  // The history is asked for, whatever queues have taken.
  bool history() const { return from || last || since; }
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
  std::optional<std::string> sync;  // comes back in the answer, as an option (percent_encode_value)
  std::string encode() const;
  static Result<Hello> decode(const Request&);
};
// LOGOFF GETCL GETBL QLIST STATE: the keyword alone.
std::string encode_bare(std::string_view keyword);

// [a-z0-9._-]{1,32}, or "-" (protocol 13.5).
bool is_queue_name(std::string_view name);
// 1 to 64 of A-Za-z0-9._- (protocol 13.7).
bool is_message_id(std::string_view id);

// A unit (or several) as it may be logged or traced: the passwords of LOGIN, REGISTER and PASSWD
// are
// "***", also where the keyword is in small letters or has a space before it.
std::string masked(std::string_view unit);

}  // namespace msn::protocol
