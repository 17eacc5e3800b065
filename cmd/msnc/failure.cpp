// SPDX-License-Identifier: MIT
#include "cmd/msnc/failure.hpp"

#include "cmd/msnc/command.hpp"
#include "core/base/percent.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

// The meaning of an ERR answer.
std::string_view meaning(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_logged_in:
      return "not logged in";
    case ErrorCode::unknown_request:
    case ErrorCode::unsupported:
      return "this daemon does not support the request";
    case ErrorCode::unknown_status:
      return "no such status";
    case ErrorCode::unknown_contact:
      return "no such contact";
    case ErrorCode::unknown_queue:
      return "no such queue";
    case ErrorCode::exists:
      return "this name is already in use";
    case ErrorCode::login_refused:
      return "login refused";
    case ErrorCode::network:
      return "the network cannot be reached";
    case ErrorCode::send_failed:
      return "the message could not be delivered";
    case ErrorCode::too_long:
      return "the text is too long";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::permission:
      return "you may not use this daemon";
    default:
      return "refused";
  }
}

// Whether a request encodes it as an address, not as a nick (protocol 6.14).
bool is_address(std::string_view who) {
  return who.find('@') != who.npos && who.find(' ') == who.npos;
}

// Whether the daemon knows the request, but its network does not support it.
bool is_unsupported_by_network(const Failure& failure) {
  return failure.reply && failure.reply->starts_with("ERR UNSUPPORTED");
}

// The message for "ERR UNK USER" about an address or a nick (protocol 6.14).
std::string unknown_contact(const std::string& name, const Failure& failure) {
  if (is_address(name))
    return failure.command == "send" || failure.command == "add"
               ? "this network has no account '" + name + "'"
               : "no contact has the address '" + name + "'";
  std::string near;
  for (const auto word : split(*failure.reply, ' ')) {
    constexpr std::string_view key = "NEAR=";
    if (word == "SEVERAL") return "several contacts are called '" + name + "'; use the address";
    if (word.starts_with(key)) near = percent_decode(word.substr(key.size()));
  }
  return "no contact is called '" + name + "'" +
         (near.empty() ? "" : "; did you mean '" + near + "'?");
}

// The advice for a request that was sent and not answered.
std::string advice_on_unknown_outcome(std::string_view command, const std::string& program) {
  if (command == "queue") return "check it with: " + program + " queue ls";
  if (command == "ack" || command == "type") return "run it again: doing it twice is harmless";
  for (const std::string_view known : {"login", "logoff", "status", "nick", "priv"})
    if (command == known) return "check it with: " + program + " status";
  if (command == "poll" || command == "watch")
    return "events that were printed may be printed again";
  if (command == "raw") return {};
  if (command == "passwd") return "check it with: " + program + " login";
  if (command == "block" || command == "unblock")
    return "check it with: " + program + " contacts --blocked";
  if (command == "allow" || command == "deny")
    return "check it with: " + program + " contacts --reverse";
  return "check it with: " + program + " contacts";
}

// Whether the number means that the server refuses the account with any password.
bool is_about_the_account(int number) {
  static constexpr std::array<int, 5> numbers{511, 923, 924, 927, 931};
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

// The value quoted for the shell; if it is empty, the placeholder.
std::string word(const std::string& value, const char* placeholder) {
  return value.empty() ? placeholder : shell_word(value);
}

bool is_reply(std::string_view message) {
  return message == "ERR" || message.starts_with("ERR ");
}

}  // namespace

Failure make_failure(Error error, std::string_view command, std::optional<std::string> socket) {
  Failure failure{error.code,           std::move(error.message), std::nullopt,
                  std::string(command), std::move(socket),        error.number,
                  std::nullopt};
  if (is_reply(failure.message)) {
    failure.reply = std::move(failure.message);
    if (!error.name.empty())
      failure.message = unknown_contact(error.name, failure);
    else
      failure.message = is_unsupported_by_network(failure) ? "this network does not support that"
                                                           : meaning(failure.code);
    if (failure.command == "passwd" && failure.code == ErrorCode::login_refused)
      failure.message = "the old password is wrong";
  } else if (failure.message.empty()) {
    failure.message = meaning(failure.code);
  }
  return failure;
}

