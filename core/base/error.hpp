// SPDX-License-Identifier: MIT
// All error codes of both programs.
//
// One table (error.cpp) gives each code its words on the pipe (msncd-protocol(7) 5.1), its name in
// JSON and the exit status of msnc (msnc(1)). Codes of other systems (errno, SQLite, numbers of a
// network) are translated to these in the folder that receives them.
#pragma once
#include <string>
#include <string_view>

namespace msn {

enum class ErrorCode {
  // sent on the pipe
  params,           // wrong number of parameters
  invalid,          // malformed request, or a value out of range
  not_logged_in,    // the request needs a session, and there is none
  unknown_request,  // the keyword is not known
  unknown_status,   // STATUS with an unknown name
  unknown_contact,  // no such contact, or a nick that matches several
  unknown_queue,    // no queue of that name
  exists,           // an account or a queue of that name already exists
  unsupported,      // this network, or an older daemon, cannot do it
  login_refused,    // the network refuses the login permanently; Error::number and
                    // Error::message are the network's
  network,          // the network or its storage cannot be used; a later try may succeed
  send_failed,      // a message with an identity could not be delivered
  too_long,         // text over the limit
  busy,             // the queue is reserved by another client, there are too many clients or queued
                    // messages, or a request of this kind is already in progress
  permission,       // the peer is not allowed to use this socket
  // used in msnc only
  refused,          // the daemon answered ERR with words that msnc does not know
  usage,            // bad command line, configuration or input; nothing was sent
  no_daemon,        // no daemon listens at the address
  daemon_timeout,   // no answer before the timeout
  unknown_outcome,  // a request that changes something was sent and not answered
  no_access,        // the socket or its directory belongs to another user or is open to others
  nothing,          // -e was given and there is nothing to print
  partial,          // sending failed for some of several recipients
  protocol,         // the answer is invalid, truncated or missing
  output,           // what was received could not be written
  internal,         // a bug in the program, or the system refused a basic resource
};

struct Error {
  ErrorCode code{};
  // For the user: begins in lower case and names the object. login_refused: the network's text.
  std::string message;
  int number = 0;  // login_refused: the network's number (Annex A), never 0; otherwise 0
  // unknown_contact: the nick, with "[SEVERAL | NEAR=pnick]" as `message` (msncd-protocol(7) 6.14).
  // The daemon leaves it empty for an address; core/client sets it for both.
  std::string name = {};
};

// The words after "ERR " on the pipe ("UNK USER"); "EINVAL" for codes used in msnc only.
std::string_view wire_words(ErrorCode);
// The value of "code" in JSON ("no_such_contact").
std::string_view error_name(ErrorCode);
// The exit status of msnc.
int exit_status(ErrorCode);

}  // namespace msn
