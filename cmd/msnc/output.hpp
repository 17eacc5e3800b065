// SPDX-License-Identifier: MIT
// What is printed, and the two ways to print it: text for people (text.cpp) and JSON for programs
// (json.cpp). No other file prints a result.
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

// Results, one struct per result. `email` is a person's address, in lower case; `name` what the user
// called them instead. (An older daemon does not tell the address: then `email` is the name.)
struct LoggedIn {
  std::string email;
  std::optional<std::string> status = {};  // set after the login
};
struct PasswordChanged {
  std::string also = {};  // a key of the configuration that still gives the old one; empty: none
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
  std::optional<std::size_t> line = {};  // of standard input, with -l
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
  std::optional<std::string> version;  // nothing: a legacy daemon
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
  std::string octets;
};
struct DryRun {
  std::vector<std::string> lines;
};

using CommandResult = std::variant<LoggedIn, PasswordChanged, LoggedOff, StatusSet, NickSet, PrivSet,
                          ContactDone, SendDone, QueueDone, Acknowledged, State, Info, Contacts,
                          Queues, Accounts, Pong, RawReply, DryRun>;

// The units a dry run recorded, as lines, the password masked.
DryRun dry_run(const std::vector<std::string>& units);

// Said once it is done; the other nouns were asked for.
bool is_action(const CommandResult&);
// Actions, and the answer of ping, for `msnc ping -q ||` in scripts.
bool is_left_out_by_quiet(const CommandResult&);

class Output {
 public:
  virtual ~Output() = default;
  virtual void result(const CommandResult&) = 0;
  virtual void event(const model::StampedEvent&) = 0;
  // Of the events that follow.
  virtual void set_account(std::string account) = 0;
  // The following go to stderr.
  virtual void failure(const Failure&) = 0;
  virtual void warning(std::string_view message) = 0;
  virtual void note(std::string_view message) = 0;  // for --verbose; the caller asks
  virtual void trace(char direction, std::string_view line) = 0;
};

struct OutputOptions {
  std::string account = "default";
  std::string program = "msnc";  // what a command for the same daemon begins with
  bool quiet = false;
  enum class Color { automatic, always, never } color = Color::automatic;
  bool color_possible = true;  // no NO_COLOR, TERM not dumb
  // Are they terminals? Asked of the system if not given, and only when it matters.
  std::optional<bool> out_is_tty, err_is_tty;
  std::optional<Time> today;  // tests: what day it is; else the clock's
};

std::unique_ptr<Output> make_text_output(Writer& out, int err, OutputOptions);
std::unique_ptr<Output> make_json_output(Writer& out, int err, OutputOptions);

// An event as the JSON output prints it, without LF; for --exec.
std::string event_json(const model::StampedEvent&, std::string_view account);

// Keys of Info and State in JSON for the wire's names ("homep" -> "home_phone").
std::string_view info_key(std::string_view wire_name);
// 1 or 0 on the wire, yes or no for people, true or false in JSON.
bool is_flag(std::string_view wire_name);

}  // namespace msn::msnc
