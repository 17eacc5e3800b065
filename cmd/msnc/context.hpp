// SPDX-License-Identifier: MIT
// The environment in which a command runs: its arguments, the connection to the daemon, and the
// output. The program creates one Context; there are no global variables.
#pragma once
#include "cmd/msnc/cli.hpp"
#include "cmd/msnc/config.hpp"
#include "cmd/msnc/output.hpp"
#include "cmd/msnc/writer.hpp"
#include "core/base/paths.hpp"
#include "core/client/connection.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// The settings of a run: from the options, else from the environment, else from the configuration.
struct Settings {
  std::string account = "default";
  // The account that the daemon serves, for the key "account" of events; nullopt: the address does
  // not contain it, so the daemon must be asked (STATE).
  std::optional<std::string> daemon_account = "default";
  // How commands in hints begin: "msnc" with the options that select the same daemon.
  std::string program = "msnc";
  std::optional<std::string> socket;       // --socket, MSNC_SOCKET
  std::optional<std::string> config_file;  // --config, MSNC_CONFIG; absolute path
  AccountConfig config;
  std::optional<pipe::Patience> timeout;  // nullopt: the command's default
  bool json = false, quiet = false, verbose = false, trace = false;
  bool dry_run = false, no_input = false, autostart = false;
  OutputOptions::Color color = OutputOptions::Color::automatic;
};
// Error usage: an option or a variable has an invalid value.
Result<Settings> read_settings(const Arguments&, const Environment&, AccountConfig);
// Reads the configuration for the account that the options, the environment or the configuration
// itself selects. If only a socket is given: for the account in the socket's name
// (pipe::account_of_socket), or else for no account, so that no password is sent to the daemon of
// another account.
Result<AccountConfig> load_config(const Arguments&, const Environment&);

class Context {
 public:
  Context(const CommandLine& line, Settings settings, Environment environment, Writer& out,
          Output& output);

  const CommandLine& line;
  const Arguments& arguments;
  const Settings settings;
  const Environment environment;
  Writer& out;
  Output& output;

  // Print a result or an event, except in a dry run.
  void show(const CommandResult&);
  void show(const model::StampedEvent&);
  void note(std::string_view message);  // if --verbose
  // Warns that the daemon cannot store events; only the first call does.
  void warn_of_full_storage();

  // The daemon's address, from --socket, MSNC_SOCKET, the configuration or the default sockets.
  Result<pipe::Address> address();
  // The connection to the daemon. The first call opens it, and with --autostart starts the daemon
  // if it is not running. The pointer is valid until disconnect().
  Result<client::Connection*> connect();
  // Closes the connection; the next connect() opens a new one.
  void disconnect() { connection_.reset(); }
  // Connects to any address; never starts a daemon.
  Result<client::Connection> open(const pipe::Address&);
  // Asks the daemon for its account, if that is not known and events are printed or passed to
  // --exec as JSON.
  Result<void> learn_account(client::Connection&);
  const std::string& daemon_account() const { return daemon_account_; }
  // The address for error messages; nullopt before address() has found it.
  std::optional<std::string> tried_address() const;
  // The error as a Failure, with a hint what to do next.
  Failure describe(Error) const;

  // Sets the hint for a request that was sent and not answered (unknown_outcome).
  void set_unknown_outcome_hint(std::string hint) { unknown_outcome_hint_ = std::move(hint); }

  // Whether the command acknowledges the events that it prints (poll, watch).
  bool acknowledges_events() const;

  // The requests that a dry run has not sent.
  const std::vector<std::string>& recorded() const { return units_; }

 private:
  std::optional<std::string> hint(const Failure&) const;
  bool has_address() const { return settings.socket || settings.config.socket; }
  std::vector<std::string> foreign_directories() const;
  Result<pipe::Address> look_for_address();
  pipe::Patience patience() const;
  Result<client::Connection> make_connection(std::unique_ptr<pipe::Pipe>, const pipe::Address&);

  std::string daemon_account_;
  bool knows_account_;
  bool carried_out_ = false;  // the daemon has confirmed a request that changes something
  bool warned_of_full_storage_ = false;
  bool start_failed_ = false;  // --autostart could not start the daemon
  std::optional<pipe::Address> address_;
  std::optional<std::string> unknown_outcome_hint_;
  std::vector<std::string> units_;
  std::optional<client::Connection> connection_;
};

}  // namespace msn::msnc
