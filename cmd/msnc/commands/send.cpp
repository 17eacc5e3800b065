// SPDX-License-Identifier: MIT
#include "cmd/msnc/input.hpp"
#include "cmd/msnc/retry.hpp"
#include "cmd/msnc/simple_commands.hpp"
#include "core/base/hex.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <sys/random.h>
#include <type_traits>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 4> forms{
    "WHO TEXT... [--confirm SECS] [--split] [--id TOKEN]", "WHO [-]", "WHO -l [--no-retry]",
    "--to WHO [--to WHO]... [-- TEXT... | - | -l]"};
constexpr std::array<std::string_view, 4> examples{
    "msnc send bob@example.org coffee?", "df -h | msnc send ops@example.org -",
    "tail -n 0 -F app.log | msnc send ops@example.org -l",
    "msnc send --to bob@example.org --to carol@example.org -- lunch at one"};
constexpr std::array options{
    Option{"-l,--lines", Option::Kind::flag, "",
           "send each non-blank line of standard input as a message"},
    Option{"--no-retry", Option::Kind::flag, "",
           "with -l: fail instead of waiting for a daemon that is not running or not logged in"},
    Option{"--id", Option::Kind::value, "TOKEN",
           "identify the message: sent again with the same TOKEN, it is delivered only once"},
    Option{"--to", Option::Kind::list, "WHO", "send to this recipient; repeat the option for more",
           Offer::contact},
    Option{"--confirm", Option::Kind::value, "SECS",
           "wait up to SECS seconds until the message is delivered or has failed"},
    Option{"--split", Option::Kind::flag, "",
           "split a text that is too long into several messages"}};
constexpr std::array arguments{Argument{"WHO", false, false, Offer::contact, "to"},
                               Argument{"TEXT", false, true}};

std::string make_id() {
  std::array<unsigned char, 8> random{};
  (void)::getrandom(random.data(), random.size(), 0);
  return to_hex(random);
}

std::string_view state_name(client::SendResult::State state) {
  switch (state) {
    case client::SendResult::State::sent:
      return "sent";
    case client::SendResult::State::queued:
      return "queued";
    case client::SendResult::State::accepted:
      break;
  }
  return "accepted";
}

// Whether every further message would fail in the same way.
bool is_hopeless(ErrorCode code) {
  return code == ErrorCode::no_daemon || code == ErrorCode::no_access;
}

// The limit of a text with --split. It only bounds the memory.
constexpr std::size_t longest_split_text = std::size_t{4} << 20;

std::string over_limit(bool splits) {
  return splits ? "has more than 4 MiB"
                : "has more than " + std::to_string(protocol::limits::text) +
                      " bytes (each line break counts as two): use --split";
}

// `line 3 "the beginning of..."`
std::string line_name(const InputLine& line) {
  constexpr std::size_t longest = 40;
  std::string beginning = line.text.substr(0, longest);
  if (line.text.size() > longest) {
    while (!beginning.empty() && !is_utf8(beginning) && longest - beginning.size() < 3)
      beginning.pop_back();
    beginning += "...";
  }
  return "line " + std::to_string(line.number) + " \"" + visible(beginning) + "\"";
}

std::string repeat_with(const std::string& id) {
  return "send it again with --id " + id + ": a message that was sent is not sent twice";
}

class Sender {
 public:
  struct Options {
    std::vector<std::string> recipients;
    std::optional<std::chrono::seconds> confirm;
    std::optional<std::string> id;
    bool split = false, by_lines = false;
  };
  Sender(Context& context, Options chosen)
      : context_(context), options_(std::move(chosen)), retry_(context) {}

  // Sends a text to all recipients. With -l, or if the text takes several messages, shows the
  // result of each, also a failure; an error then means that nothing was sent.
  Result<void> text(std::vector<std::string> lines) {
    std::vector<std::vector<std::string>> messages;
    if (options_.split) {
      auto most = limit(client::text_size(lines));
      if (!most) return fail(std::move(most.error()));
      messages = client::split_text(lines, *most);
    } else {
      messages.push_back(std::move(lines));
    }
    const bool several = messages.size() > 1 || options_.recipients.size() > 1;
    if (several && options_.id &&
        !protocol::is_message_id(numbered_id(messages.size() * options_.recipients.size())))
      return fail(ErrorCode::usage,
                  "--id is too long for several messages, because a number is added to it");
    std::size_t number = 0;
    for (const auto& recipient : options_.recipients)
      for (const auto& message : messages) {
        ++number;
        const std::string id = !options_.id ? make_id()
                               : several    ? numbered_id(number)
                                            : *options_.id;
        if (auto done = retrying([&] { return attempt(recipient, message, id); }); !done) {
          if (!several && !options_.by_lines) return done;
          show_failure(recipient, message, id, done.error());
        }
      }
    return {};
  }

