// SPDX-License-Identifier: MIT
#include "cmd/msnc/failure.hpp"

#include "cmd/msnc/command.hpp"
#include "core/base/percent.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

// What the words of an ERR mean, for people.
std::string_view meaning(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_logged_in:
      return "not logged in";
    case ErrorCode::unknown_request:
    case ErrorCode::unsupported:
      return "this daemon does not know the request";
    case ErrorCode::unknown_status:
      return "no such status";
    case ErrorCode::unknown_contact:
      return "no such contact";
    case ErrorCode::unknown_queue:
      return "no such queue";
    case ErrorCode::exists:
      return "there is one of that name already";
    case ErrorCode::login_refused:
      return "login refused";
    case ErrorCode::network:
      return "the network could not be reached";
    case ErrorCode::send_failed:
      return "the message could not be delivered";
    case ErrorCode::too_long:
      return "the text is too long";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::permission:
      return "not allowed to use this daemon";
    default:
      return "refused";
  }
}

// The daemon knows the request, but its network cannot do it.
bool by_network(const Failure& failure) {
  return failure.reply && failure.reply->starts_with("ERR UNSUPPORTED");
}

// What a daemon says of a name (protocol 6.14), for people.
std::string about_name(const std::string& name, std::string_view reply) {
  std::string near;
  for (const auto word : split(reply, ' ')) {
    constexpr std::string_view key = "NEAR=";
    if (word == "SEVERAL") return "several contacts are called '" + name + "'; use the address";
    if (word.starts_with(key)) near = percent_decode(word.substr(key.size()));
  }
  return "no contact is called '" + name + "'" +
         (near.empty() ? "" : "; did you mean '" + near + "'?");
}

// After a request that may have been carried out.
std::string look_first(std::string_view command, const std::string& program) {
  if (command == "queue") return "see whether it was with: " + program + " queue ls";
  if (command == "ack" || command == "type")
    return "it may be tried again: doing it twice does no harm";
  for (const std::string_view known : {"login", "logoff", "status", "nick", "priv"})
    if (command == known) return "see whether it was with: " + program + " status";
  if (command == "poll" || command == "watch") return "what was printed may come again";
  if (command == "raw") return {};
  if (command == "passwd") return "see whether it was with: " + program + " login";
  if (command == "block" || command == "unblock")
    return "see whether it was with: " + program + " contacts --blocked";
  if (command == "allow" || command == "deny")
    return "see whether it was with: " + program + " contacts --reverse";
  return "see whether it was with: " + program + " contacts";
}

// The password is not what these are about.
bool is_about_the_account(int number) {
  static constexpr std::array<int, 5> numbers{511, 923, 924, 927, 931};
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

// A word for a command line, or its placeholder.
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
      failure.message = about_name(error.name, *failure.reply);
    else
      failure.message = by_network(failure) ? "this network cannot do that" : meaning(failure.code);
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
      if (failure.command == "passwd") return "nothing was changed; try again";
      if (failure.number == 205)
        return "check the address; to make a new account: " + program + " login --register " +
               word(failure.email, "EMAIL");
      if (is_about_the_account(failure.number))
        return "the server does not let this account in; ask whoever runs it";
      if (failure.number == 207)
        return "another client has logged in with this account; to take its place: " + login;
      // An original msncd passes on what the server says of itself, too.
      if (failure.number >= 500 && failure.number != 911 && failure.number != 917)
        return "the server does not let you in at the moment; try again later";
      return "check the address and the password, then try again";
    case ErrorCode::network:
      if (failure.command == "login")
        return "try again when the network is there; what msncd needs for it: man 8 msncd";
      return "try again later; see whether msncd is connected with: " + program + " status";
    case ErrorCode::send_failed:
      return "the message is not on its way; send it again when they are there";
    case ErrorCode::unknown_contact:
      return "see who is there with: " + program + " contacts";
    case ErrorCode::unknown_queue:
      if (failure.command == "queue") return "see the queues with: " + program + " queue ls";
      return "make it with: " + program + " queue new " + word(failure.queue, "NAME");
    case ErrorCode::exists:
      if (failure.command == "login") return "log in with: " + login;
      return "see the queues with: " + program + " queue ls";
    case ErrorCode::unknown_request:
    case ErrorCode::unsupported:
      if (failure.command == "login" && by_network(failure))
        return "ask those who run the network for an account, then log in with: " + login;
      return by_network(failure)
                 ? "see what this network can do with: " + program + " status --json"
                 : "see what this daemon can do with: " + program + " ping --json";
    case ErrorCode::too_long:
      return "send it in parts with: " + program + " send --split";
    case ErrorCode::busy:
      if (failure.command == "login" || failure.command == "passwd")
        return "another account or password is being changed; try again in a moment";
      return "another command holds these events; give this one its own: " + program +
             " queue new NAME";
    case ErrorCode::permission:
    case ErrorCode::no_access:
      return "run it as the user whose daemon this is, or name another with --socket";
    case ErrorCode::no_daemon:
      return "start it with: msncd --detach (or add --autostart)";
    case ErrorCode::daemon_timeout:
      return "wait longer with --timeout SECS, or look at it with: " + program + " ping --trace";
    case ErrorCode::unknown_outcome:
      return look_first(failure.command, program);
    case ErrorCode::protocol:
      return "see what it says with: " + program + " ping --trace";
    case ErrorCode::usage:
      return find_command(failure.command) == nullptr ? "see: msnc --help"
                                                      : "see: msnc " + failure.command + " --help";
    case ErrorCode::internal:
      return "this is a defect of msnc; please report what you did";
    default:
      return {};
  }
}

}  // namespace msn::msnc
