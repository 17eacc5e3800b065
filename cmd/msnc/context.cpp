// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"

#include "cmd/msnc/autostart.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/pipe/deadline.hpp"
#include "core/pipe/locate.hpp"

#include <filesystem>

namespace msn::msnc {
namespace {

// Flushes the output before it waits for the daemon, so that events are printed as they arrive.
class ShowingPipe final : public pipe::Pipe {
 public:
  // `needs_reader`: stop waiting when the reader of the output has closed the pipe.
  ShowingPipe(std::unique_ptr<pipe::Pipe> inner, const pipe::Address& address, Writer& out,
              bool needs_reader)
      : inner_(std::move(inner)), address_(address), out_(out), needs_reader_(needs_reader) {}
  Result<void> send(std::string_view unit, pipe::Patience patience) override {
    return inner_->send(unit, patience);
  }
  Result<std::string_view> receive(pipe::Patience patience) override {
    if (out_.pending())
      if (auto shown = out_.flush(); !shown) return fail(std::move(shown.error()));
    if (!needs_reader_ || !out_.is_pipe() || inner_->descriptor() < 0)
      return inner_->receive(patience);
    if (out_.wait_for(inner_->descriptor(), patience)) return inner_->receive(patience);
    if (out_.is_broken_pipe())
      return fail(ErrorCode::output, "the output could not be written: Broken pipe");
    return fail(ErrorCode::daemon_timeout,
                address_.text() + ": no answer within " + pipe::patience_text(patience));
  }
  bool datagrams() const override { return inner_->datagrams(); }
  int descriptor() const override { return inner_->descriptor(); }
  Result<void> renew(pipe::Patience patience) override { return inner_->renew(patience); }
  std::string_view greeting() const override { return inner_->greeting(); }
  std::optional<uid_t> server() const override { return inner_->server(); }