std::string advice(const Failure& failure, const std::string& program) {
  if (failure.hint) return *failure.hint;
  const std::string login = program + " login " + word(failure.email, "EMAIL");
  switch (failure.code) {
    case ErrorCode::not_logged_in:
      return "log in with: " + login;
    case ErrorCode::login_refused:
      if (failure.command == "passwd")
        return "the password was not changed; try again with: " + program + " passwd";
      if (failure.number == 205)
        return "check the address; to create an account: " + program + " login --register " +
               word(failure.email, "EMAIL");
      if (is_about_the_account(failure.number))
        return "the server refuses this account; ask its operator";
      if (failure.number == 207)
        return "another client has logged in with this account; to log in here instead: " + login;
      // An original msncd also reports errors of the server itself as a refused login.
      if (failure.number >= 500 && failure.number != 911 && failure.number != 917)
        return "the server refuses logins at the moment; try again later";
      return "check the address and the password, then try again";
    case ErrorCode::network:
      if (failure.command == "login")
        return "check the network connection and the settings of msncd (see: msnc help msncd), "
               "then try "
               "again";
      return "try again later; check the connection with: " + program + " status";
    case ErrorCode::send_failed:
      return "the message was not delivered; send it again when the contact is online";
    case ErrorCode::unknown_contact:
      if (failure.command == "send" || failure.command == "add")
        return "check the name or address with: " + program +
               " contacts; a new user must first run: msnc login --register";
      return "list your contacts with: " + program + " contacts";
    case ErrorCode::unknown_queue:
      if (failure.command == "queue") return "list the queues with: " + program + " queue ls";
      return "create it with: " + program + " queue new " + word(failure.queue, "NAME");
    case ErrorCode::exists:
      if (failure.command == "login") return "log in with: " + login;
      return "list the queues with: " + program + " queue ls";
    case ErrorCode::unknown_request:
    case ErrorCode::unsupported:
      if (failure.command == "login" && is_unsupported_by_network(failure))
        return "ask the operator of the network for an account, then log in with: " + login;
      return is_unsupported_by_network(failure)
                 ? "see what this network supports with: " + program + " status --json"
                 : "see what this daemon supports with: " + program + " ping --json";
    case ErrorCode::too_long:
      return "send it in parts with: " + program + " send --split";
    case ErrorCode::busy:
      if (failure.command == "login" || failure.command == "passwd")
        return "the daemon is still handling another account or password; try again in a moment";
      if (failure.command == "poll" || failure.command == "watch")
        return "another client is reading this queue; to read the same events, use a queue of your "
               "own: " +
               program + " " + failure.command + " --queue NAME --create";
      return "try again in a moment";
    case ErrorCode::permission:
    case ErrorCode::no_access:
      return "run msnc as the user who runs this daemon, or choose another daemon with --socket";
    case ErrorCode::no_daemon:
      return "start it with: msncd --detach (or add --autostart)";
    case ErrorCode::daemon_timeout:
      return "wait longer with --timeout SECS, or trace the exchange with: " + program +
             " ping --trace";
    case ErrorCode::unknown_outcome:
      return advice_on_unknown_outcome(failure.command, program);
    case ErrorCode::protocol:
      return "trace the exchange with: " + program + " ping --trace";
    case ErrorCode::usage:
      return find_command(failure.command) == nullptr ? "see: msnc --help"
                                                      : "see: msnc " + failure.command + " --help";
    case ErrorCode::internal:
      return "this is a bug in msnc; please report it with the command that you ran";
    default:
      return {};
  }
}

}  // namespace msn::msnc
