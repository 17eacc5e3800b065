// SPDX-License-Identifier: MIT
#include "cmd/msnc/about.hpp"
#include "cmd/msnc/input.hpp"
#include "core/base/hex.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

#include <array>
#include <sys/random.h>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 4> forms{"WHO TEXT... [--confirm SECS] [--split]", "WHO [-]",
                                                "WHO -l",
                                                "--to WHO [--to WHO]... [-- TEXT... | - | -l]"};
constexpr std::array<std::string_view, 4> examples{
    "msnc send bob@example.org coffee?", "df -h | msnc send ops@example.org -",
    "tail -f app.log | msnc send ops@example.org -l",
    "msnc send --to bob@example.org --to carol@example.org -- lunch at one"};
constexpr std::array options{
    Option{"-l,--lines", Option::Kind::flag, "",
           "one message for each non-empty line of standard input"},
    Option{"--to", Option::Kind::list, "WHO", "a recipient; may be given several times",
           Offer::contact},
    Option{"--confirm", Option::Kind::value, "SECS",
           "wait up to SECS seconds for word of what became of it"},
    Option{"--split", Option::Kind::flag, "", "cut a text that is too long into several messages"}};
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

// Nobody can be reached; the next line would find it so, too.
bool is_hopeless(ErrorCode code) {
  return code == ErrorCode::no_daemon || code == ErrorCode::no_access;
}

class Sender {
 public:
  Sender(Context& context, std::vector<std::string> recipients,
         std::optional<std::chrono::seconds> confirm)
      : context_(context), recipients_(std::move(recipients)), confirm_(confirm) {}

  // One text to everybody. `several`: results are told one by one, failures among them. The error
  // is the only message's.
  Result<void> text(std::vector<std::string> lines, bool several) {
    std::vector<std::vector<std::string>> messages;
    if (context_.arguments.has("split"))
      messages = client::split_text(lines, limit(client::text_size(lines)));
    else
      messages.push_back(std::move(lines));
    several = several || messages.size() > 1 || recipients_.size() > 1;
    for (const auto& recipient : recipients_)
      for (const auto& message : messages)
        if (auto done = one(recipient, message); !done) {
          if (!several) return done;
          tell_failure(recipient, message, done.error());
        }
    return {};
  }

  // A line of -l; whether it is worth going on.
  bool line(std::string text) {
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) return true;
    auto lines = message_lines(std::move(text));
    if (lines) {
      (void)this->text(std::move(*lines), true);
    } else {
      for (const auto& recipient : recipients_) tell_failure(recipient, {}, lines.error());
    }
    // What was sent is told before the next line is waited for.
    return !hopeless_ && context_.out.flush().has_value();
  }

  // How it ended, for messages that were told one by one.
  Result<void> verdict() const {
    if (!first_failure_) return {};
    if (failed_ == total_)
      return fail(first_failure_->code, total_ == 1
                                            ? "the message failed"
                                            : "all " + std::to_string(total_) + " messages failed");
    return fail(ErrorCode::partial,
                std::to_string(failed_) + " of " + std::to_string(total_) + " messages failed");
  }

 private:
  // Of a text of this size. What is wrong with the connection shows when it is sent.
  std::size_t limit(std::size_t size) {
    auto connection = context_.connect();
    if (!connection) return protocol::limits::legacy_text;
    return client::text_limit(**connection, size).value_or(protocol::limits::legacy_text);
  }

  Result<void> one(const std::string& recipient, const std::vector<std::string>& lines) {
    auto connection = context_.connect();
    if (!connection) return fail(std::move(connection.error()));
    // By the id an event that reports a failure names the message; of its success the sender wants
    // to know only with --confirm.
    protocol::SendMsg request{recipient, lines, make_id(), confirm_};
    request.quiet = !confirm_;
    auto sent = client::send(**connection, request);
    if (!sent) return fail(std::move(sent.error()));
    ++total_;
    auto name = name_of(recipient, sent->email);
    context_.show(SendDone{std::move(sent->email), lines.size(), client::text_size(lines),
                           std::string(state_name(sent->state)), std::move(sent->id), std::nullopt,
                           std::move(name)});
    return {};
  }

  void tell_failure(const std::string& recipient, const std::vector<std::string>& lines,
                    const Error& error) {
    ++total_;
    ++failed_;
    if (!first_failure_) first_failure_ = error;
    hopeless_ = hopeless_ || is_hopeless(error.code);
    context_.show(SendDone{recipient, lines.size(), client::text_size(lines), "failed",
                           std::nullopt, context_.describe(error)});
  }

  Context& context_;
  std::vector<std::string> recipients_;
  std::optional<std::chrono::seconds> confirm_;
  std::size_t total_ = 0, failed_ = 0;
  std::optional<Error> first_failure_;
  bool hopeless_ = false;
};

// The text that begins at this word.
Result<std::string> read_text(const Arguments& given, std::size_t from) {
  const bool names_input = given.names_input(from);
  if (given.words.size() > from && !names_input) return given.joined(from);
  if (!names_input && ::isatty(STDIN_FILENO) == 1)
    return fail(ErrorCode::usage,
                "send: there is no TEXT; give one, or - to type it here until Ctrl-D");
  auto text = read_all(STDIN_FILENO, "standard input");
  if (text && text->ends_with('\n')) text->pop_back();
  if (text && text->ends_with('\r')) text->pop_back();
  return text;
}

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  std::vector<std::string> recipients = given.values("to");
  const std::size_t from = recipients.empty() ? 1 : 0;  // where the text begins
  if (recipients.empty()) {
    if (given.words.empty()) return fail(ErrorCode::usage, "send: WHO is missing");
    recipients.push_back(given.words[0]);
  }
  for (auto& recipient : recipients) {
    auto person = who(recipient);
    if (!person) return fail(std::move(person.error()));
    recipient = std::move(*person);
  }
  auto confirm = given.number("confirm", 0, protocol::limits::wait_seconds);
  if (!confirm) return fail(std::move(confirm.error()));
  std::optional<std::chrono::seconds> wait;
  if (*confirm) wait = std::chrono::seconds(**confirm);

  const bool by_lines = given.has("lines");
  if (by_lines && given.words.size() > from && !given.names_input(from))
    return fail(ErrorCode::usage, "send -l takes its texts from standard input");
  Sender sender(context, std::move(recipients), wait);
  if (by_lines) {
    auto read =
        read_lines(STDIN_FILENO, [&](std::string line) { return sender.line(std::move(line)); });
    if (!read) return read;
    return sender.verdict();
  }
  auto text = read_text(given, from);
  if (!text) return fail(std::move(text.error()));
  auto lines = message_lines(std::move(*text));
  if (!lines) return fail(std::move(lines.error()));
  if (auto done = sender.text(std::move(*lines), false); !done) return done;
  return sender.verdict();
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
                                     .run = run};

}  // namespace msn::msnc
