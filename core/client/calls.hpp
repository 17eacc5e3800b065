// SPDX-License-Identifier: MIT
// The protocol's requests as calls, each one exchange (protocol 6, 13), with what Annex C asks of
// a client of the legacy daemon: refused before anything is sent (unsupported, the reason said),
// texts sent a line at a time, Latin-1 where it fits.
//
// An ERR answer is the Result's error, its code told from the words; the line as it came is in
// Error::message ("ERR ENOTCONN"). A request that changes something and was not answered, though it
// went out, is unknown_outcome.
#pragma once
#include "core/base/result.hpp"
#include "core/client/connection.hpp"
#include "core/protocol/request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::client {

// The error of an exchange by which something should have changed: unknown_outcome, and `what` is
// not known ("it was carried out"), if the request went out and was not answered.
Error not_done(const Connection&, Error, std::string_view what);

Result<void> login(Connection&, const protocol::Login&);
// Makes an account without logging in; exists. An original daemon: unsupported, nothing is sent.
Result<void> make_account(Connection&, const protocol::Register&);
// Of the account that is logged in; login_refused: the old one is wrong. As above for an original.
Result<void> change_password(Connection&, const protocol::Passwd&);
Result<void> logoff(Connection&);  // offline already is success; a legacy daemon may just vanish
Result<void> set_status(Connection&, model::Status);
Result<std::vector<protocol::Attribute>> state(Connection&);
Result<void> nick(Connection&, std::string_view nick);
Result<void> priv(Connection&, model::Privacy);
// E-mail addresses go out in lower case (protocol 10, row 34); `who` goes as it was typed, for it
// may be a nick, but to a legacy daemon in lower case and only with an @ (unknown_contact).
Result<void> add(Connection&, std::string_view email, std::string_view nick);
Result<std::vector<protocol::Attribute>> info(Connection&, std::string_view who);
enum class List { forward, reverse, blocked };
Result<std::vector<protocol::ListEntry>> contacts(Connection&, List);
// A request of a keyword and a person: ALLOW BLOCK DEL DENY TYPE UNBLOCK. The result of these and
// of ren() is the address, which the daemon tells where `who` is a nick (6.14); else `who`.
Result<std::string> about(Connection&, std::string_view keyword, std::string_view who);
Result<std::string> ren(Connection&, std::string_view who, std::string_view nick);

struct SendResult {
  enum class State { accepted, sent, queued } state = State::accepted;
  std::optional<std::string> id;
  std::string email;  // the address; `who` if the daemon does not tell it
};
// `wait`: --confirm, needs an extension (unsupported). The id is made by the caller; a daemon that
// cannot take it does not get it. Over text_limit() or limits::text_lines: too_long, nothing is
// sent. A legacy daemon gets a request for each line that is not blank; the first ERR ends it. If a
// Unix socket's other end had closed before anything went out, a daemon that is there now gets it:
// once, no_daemon then.
Result<SendResult> send(Connection&, const protocol::SendMsg&);
// How many bytes of a text, its lines joined by CR LF, the daemon takes at once; asks for its
// features only if `size` is more than every daemon takes.
Result<std::size_t> text_limit(Connection&, std::size_t size);
std::size_t text_size(const std::vector<std::string>& lines);

struct PollResult {
  bool extended = false;  // no: a legacy daemon; no times, no cursors, and what it sent is gone
  std::string cursor;
  std::uint64_t more = 0;
  bool storage_full = false;  // the daemon cannot store events at the moment
  bool shared = false;        // another client waits on the queue, or has its events on hold
  std::uint64_t events = 0;   // handed to OnEvent
};
// PEEK, QUEUE=, FROM=, LAST=, SINCE= and WITH= only after a HELLO that names them, which is sent if
// need be (13.4); an older daemon ignores NICKS.
// A legacy daemon heeds none of the other options either: everything it had is handed out.
// Datagrams of which the answer itself tells that some are missing: protocol, as incomplete() says.
Result<PollResult> poll(Connection&, const protocol::Poll&, const protocol::AnswerReader::OnEvent&);
Error incomplete(const Connection&);
// ACK without waiting for the answer (poll), and with it (the ack command: how many). By UDP both
// wait, as a datagram is refused once its socket is closed (protocol 2.1).
Result<void> send_ack(Connection&, const protocol::Ack&);
Result<std::uint64_t> ack(Connection&, const protocol::Ack&);
Result<void> queue_new(Connection&, const protocol::QNew&);
Result<void> queue_del(Connection&, std::string_view name);
Result<std::vector<protocol::QueueLine>> queue_list(Connection&);

// For --dry-run the same calls run on Connection::recording().

// Where the answer to a request typed by hand ends (`raw`, protocol 6).
protocol::AnswerShape answer_shape(std::string_view unit);
// Such a request changes nothing at the daemon.
bool only_asks(std::string_view unit);

// Cuts a text over the limit (text_limit(), and limits::text_lines) at line, then word, then
// grapheme cluster borders (msnc(1), --split). Nothing but line breaks at the cuts is lost: the
// blank a line is cut at stays before the cut.
std::vector<std::vector<std::string>> split_text(const std::vector<std::string>& lines,
                                                 std::size_t limit);

}  // namespace msn::client
