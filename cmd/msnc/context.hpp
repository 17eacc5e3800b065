// SPDX-License-Identifier: MIT
// What a command works with: its arguments, the way to the daemon, and the output. Made once by the
// program; nothing here is global.
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

// The global options, with what the environment says where the line says nothing, and then what the
// configuration says.
struct Settings {
  std::string account = "default";
  // The account of the daemon that is talked to, whose name events have; nothing: only STATE tells
  // it, as the address is neither found by the account nor named after one.
  std::optional<std::string> daemon_account = "default";
  std::string program =
      "msnc";  // with the options that mean the same daemon, for what is to be run
  std::optional<std::string> socket;       // --socket, MSNC_SOCKET
  std::optional<std::string> config_file;  // --config, MSNC_CONFIG: its absolute path
  AccountConfig config;
  std::optional<pipe::Patience> timeout;  // given: a silence, or for ever
  bool json = false, quiet = false, verbose = false, trace = false;
  bool dry_run = false, no_input = false, autostart = false;
  OutputOptions::Color color = OutputOptions::Color::automatic;
};
Result<Settings> read_settings(const Arguments&, const Environment&, AccountConfig);
// The configuration of the account that option, environment or the configuration itself names.
// Where only a socket is given: of the account in its name (pipe::account_of_socket), else of none,
// because a password must not go to another account's daemon.
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

  // Prints, unless this is only a dry run.
  void show(const CommandResult&);
  void show(const model::StampedEvent&);
  void note(std::string_view message);  // if --verbose
  // Warns, once, that the daemon cannot store events.
  void warn_of_full_storage();

  // Where the daemon is: --socket, MSNC_SOCKET, the configuration, the default places.
  Result<pipe::Address> address();
  // The connection, opened once (and the daemon started before, with --autostart).
  Result<client::Connection*> connect();
  // The next connect() opens it anew.
  void disconnect() { connection_.reset(); }
  // Another daemon's; nothing is started there.
  Result<client::Connection> open(const pipe::Address&);
  // Before events are shown: asks the daemon for its account where JSON needs it and nothing else
  // tells it.
  Result<void> learn_account(client::Connection&);
  const std::string& daemon_account() const { return daemon_account_; }
  // The address as far as it is known, for the messages.
  std::optional<std::string> tried() const;
  // With what to do next, as far as it is known here.
  Failure describe(Error) const;

  // What to do when it is not known whether this command's request was carried out.
  void advise_on_unknown_outcome(std::string hint) { unknown_outcome_hint_ = std::move(hint); }

  // What is not printed stays with the daemon, because it is not acknowledged.
  bool takes_events() const;

  // What a dry run would have sent.
  const std::vector<std::string>& recorded() const { return units_; }

 private:
  std::optional<std::string> hint(const Failure&) const;
  bool has_address() const { return settings.socket || settings.config.socket; }
  std::vector<std::string> foreign_directories() const;
  Result<pipe::Address> look_for_address();
  pipe::Patience patience() const;
  Result<client::Connection> converse(std::unique_ptr<pipe::Pipe>, const pipe::Address&);

  std::string daemon_account_;
  bool knows_account_;
  bool carried_out_ = false;  // the daemon has done something, and told it
  bool warned_of_full_storage_ = false;
  bool start_failed_ = false;  // of --autostart
  std::optional<pipe::Address> address_;
  std::optional<std::string> unknown_outcome_hint_;
  std::vector<std::string> units_;
  std::optional<client::Connection> connection_;
};

}  // namespace msn::msnc