  // Sends a line of -l. Returns false if all further lines would fail.
  bool line(InputLine line) {
    if (line.text.ends_with('\r')) line.text.pop_back();
    if (is_blank(line.text) && !line.cut) return true;
    line_ = std::move(line);
    auto lines = line_->cut ? fail(ErrorCode::too_long, "the line " + over_limit(options_.split))
                            : message_lines(line_->text);
    auto done = lines ? text(std::move(*lines)) : fail(lines.error());
    if (!done)
      for (const auto& recipient : options_.recipients)
        show_failure(recipient, {}, {}, done.error());
    return !hopeless_;
  }

  // The result of all messages whose single results have been shown.
  Result<void> overall_result() const {
    if (!first_failure_) return {};
    if (failed_ == total_)
      return fail(first_failure_->code, total_ == 1
                                            ? "the message failed"
                                            : "all " + std::to_string(total_) + " messages failed");
    return fail(ErrorCode::partial,
                std::to_string(failed_) + " of " + std::to_string(total_) + " messages failed");
  }

 private:
  std::string numbered_id(std::size_t number) const {
    return *options_.id + "." + std::to_string(number);
  }

  // Calls `attempt`. With -l, repeats it until it succeeds or cannot be repeated.
  template <class Attempt>
  std::invoke_result_t<Attempt> retrying(const Attempt& attempt) {
    for (;;) {
      auto done = attempt();
      if (done) retry_.succeeded();
      const bool repeatable = done || once_ || done.error().code != ErrorCode::unknown_outcome;
      if (done || !repeatable || !options_.by_lines) return done;
      const auto wait = retry_.after(done.error(), "line " + std::to_string(line_->number) +
                                                       " is kept and retried until it is sent");
      if (!wait) return done;
      pause(*wait);
    }
  }

  // The daemon's limit for a text, in bytes; `size`: as for client::text_limit().
  Result<std::size_t> limit(std::size_t size) {
    return retrying([&]() -> Result<std::size_t> {
      auto connection = context_.connect();
      if (!connection) return fail(std::move(connection.error()));
      return client::text_limit(**connection, size);
    });
  }

  Result<void> attempt(const std::string& recipient, const std::vector<std::string>& lines,
                       const std::string& id) {
    auto connection = context_.connect();
    if (!connection) return fail(std::move(connection.error()));
    if (auto asked = choose_once(**connection); !asked) return asked;
    // An event that reports a failure names the message by its ID. Success is reported only with
    // --confirm.
    protocol::SendMsg request{recipient, lines, id, options_.confirm};
    request.once = once_;
    request.quiet = !options_.confirm;
    auto sent = client::send(**connection, request);
    if (!sent) return fail(std::move(sent.error()));
    ++total_;
    SendDone done{std::move(sent->email),   lines.size(),
                  client::text_size(lines), std::string(state_name(sent->state)),
                  std::move(sent->id),      std::nullopt};
    done.name = name_of(recipient, done.email);
    if (line_) done.line = line_->number;
    show(done);
    return {};
  }

  // Messages that may be repeated are sent with ONCE, if the daemon supports it.
  Result<void> choose_once(client::Connection& connection) {
    once_ = false;
    if (!options_.id && !options_.by_lines) return {};
    if (auto asked = connection.hello(); !asked) return asked;
    once_ = connection.peer().has("once");
    if (!once_ && options_.id)
      return fail(ErrorCode::unsupported,
                  "this daemon does not support --id: nothing was sent; leave out --id");
    return {};
  }

  void show_failure(const std::string& recipient, const std::vector<std::string>& lines,
                    const std::string& id, const Error& error) {
    ++total_;
    ++failed_;
    if (!first_failure_) first_failure_ = error;
    hopeless_ = hopeless_ || is_hopeless(error.code);
    SendDone done{recipient, lines.size(), client::text_size(lines),
                  "failed",  std::nullopt, context_.describe(error)};
    if (error.code == ErrorCode::unknown_outcome && once_) {
      done.id = id;
      done.failure->hint = repeat_with(id);
    }
    if (line_) {
      done.line = line_->number;
      done.failure->message = line_name(*line_) + ": " + done.failure->message;
    }
    show(done);
  }

  // Printed at once, not with the next line. If the output cannot be written, messages are still
  // sent, and the error is reported at the end.
  void show(const SendDone& done) {
    context_.show(done);
    (void)context_.out.flush();
  }

