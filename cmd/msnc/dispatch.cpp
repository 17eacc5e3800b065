// SPDX-License-Identifier: MIT
#include "cmd/msnc/dispatch.hpp"

#include "cmd/msnc/context.hpp"
#include "cmd/msnc/external.hpp"
#include "cmd/msnc/help.hpp"
#include "core/base/similar.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <exception>

namespace msn::msnc {
namespace {

std::unique_ptr<Output> make_output(bool json, Writer& out, int err, const Settings& settings,
                                    const Environment& environment) {
  OutputOptions options;
  options.account = settings.daemon_account.value_or(settings.account);
  options.program = settings.program;
  options.quiet = settings.quiet;
  options.color = settings.color;
  options.color_possible =
      environment("NO_COLOR").value_or("").empty() && environment("TERM").value_or("") != "dumb";
  return json ? make_json_output(out, err, std::move(options))
              : make_text_output(out, err, std::move(options));
}

std::string unknown_command(std::string_view word) {
  std::string text = "unknown command '" + visible(word) + "'";
  if (const auto similar = most_similar(word, command_words()))
    text += "; did you mean '" + std::string(*similar) + "'?";
  return text;
}

// Handles -h, -V and a missing command. Returns the exit status, or nullopt if there is a command
// to run.
std::optional<int> answer_locally(const CommandLine& line, Writer& out, int err) {
  if (line.error) return std::nullopt;
  if (line.arguments.has("help")) {
    out.write(line.command != nullptr ? command_help(*line.command) : program_help());
    return 0;
  }
  if (line.arguments.has("version")) {
    out.write("msnc " MSNC_VERSION "\n");
    return 0;
  }
  if (line.word.empty() && !line.json) {
    write_all(err, program_help());
    return exit_status(ErrorCode::usage);
  }
  return std::nullopt;
}

// With -e and nothing to show, only the exit status reports it, except in JSON.
bool is_silent(const Error& error, bool json) {
  return error.code == ErrorCode::nothing && !json;
}

Result<void> run_command(Context& context) {
  const CommandLine& line = context.line;
  if (line.word.empty()) return fail(ErrorCode::usage, "no command was given");
  if (line.command == nullptr) {
    if (auto found = run_external(context); !found) return found;
    return fail(ErrorCode::usage, unknown_command(line.word));
  }
  return line.command->run(context);
}

// Whether errors are printed as JSON. The words after an external command belong to it, but if
// there is no such program, the command was mistyped and they were meant for msnc.
bool wants_json(const CommandLine& line) {
  if (line.command != nullptr) return line.json;
  const auto end = std::find(line.rest.begin(), line.rest.end(), "--");
  return line.json || std::any_of(line.rest.begin(), end, [](const std::string& word) {
           return word == "-j" || word == "--json";
         });
}

int run(const CommandLine& line, const Environment& environment, Writer& out, int err) {
  if (const auto status = answer_locally(line, out, err)) {
    const auto flushed = out.flush();
    if (flushed) return *status;
    make_output(line.json, out, err, {}, environment)
        ->failure(make_failure(flushed.error(), line.word, {}));
    return exit_status(flushed.error().code);
  }
  // Commands that send no requests work with an invalid configuration, too.
  const bool needs_config = line.command == nullptr || !line.command->request.empty();
  auto config = needs_config ? load_config(line.arguments, environment) : AccountConfig{};
  auto settings = config ? read_settings(line.arguments, environment, *config)
                         : Result<Settings>(fail(config.error()));
  auto output =
      make_output(wants_json(line), out, err, settings ? *settings : Settings{}, environment);
  if (line.error || !settings) {
    Failure failure = make_failure(line.error ? *line.error : settings.error(),
                                   line.command != nullptr ? line.command->name : line.word, {});
    if (!line.error) failure.hint = config ? "see: msnc --help" : "see: msnc help config";
    output->failure(failure);
    return failure.exit();
  }
  Context context(line, std::move(*settings), environment, out, *output);
  Result<void> done = run_command(context);
  if (context.settings.dry_run && (done || done.error().code != ErrorCode::usage) &&
      !context.recorded().empty()) {
    done = {};
    context.output.result(dry_run(context.recorded()));
  }
  if (auto flushed = out.flush(); !flushed) {
    // A failure of the command itself is more important.
    if (done)
      done = flushed;
    else if (done.error().code != ErrorCode::output && !(out.is_pipe() && out.is_broken_pipe()))
      output->warning(flushed.error().message);
  }
  if (done) return 0;
  // A reader such as `head` has closed the pipe, and no event is lost.
  if (done.error().code == ErrorCode::output && out.is_pipe() && out.is_broken_pipe() &&
      !context.acknowledges_events())
    return 0;
  const Failure failure = context.describe(done.error());
  if (!is_silent(done.error(), line.json)) output->failure(failure);
  return failure.exit();
}

}  // namespace

int run_program(int argc, const char* const* argv, const Environment& environment, int out,
                int err) {
  const CommandLine line = parse_command_line(argc, argv);
  Writer writer(out);
  try {
    return run(line, environment, writer, err);
  } catch (const std::exception& error) {
    const auto output = make_output(line.json, writer, err, {}, environment);
    const Failure failure = make_failure(
        Error{ErrorCode::internal, std::string("internal error: ") + error.what()}, line.word, {});
    output->failure(failure);
    return failure.exit();
  }
}

}  // namespace msn::msnc
