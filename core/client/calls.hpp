// SPDX-License-Identifier: MIT
// The requests of the protocol (6, 13) as functions of one exchange each. For a legacy daemon they
// follow Annex C: a request that would kill it is refused (unsupported, with the reason), and a
// text is sent line by line, in Latin-1 if possible.
//
// An ERR answer is the Result's error: its code is that of the words (protocol 5.1), Error::message
// is the line ("ERR ENOTCONN"). unknown_outcome: a request that changes something was sent, but not
// answered. Errors without an answer are those of Connection::exchange().
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

// Converts the error of a request that changes something to unknown_outcome if the request was sent
// and not answered. `what` completes "it is not known whether …" ("it was carried out").
Error not_done(const Connection&, Error, std::string_view what);

Result<void> login(Connection&, const protocol::Login&);
// Creates an account without a login (13.12). Errors: exists; unsupported (legacy daemon, nothing
// is sent).
Result<void> create_account(Connection&, const protocol::Register&);
// Changes the password of the account that is logged in (13.12). Errors: login_refused (the old
// password is wrong); unsupported (legacy daemon, nothing is sent).
Result<void> change_password(Connection&, const protocol::Passwd&);
// Succeeds also without a session, and if a legacy daemon ends without an answer (6.2).
Result<void> logoff(Connection&);
Result<void> set_status(Connection&, model::Status);
Result<std::vector<protocol::Attribute>> state(Connection&);
Result<void> nick(Connection&, std::string_view nick);
Result<void> priv(Connection&, model::Privacy);
// In the calls below `email` is sent in lower case (protocol 10, row 34). `who` is an address or a
// nick and is sent unchanged; to a legacy daemon it is sent in lower case and must contain @ (else
// unknown_contact).
Result<void> add(Connection&, std::string_view email, std::string_view nick);
Result<std::vector<protocol::Attribute>> info(Connection&, std::string_view who);
enum class List { forward, reverse, blocked };
Result<std::vector<protocol::ListEntry>> contacts(Connection&, List);
// Sends ALLOW, BLOCK, DEL, DENY, TYPE or UNBLOCK. This and ren() return the contact's address if
// the daemon reports it, because `who` is a nick (6.14), otherwise `who`.
Result<std::string> contact_request(Connection&, std::string_view keyword, std::string_view who);
Result<std::string> ren(Connection&, std::string_view who, std::string_view nick);

struct SendResult {
  enum class State { accepted, sent, queued } state = State::accepted;
  std::optional<std::string> id;  // nullopt: the daemon will not report the outcome
  std::string email;              // the address; `who` if the daemon does not report it
};
// Sends a message (6.8, 13.7). Errors: too_long (over text_limit() or limits::text_lines, nothing
// is sent); unsupported (`wait`, and the daemon has no `sendx`). The caller chooses the id; it is
// left out for a daemon without `sendx`. A legacy daemon gets one request for each line that is not
// blank, up to the first ERR. If a Unix socket was closed before anything was sent, one reconnect
// is tried; if that fails too, the error is no_daemon.
Result<SendResult> send(Connection&, const protocol::SendMsg&);
// The daemon's limit for a text, in bytes with the lines joined by CR LF. Sends HELLO and STATE
// only if `size` is over the limit that every daemon accepts.
Result<std::size_t> text_limit(Connection&, std::size_t size);
// The bytes of the lines joined by CR LF.
std::size_t text_size(const std::vector<std::string>& lines);

struct PollResult {
  bool extended = false;      // the events had times and cursors; false also if there was none
  std::string cursor;         // POLLEND's (13.2); empty if it has none
  std::uint64_t more = 0;     // POLLEND's
  bool storage_full = false;  // the daemon cannot store events at the moment
  bool shared = false;        // another client waits on the queue or holds events of it
  std::uint64_t events = 0;   // number of calls of OnEvent
};
// Sends POLL. Before PEEK, QUEUE=, FROM=, LAST=, SINCE= or WITH= it sends HELLO, and fails with
// unsupported if the daemon does not name the feature (13.4). Other options are ignored by a
// daemon that does not know them; a legacy daemon hands out all its events. The error is
// incomplete() (protocol) if the answer shows that datagrams were lost.
Result<PollResult> poll(Connection&, const protocol::Poll&, const protocol::AnswerReader::OnEvent&);
Error incomplete(const Connection&);
// send_ack() does not wait for the answer to ACK, except on UDP, where the daemon refuses a
// datagram whose socket is closed (protocol 2.1), and on a FIFO, where the next client would read
// the answer. ack() returns the number of events removed.
Result<void> send_ack(Connection&, const protocol::Ack&);
Result<std::uint64_t> ack(Connection&, const protocol::Ack&);
Result<void> queue_new(Connection&, const protocol::QNew&);
Result<void> queue_del(Connection&, std::string_view name);
Result<std::vector<protocol::QueueLine>> queue_list(Connection&);

// The shape of the answer to a unit that the user typed (`msnc raw`; protocol 6).
protocol::AnswerShape answer_shape(std::string_view unit);
// Is it a request for information (HELLO, POLL, lists, attributes), not an order? True for POLL,
// although it removes the events that it hands out.
bool only_asks(std::string_view unit);

// Splits a text over `limit` bytes or limits::text_lines (msnc-send(1), --split) between lines,
// else between words, else between grapheme clusters. A blank at a cut stays at the end of the
// first part. Only the line breaks at the cuts and parts that consist of empty lines are left out.
std::vector<std::vector<std::string>> split_text(const std::vector<std::string>& lines,
                                                 std::size_t limit);

}  // namespace msn::client
