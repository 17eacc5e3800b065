// SPDX-License-Identifier: MIT
// What msnc's table knows of a command: its words, its options as data, the request it makes, and
// the function that runs it. Help, completions, the schema and the consistency test all derive
// from this, so nothing about a command stands anywhere else.
#pragma once
#include "core/base/result.hpp"

#include <span>
#include <string_view>

namespace msn::msnc {

class Context;

// What a shell may offer for a value or an argument (completion.cpp).
enum class Offer {
  nothing,
  address,      // addresses of contacts
  contact,      // addresses and unambiguous nicks of contacts
  asking,       // addresses of the people who ask for our consent
  status,       // the modes of protocol 4
  kind,         // event names, comma-separated
  queue,        // names of queues
  own_queue,    // but for the default one, which can be neither made nor removed
  account,      // accounts that have a socket
  own_address,  // that the configuration has for the account
  color,
  yes_no,
  one_zero,
  cursor,  // besides numbers: the word for the oldest
  start,   // where a new queue begins
  shell,
  command,  // commands of msnc
  queue_verb,
  on_failure,  // what watch does when its command fails
  file,        // left to the shell
  program,     // left to the shell
};

struct Option {
  enum class Kind {
    flag,
    value,  // one value; given again, the last one counts
    list,   // one value each time it is given
    rest,   // a program and all that follows on the command line, verbatim
  };
  // "-m,--max": as CLI11 takes it; the last name is the one to ask for. A command's option takes a
  // name over from a global one (log -n).
  std::string_view names;
  Kind kind = Kind::flag;
  std::string_view value;  // "N", for the help; empty for flags
  std::string_view help;
  Offer offer = Offer::nothing;

  bool takes_value() const { return kind != Kind::flag; }
  // "max", "e": how the parsed command line is asked for it.
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
  bool many = false;  // a text: this word and all that follow
  Offer offer = Offer::nothing;
  std::string_view unless = {};  // not there if this option is given
};

enum class Group { session, people, messages, other };

struct Command {
  std::string_view name;
  std::string_view alias;  // empty: none
  Group group{};
  std::string_view summary;  // one line
  std::string_view request;  // the wire's keywords ("GETCL GETRCL GETBL"); empty: no exchange
  std::span<const std::string_view> forms;     // synopses behind "msnc NAME"
  std::span<const std::string_view> examples;  // whole lines, shown first by -h
  std::span<const Option> options;
  std::span<const Argument> arguments;
  Result<void> (*run)(Context&);
  int timeout = 10;  // seconds of silence tolerated unless -t says otherwise
  bool hidden = false;
  std::string_view note = {};  // what its help has to add to the summary
};

// Strictly ascending by name.
std::span<const Command* const> commands();
// By name or alias, whole words only.
const Command* find_command(std::string_view word);

// The options that work before and after every command.
std::span<const Option> global_options();

}  // namespace msn::msnc