  Context& context_;
  Options options_;
  Retry retry_;
  std::optional<InputLine> line_;  // -l: the current line
  bool once_ = false;              // the last request was sent with ONCE and may be repeated
  std::size_t total_ = 0, failed_ = 0;
  std::optional<Error> first_failure_;
  bool hopeless_ = false;
};

// The lines of the text: the words from index `from` on, or standard input.
Result<std::vector<std::string>> read_text(const Arguments& given, std::size_t from) {
  const bool names_input = given.names_input(from);
  if (given.words.size() > from && !names_input) return message_lines(given.joined(from));
  if (!names_input && ::isatty(STDIN_FILENO) == 1)
    return fail(ErrorCode::usage,
                "TEXT is missing; give it, or use - and type it here (Ctrl-D ends it)");
  const bool splits = given.has("split");
  const std::size_t longest = splits ? longest_split_text : protocol::limits::text;
  constexpr std::size_t around = 5;  // a byte order mark, and CR LF at the end
  auto text = read_all(STDIN_FILENO, "standard input", longest + around);
  if (!text) return fail(std::move(text.error()));
  const bool cut = text->size() > longest + around;
  drop_byte_order_mark(*text);
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  const auto too_long = [&] {
    return fail(ErrorCode::usage, "standard input " + over_limit(splits));
  };
  if (cut) return too_long();
  auto lines = message_lines(std::move(*text));
  if (lines && !splits && client::text_size(*lines) > longest) return too_long();
  return lines;
}

Result<void> check_options(const Arguments& given, std::size_t from) {
  const bool by_lines = given.has("lines");
  if (by_lines && given.words.size() > from && !given.names_input(from))
    return fail(ErrorCode::usage, "send -l reads its messages from standard input: leave out TEXT");
  if (by_lines && given.has("id"))
    return fail(ErrorCode::usage, "send -l gives each line its own ID: leave out --id");
  if (!by_lines && given.has("no-retry"))
    return fail(ErrorCode::usage, "send retries only with -l: leave out --no-retry");
  if (const auto id = given.value("id"); id && !protocol::is_message_id(*id))
    return fail(ErrorCode::usage,
                "--id takes 1 to 64 letters, digits, dots, underscores and "
                "hyphens, not '" +
                    visible(*id) + "'");
  return {};
}

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  std::vector<std::string> recipients = given.values("to");
  const std::size_t from = recipients.empty() ? 1 : 0;  // where the text begins
  if (recipients.empty()) {
    if (given.words.empty()) return fail(ErrorCode::usage, "send: WHO is missing");
    recipients.push_back(given.words[0]);
  }
  Sender::Options chosen;
  for (const auto& recipient : recipients) {
    auto contact = who(recipient);
    if (!contact) return fail(std::move(contact.error()));
    auto& known = chosen.recipients;
    if (std::find(known.begin(), known.end(), *contact) == known.end())
      known.push_back(std::move(*contact));
  }
  auto confirm = given.number("confirm", 0, protocol::limits::wait_seconds);
  if (!confirm) return fail(std::move(confirm.error()));
  if (*confirm) chosen.confirm = std::chrono::seconds(**confirm);
  if (auto good = check_options(given, from); !good) return good;
  if (const auto id = given.value("id")) chosen.id = *id;
  chosen.split = given.has("split");
  chosen.by_lines = given.has("lines");
  context.set_unknown_outcome_hint(
      chosen.id
          ? repeat_with(*chosen.id)
          : "if you send it again, it may arrive twice; to make repeating safe, send messages "
            "with --id TOKEN");

  if (chosen.by_lines) {
    const std::size_t longest = chosen.split ? longest_split_text : protocol::limits::text;
    Sender sender(context, std::move(chosen));
    auto read = read_lines(STDIN_FILENO, longest + 1,  // a CR
                           [&](InputLine line) { return sender.line(std::move(line)); });
    if (!read) return read;
    return sender.overall_result();
  }
  auto lines = read_text(given, from);
  if (!lines)
    return fail(lines.error().code, "send: " + lines.error().message + "; nothing was sent");
  Sender sender(context, std::move(chosen));
  if (auto done = sender.text(std::move(*lines)); !done) return done;
  return sender.overall_result();
}

}  // namespace

extern const Command send_command;
constinit const Command send_command{.name = "send",
                                     .alias = "",
                                     .group = Group::messages,
                                     .summary = "send a message",
                                     .request = "SENDMSG HELLO",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = options,
                                     .arguments = arguments,
                                     .run = run,
                                     .note =
                                         "A recipient who is offline receives it at the next "
                                         "login; on MSN servers it fails instead."};

}  // namespace msn::msnc