 private:
  std::unique_ptr<pipe::Pipe> inner_;
  pipe::Address address_;
  Writer& out_;
  bool needs_reader_;
};

// The value of the option, else of the environment variable. An empty variable counts as unset.
std::optional<std::string> given(const Arguments& arguments, std::string_view option,
                                 const Environment& environment, std::string_view variable) {
  if (const auto value = arguments.value(option)) return std::string(*value);
  auto value = environment(variable);
  if (value && value->empty()) value.reset();
  return value;
}

std::optional<std::string> given_account(const Arguments& arguments,
                                         const Environment& environment) {
  return given(arguments, "account", environment, "MSNC_ACCOUNT");
}

std::optional<std::string> given_socket(const Arguments& arguments,
                                        const Environment& environment) {
  auto socket = given(arguments, "socket", environment, "MSNC_SOCKET");
  if (socket) socket = expand_home(std::move(*socket), environment);
  return socket;
}

std::optional<std::string> given_config(const Arguments& arguments,
                                        const Environment& environment) {
  return given(arguments, "config", environment, "MSNC_CONFIG");
}

std::optional<std::string> account_in_name(const std::string& socket) {
  const auto address = pipe::parse_client_address(socket);
  return address ? pipe::account_of_socket(*address) : std::nullopt;
}

}  // namespace

Result<AccountConfig> load_config(const Arguments& arguments, const Environment& environment) {
  auto files = read_config(environment, given_config(arguments, environment));
  if (!files) return fail(std::move(files.error()));
  auto account = given_account(arguments, environment);
  const auto socket = given_socket(arguments, environment);
  if (!account && socket) account = account_in_name(*socket).value_or("");
  return config_for(*files, std::move(account));
}

Result<Settings> read_settings(const Arguments& arguments, const Environment& environment,
                               AccountConfig config) {
  Settings settings;
  settings.config = std::move(config);
  settings.json = arguments.has("json");
  settings.quiet = arguments.has("quiet");
  settings.verbose = arguments.has("verbose");
  settings.trace = arguments.has("trace");
  settings.dry_run = arguments.has("dry-run");
  settings.no_input = arguments.has("no-input");

  const auto account = given_account(arguments, environment);
  settings.socket = given_socket(arguments, environment);
  settings.account = account.value_or(settings.config.account);
  if (settings.account.empty() && !account) settings.account = Settings{}.account;
  settings.daemon_account =
      settings.socket ? account_in_name(*settings.socket) : std::optional(settings.account);
  if (account) settings.program += " -a " + shell_word(*account);
  if (settings.socket) settings.program += " -s " + shell_word(*settings.socket);
  if (const auto file = arguments.value("config"))
    settings.program += " --config " + shell_word(*file);
  if (const auto file = given_config(arguments, environment)) {
    const auto expanded = expand_home(*file, environment);
    std::error_code error;
    const auto absolute = std::filesystem::absolute(expanded, error);
    settings.config_file = error ? expanded : absolute.string();
  }
  if (auto good = pipe::check_account_name(settings.account); !good)
    return fail(ErrorCode::usage, std::move(good.error().message));

  settings.autostart = arguments.has("autostart") || settings.config.autostart.value_or(false);
  settings.timeout = settings.config.timeout;
  if (const auto timeout = given(arguments, "timeout", environment, "MSNC_TIMEOUT")) {
    settings.timeout = parse_timeout(*timeout);
    if (!settings.timeout)
      return fail(ErrorCode::usage,
                  std::string(arguments.has("timeout") ? "--timeout" : "MSNC_TIMEOUT") +
                      " takes a number of seconds, not '" + visible(*timeout) + "'");
  }
  settings.color = settings.config.color.value_or(settings.color);
  if (const auto color = arguments.value("color")) {
    const auto parsed = parse_color(*color);
    if (!parsed)
      return fail(ErrorCode::usage,
                  "--color takes auto, always or never, not '" + visible(*color) + "'");
    settings.color = *parsed;
  }
  return settings;
}

Context::Context(const CommandLine& command_line, Settings all_settings, Environment env,
                 Writer& writer, Output& printer)
    : line(command_line),
      arguments(command_line.arguments),
      settings(std::move(all_settings)),
      environment(std::move(env)),
      out(writer),
      output(printer),
      daemon_account_(settings.daemon_account.value_or(settings.account)),
      knows_account_(settings.daemon_account.has_value()) {}

void Context::show(const CommandResult& result) {
  if (settings.dry_run) return;
  carried_out_ = carried_out_ || is_action(result) || std::holds_alternative<RawReply>(result);
  output.result(result);
}

void Context::show(const model::StampedEvent& event) {
  if (!settings.dry_run) output.event(event);
}

void Context::note(std::string_view message) {
  if (settings.verbose) output.note(message);
}

void Context::warn_of_full_storage() {
  if (std::exchange(warned_of_full_storage_, true)) return;
  output.warning(
      "msncd cannot store events because its disk is full, and keeps new events in memory only; "
      "free some disk space");
}

// Sentences about XDG_RUNTIME_DIR and HOME if those belong to another user, because they change
// where the daemon is searched.
std::vector<std::string> Context::foreign_directories() const {
  std::vector<std::string> notes;
  if (has_address()) return notes;
  if (const auto foreign = pipe::foreign_runtime_directory(environment))
    notes.push_back("XDG_RUNTIME_DIR is not used, because " + visible(*foreign) +
                    " belongs to another user");
  if (const auto foreign = foreign_home(environment))
    notes.push_back("HOME is " + visible(*foreign) + ", which belongs to another user");
  return notes;
}

Result<pipe::Address> Context::look_for_address() {
  if (settings.socket) return pipe::parse_client_address(*settings.socket);
  if (settings.config.socket) return pipe::parse_client_address(*settings.config.socket);
  return pipe::find_socket(environment, settings.account);
}

Result<pipe::Address> Context::address() {
  if (!address_) {
    auto found = look_for_address();
    if (!found) return found;
    for (const auto& text : foreign_directories()) note(text);
    address_ = std::move(*found);
  }
  return *address_;
}

std::optional<std::string> Context::tried_address() const {
  if (!address_) return std::nullopt;
  return address_->kind == pipe::Address::Kind::unix_socket ? address_->path : address_->text();
}

Failure Context::describe(Error error) const {
  Failure failure = make_failure(std::move(error), line.command ? line.command->name : line.word,
                                 tried_address());
  failure.hint = hint(failure);
  if (failure.code == ErrorCode::no_daemon)
    for (const auto& note : foreign_directories()) failure.message += "; " + note;
  failure.email = settings.config.email.value_or("");
  failure.queue = arguments.value("queue").value_or("");
  const auto& words = arguments.words;
  if (failure.command == "login" && !words.empty()) failure.email = words[0];
  if (failure.command == "queue" && words.size() > 1) failure.queue = words[1];
  if (failure.code == ErrorCode::unknown_queue && !failure.queue.empty())
    failure.message = "there is no queue '" + failure.queue + "'";
  if (failure.code == ErrorCode::output && carried_out_)
    failure.message += "; the request itself succeeded";
  return failure;
}

bool Context::acknowledges_events() const {
  return line.command && (line.command->name == "poll" || line.command->name == "watch");
}

std::optional<std::string> Context::hint(const Failure& failure) const {
  const ErrorCode code = failure.code;
  if (code == ErrorCode::login_refused && failure.number == 205 &&
      !(connection_ && connection_->peer().has("register")))
    return "check the address; this daemon cannot create accounts";
  if (start_failed_ && code == ErrorCode::no_access)
    return "check that directory, or choose another socket with --socket";
  if (start_failed_ && code == ErrorCode::no_daemon) return "";  // the message says why
  if (code == ErrorCode::no_daemon) {
    // The options start the daemon of this account at the address where it was searched.
    std::string text = "start it with: msncd";
    if (settings.account != Settings{}.account) text += " --account " + settings.account;
    if (address_ && has_address()) text += " --listen " + shell_word(address_->text());
    if (settings.config_file) text += " --config " + shell_word(*settings.config_file);
    text += " --detach";
    if (!settings.autostart) text += " (or add --autostart)";
    return text;
  }
  if (code == ErrorCode::unknown_outcome) return unknown_outcome_hint_;
  if (code != ErrorCode::output) return std::nullopt;
  if (!acknowledges_events()) return std::nullopt;
  if (connection_ && connection_->peer().legacy)
    return "this original msncd has already deleted the events that were not printed";
  return "events that were not marked as read are printed again by the next poll";
}

pipe::Patience Context::patience() const {
  return settings.timeout.value_or(std::chrono::seconds(line.command ? line.command->timeout : 10));
}

Result<client::Connection> Context::make_connection(std::unique_ptr<pipe::Pipe> pipe,
                                                    const pipe::Address& to) {
  client::Connection::Trace trace;
  if (settings.trace)
    trace = [this](char direction, std::string_view text) { output.trace(direction, text); };
  client::Connection connection(
      std::make_unique<ShowingPipe>(std::move(pipe), to, out, acknowledges_events()), to,
      patience(), std::move(trace));
  if (to.kind == pipe::Address::Kind::udp)
    if (auto greeted = connection.hello(); !greeted) return fail(std::move(greeted.error()));
  return connection;
}

Result<client::Connection> Context::open(const pipe::Address& to) {
  if (settings.dry_run) return client::Connection::recording(to, units_);
  auto pipe = pipe::open(to, patience());
  if (!pipe) return fail(std::move(pipe.error()));
  return make_connection(std::move(*pipe), to);
}

Result<client::Connection*> Context::connect() {
  if (connection_) return &*connection_;
  auto to = address();
  if (!to) return fail(std::move(to.error()));
  auto opened = open(*to);
  if (!opened && opened.error().code == ErrorCode::no_daemon && settings.autostart) {
    note("no daemon listens at " + to->text() + ": starting msncd");
    start_failed_ = true;
    if (auto started = autostart({*to, settings.account, has_address(), settings.config_file});
        !started)
      return fail(std::move(started.error()));
    start_failed_ = false;
    opened = open(*to);
  }
  if (!opened) return fail(std::move(opened.error()));
  connection_.emplace(std::move(*opened));
  return &*connection_;
}

Result<void> Context::learn_account(client::Connection& connection) {
  const bool needs_account = settings.json || !line.rest.empty();
  if (knows_account_ || !needs_account || connection.peer().legacy) return {};
  const auto attributes = client::state(connection);
  // An older daemon has no STATE; the account from the settings is used then.
  if (!attributes && attributes.error().code != ErrorCode::unsupported)
    return fail(attributes.error());
  knows_account_ = true;
  if (attributes)
    for (const auto& [name, value] : *attributes)
      if (name == "account") daemon_account_ = value;
  output.set_account(daemon_account_);
  return {};
}

}  // namespace msn::msnc
