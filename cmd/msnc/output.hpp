// SPDX-License-Identifier: MIT
// The results of commands, and the two implementations of Output that print them: as text
// (text.cpp) and as JSON (json.cpp). No other file prints results.
#pragma once
#include "cmd/msnc/failure.hpp"
#include "cmd/msnc/writer.hpp"
#include "core/base/clock.hpp"
#include "core/client/calls.hpp"
#include "core/model/event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace msn::msnc {

// The results of commands. `email` is the address of a contact, in lower case, and `name` the nick
// that the user gave instead. (An older daemon does not report the address of a nick: then `email`
// is the nick.)
struct LoggedIn {
  std::string email;
  std::optional<std::string> status = {};  // set after the login
};
struct PasswordChanged {
  std::string also = {};  // a key of the configuration that still has the old password, if any
};
struct LoggedOff {};
struct StatusSet {
  std::string status;
};
struct NickSet {
  std::string nick;
};
struct PrivSet {
  model::Privacy privacy;
};
struct ContactDone {  // add allow block del deny ren type unblock
  std::string command;
  std::string email;
  std::optional<std::string> nick;  // add, ren
  std::optional<std::string> name = {};
};
struct SendDone {
  std::string email;
  std::size_t lines = 0;
  std::size_t bytes = 0;  // of the lines joined by CR LF, as the limit counts them
  std::string state;      // accepted sent queued failed
  std::optional<std::string> id;
  std::optional<Failure> failure;
  std::optional<std::string> name = {};
  std::optional<std::size_t> line = {};  // number of the line of standard input, with -l
};
struct QueueDone {
  std::string command, queue;  // "queue new", "queue rm"
  bool if_missing = false;
};
struct Acknowledged {
  std::string queue, cursor;
  std::uint64_t removed = 0;
};
struct Pong {
  std::optional<std::string> version;  // nullopt: an original msncd
  std::vector<std::string> features;
  double milliseconds = 0;
};
struct State {
  std::vector<protocol::Attribute> attributes;
};
struct Info {
  std::vector<protocol::Attribute> attributes;
};
struct Contacts {
  client::List list{};
  std::vector<protocol::ListEntry> entries;
};
struct Queues {
  std::vector<protocol::QueueLine> lines;
};
struct Accounts {
  struct Entry {
    std::string account;
    std::string email, state, status;  // empty: not known
    std::string socket;
  };
  std::vector<Entry> entries;
};
struct RawReply {
  std::string bytes;
};
struct DryRun {
  std::vector<std::string> lines;
};

using CommandResult = std::variant<LoggedIn, PasswordChanged, LoggedOff, StatusSet, NickSet,
                                   PrivSet, ContactDone, SendDone, QueueDone, Acknowledged, State,
                                   Info, Contacts, Queues, Accounts, Pong, RawReply, DryRun>;

// The requests that a dry run has recorded, as lines. Passwords are masked.
DryRun dry_run(const std::vector<std::string>& units);

// Whether the result only confirms that a command has succeeded. The others are what the user asked
// for.
bool is_action(const CommandResult&);
// Whether --quiet leaves it out: actions, and ping's result (for scripts: `msnc ping -q || ...`).
bool is_left_out_by_quiet(const CommandResult&);

class Output {
 public:
  virtual ~Output() = default;
  virtual void result(const CommandResult&) = 0;
  virtual void event(const model::StampedEvent&) = 0;
  // Sets the account that the following events belong to.
  virtual void set_account(std::string account) = 0;
  // The functions below print on stderr.
  virtual void failure(const Failure&) = 0;
  virtual void warning(std::string_view message) = 0;
  virtual void note(std::string_view message) = 0;  // to be called only with --verbose
  virtual void trace(char direction, std::string_view line) = 0;  // '>' sent, '<' received
};

struct OutputOptions {
  std::string account = "default";
  std::string program = "msnc";  // how a command for the same daemon begins
  bool quiet = false;
  enum class Color { automatic, always, never } color = Color::automatic;
  bool color_possible = true;  // NO_COLOR is not set, and TERM is not "dumb"
  // Whether they are terminals; default: isatty(), called only when needed.
  std::optional<bool> out_is_tty, err_is_tty;
  std::optional<Time> today;  // default: the clock's time; set by tests
};

// `err`: the descriptor for errors and notes. The writer must outlive the output.
std::unique_ptr<Output> make_text_output(Writer& out, int err, OutputOptions);
std::unique_ptr<Output> make_json_output(Writer& out, int err, OutputOptions);

// An event as one line of JSON, without LF.
std::string event_json(const model::StampedEvent&, std::string_view account);

// The key in JSON of an attribute of Info or State ("homep" -> "home_phone").
std::string_view info_key(std::string_view wire_name);
// Whether the attribute is 1 or 0 in the protocol, yes or no as text, true or false in JSON.
bool is_flag(std::string_view wire_name);

}  // namespace msn::msnc
