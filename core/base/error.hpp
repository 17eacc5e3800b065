// SPDX-License-Identifier: MIT
// The closed list of everything that can go wrong, for both programs.
//
// One table gives each code its words on the pipe (msncd-protocol(7) 5.1), its name in JSON and
// msnc's exit status (msnc(1)). Foreign codes (errno, SQLite, network numbers) are translated to
// these in the folder that meets them.
#pragma once
#include <string>
#include <string_view>

namespace msn {

enum class ErrorCode {
  // told on the pipe
  params,           // wrong number of parameters
  invalid,          // malformed request, or a value out of range
  not_logged_in,    // needs a session and there is none
  unknown_request,  // the keyword is not known
  unknown_status,   // STATUS with an unknown name
  unknown_contact,  // no such contact, or a nick that fits several
  unknown_queue,    // no queue of that name
  exists,           // an account or a queue of that name exists already
  unsupported,      // this network, or an older daemon, cannot do it
  login_refused,    // the network does not let this account in, and asking again would not help;
                    // Error::number and message are the network's
  network,          // the network or its storage cannot be used; this may pass by itself
  send_failed,      // a message with an identity could not be delivered
  too_long,         // text over the limit
  busy,             // the queue is on another client's hold, too many clients, or such a request
                    // is in progress already
  permission,       // the peer is not allowed to use this socket
  // seen by msnc only
  refused,          // the daemon said ERR with words we do not know
  usage,            // bad command line, config or input; nothing was sent
  no_daemon,        // nobody listens there
  daemon_timeout,   // no answer in time
  unknown_outcome,  // a request that changes something went out and was not answered
  no_access,        // socket or its directory not ours
  nothing,          // -e and there was nothing
  partial,          // some of several recipients failed
  protocol,         // an answer not understood, cut off, or none
  output,           // what was received could not be written
  internal,         // a defect of ours
};

struct Error {
  ErrorCode code{};
  std::string message;  // lower case, names the thing; for login_refused the network's own text
  int number = 0;       // login_refused: the network's number (Annex A), never 0; other codes: 0
  // unknown_contact: the name that was asked for, and then `message` is "[SEVERAL] [NEAR=pnick]"
  // (msncd-protocol(7) 6.14); empty: it was an address.
  std::string name = {};
};

// The words after "ERR " for a code told on the pipe ("UNK USER"); "EINVAL" for all others.
std::string_view wire_words(ErrorCode);
// The name in JSON's "code" ("no_such_contact").
std::string_view error_name(ErrorCode);
// msnc's exit status.
int exit_status(ErrorCode);

}  // namespace msn
