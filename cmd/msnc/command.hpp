// SPDX-License-Identifier: MIT
// The command table of msnc: for each command its names, arguments, options, requests, and the
// function that runs it. The help, the completions and the consistency test are derived from it.
#pragma once
#include "core/base/result.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace msn::msnc {

class Context;

// The completion candidates for an option's value or an argument (completion.cpp).
enum class Offer {
  nothing,
  address,      // addresses of contacts
  contact,      // addresses and unambiguous nicks of contacts
  asking,       // addresses of the users who wait for this account's consent
  status,       // the statuses of msncd-protocol(7) 4
  kind,         // names of event kinds, separated by commas
  queue,        // names of queues
  own_queue,    // names of queues without the default one, which cannot be created or removed
  account,      // accounts that have a socket
  own_address,  // the address that the configuration has for the account
  color,
  yes_no,
  one_zero,
  cursor,  // "oldest"; numbers are not offered
  start,   // where a new queue begins
  shell,
  command,  // commands of msnc
  manual,   // commands of msnc, and the topics of `msnc help`
  queue_verb,
  on_failure,  // what watch does when its command fails
  file,        // the shell completes it
  program,     // the shell completes it
};

struct Option {
  enum class Kind {
    flag,
    value,  // one value; if the option is repeated, the last value counts
    list,   // one value for each time the option is given
    rest,   // a program with its arguments: all remaining words of the command line, unchanged
  };
  // In the syntax of CLI11: "-m,--max". The last name is the key. A command's option replaces a
  // global option of the same name (log -n).
  std::string_view names;
  Kind kind = Kind::flag;
  std::string_view value;  // placeholder in the help ("N"); empty for flags
  std::string_view help;
  Offer offer = Offer::nothing;

  bool takes_value() const { return kind != Kind::flag; }
  // The last name without hyphens ("max", "e"): the key in Arguments.
  constexpr std::string_view key() const {
    const auto comma = names.rfind(',');
    std::string_view name = comma == names.npos ? names : names.substr(comma + 1);
    while (!name.empty() && name.front() == '-') name.remove_prefix(1);
    return name;
  }
};

struct Argument {
  std::string_view name;  // "WHO"
  bool required = true;
  bool many = false;  // a text: this word and all words after it
  Offer offer = Offer::nothing;
  std::string_view unless = {};  // key of an option that replaces this argument
};

enum class Group { session, contacts, messages, other };

struct Command {
  std::string_view name;
  std::string_view alias;  // empty: none
  Group group{};
  std::string_view summary;  // one line
  std::string_view request;  // keywords of the requests it sends ("GETCL GETRCL GETBL"), if any
  std::span<const std::string_view> forms;     // synopses, without "msnc NAME"
  std::span<const std::string_view> examples;  // complete command lines
  std::span<const Option> options;
  std::span<const Argument> arguments;
  Result<void> (*run)(Context&);
  int timeout = 10;  // default of --timeout, in seconds
  bool hidden = false;
  std::string_view note = {};  // a sentence that the help prints after the summary
};

// All commands, in strictly ascending order of their names.
std::span<const Command* const> commands();
// Finds a command by its full name or alias; null if there is none.
const Command* find_command(std::string_view word);
// The names and aliases of the commands that are not hidden.
std::vector<std::string_view> command_words();

// The options that can be given before and after every command.
std::span<const Option> global_options();

}  // namespace msn::msnc
