// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli.hpp"

#include "cmd/msnc/cli11.hpp"
#include "core/base/similar.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

using Kind = Option::Kind;

constexpr std::array globals{
    Option{"-j,--json", Kind::flag, "", "print JSON, one document per line"},
    Option{"-a,--account", Kind::value, "NAME", "use this account's daemon (default: \"default\")",
           Offer::account},
    Option{"-s,--socket", Kind::value, "ADDR",
           "daemon's address: PATH, unix:PATH, fifo:DIR, udp:HOST:PORT", Offer::file},
    Option{"-t,--timeout", Kind::value, "SECS",
           "give up after SECS with no answer (default 10; 0: never)"},
    Option{"-q,--quiet", Kind::flag, "", "print no success messages, only results and errors"},
    Option{"-v,--verbose", Kind::flag, "", "print additional notes on stderr"},
    Option{"--trace", Kind::flag, "", "print each line sent and received on stderr"},
    Option{"-n,--dry-run", Kind::flag, "", "print what would be sent, and send nothing"},
    Option{"--no-input", Kind::flag, "", "never prompt"},
    Option{"--color", Kind::value, "WHEN", "use colors: auto (default), always or never",
           Offer::color},
    Option{"--autostart", Kind::flag, "", "start msncd if it is not running"},
    Option{"--config", Kind::value, "FILE",
           "read this configuration file instead of the default ones", Offer::file},
    Option{"-V,--version", Kind::flag, "", "print the version"},
    Option{"-h,--help", Kind::flag, "", "print this help"},
};

bool has_option(const Command& command, std::string_view name) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const Option& option) { return has_name(option, name); });
}

// The commands that have an option of this name: "contacts, log and poll".
std::string commands_with(std::string_view name) {
  std::vector<std::string_view> owners;
  for (const Command* command : commands())
    if (!command->hidden && has_option(*command, name)) owners.push_back(command->name);
  std::string text;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (i > 0) text += i + 1 == owners.size() ? " and " : ", ";
    text += owners[i];
  }
  return text;
}

std::optional<std::string_view> similar_option(std::string_view name, const Command* command) {
  if (!name.starts_with("--")) return std::nullopt;  // all single letters would be similar
  std::vector<std::string_view> known;
  const auto learn = [&](std::span<const Option> options) {
    for (const auto& option : options)
      for (const auto part : split(option.names, ',')) known.push_back(part);
  };
  learn(globals);
  if (command != nullptr) learn(command->options);
  return most_similar(name, known);
}

bool takes_text(const Command& command) {
  return !command.arguments.empty() && command.arguments.back().many;
}

std::string unknown_option(std::string_view word, const Command* command) {
  const auto name = word.substr(0, word.starts_with("--") ? word.find('=') : word.npos);
  std::string text = "unknown option '" + visible(name) + "'";
  const bool text_wanted = command != nullptr && takes_text(*command);
  if (const auto similar = similar_option(name, command))
    text += "; did you mean '" + std::string(*similar) + "'?";
  else if (const auto owners = commands_with(name); !text_wanted && !owners.empty())
    text = "option '" + visible(name) + "' " +
           (command == nullptr ? "must come after its command (" + owners + ")"
                               : "is only for " + owners);
  if (text_wanted) text += "; if it is part of a text, put -- before the text";
  return text;
}

// The message for an option before the command that is not a global one.
std::string early_option(std::span<const std::string> words) {
  for (const auto& word : words)
    if (const Command* command = find_command(word); command != nullptr)
      if (has_option(*command, words[0].substr(0, words[0].find('='))))
        return "option '" + visible(words[0]) + "' must come after '" + std::string(command->name) +
               "'";
  return unknown_option(words[0], nullptr);
}

bool asks_for_json(std::span<const std::string> words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end,
                     [](const std::string& word) { return word == "-j" || word == "--json"; });
}

// The index of the first positional word of TEXT, NICK, NAME or LINE; npos if the command has none.
std::size_t text_at(const Command& command, const Arguments& arguments) {
  std::size_t at = 0;
  for (const auto& argument : command.arguments) {
    if (argument.many) return at;
    if (argument.unless.empty() || !arguments.has(argument.unless)) ++at;
  }
  return std::string::npos;
}

bool asks_for_answer(const Arguments& arguments) {
  return arguments.has("help") || arguments.has("version");
}

bool is_spelt_out(std::span<const std::string> options) {
  return std::any_of(options.begin(), options.end(), [](const std::string& word) {
    return word == "--help" || word == "--version";
  });
}

// Parses the words after the command's name; returns an error message, if any. Options are refused
// inside and after a text of several words, because a word of the text could be taken for an option
// (msnc(1)). For the same reason -h and -V are refused after any text. Inside a text -- is a word.
std::optional<std::string> parse_command(const OptionParser& parser, std::vector<std::string> words,
                                         const Command& command, Arguments& arguments) {
  auto& positional = arguments.words;
  std::string last_option, doubtful;
  std::size_t last_option_at = 0;
  while (!words.empty()) {
    const std::vector<std::string> before = words;
    const bool in_text = positional.size() > text_at(command, arguments);
    const bool answered = asks_for_answer(arguments);
    if (auto wrong = parser.take(words, arguments)) return wrong;
    if (words.size() < before.size()) {
      const auto taken = std::span(before).first(before.size() - words.size());
      if (in_text && !answered && asks_for_answer(arguments) && !is_spelt_out(taken))
        doubtful = taken[0];
      last_option = taken[0];
      last_option_at = positional.size();
    }
    if (words.empty()) break;
    if (looks_like_option(words[0])) return unknown_option(words[0], &command);
    if (words[0] == "--" && positional.size() <= text_at(command, arguments)) {
      arguments.literal_from = positional.size();
      positional.insert(positional.end(), words.begin() + 1, words.end());
      break;
    }
    positional.push_back(words[0]);
    words.erase(words.begin());
  }
  const auto text = text_at(command, arguments);
  if (text < last_option_at && positional.size() > text + 1)
    return "'" + visible(last_option) +
           "' is inside a text of several words: if it is part of the text, quote the text or put "
           "-- "
           "before it; if it is an option, put it before the text";
  if (!doubtful.empty())
    return "'" + visible(doubtful) +
           "' may be part of the text before it: if it is, quote the text or put -- before it; if "
           "not, use --help or --version";
  return std::nullopt;
}

std::optional<std::string> check_arity(const Command& command, const Arguments& arguments) {
  std::size_t least = 0, most = 0;
  for (const auto& argument : command.arguments) {
    ++most;
    if (argument.required) ++least;
    if (argument.many) most = std::string::npos;
  }
  if (arguments.words.size() < least)
    return std::string(command.name) + ": " +
           std::string(command.arguments[arguments.words.size()].name) + " is missing";
  if (most != std::string::npos && arguments.words.size() > most)
    return std::string(command.name) + ": unexpected argument '" + visible(arguments.words[most]) +
           "'";
  return std::nullopt;
}

CommandLine parse(std::vector<std::string> words, bool finished) {
  CommandLine line;
  line.json = asks_for_json(words);
  const auto wrong = [&](std::string message) {
    line.error = Error{ErrorCode::usage, std::move(message)};
    return line;
  };
  OptionParser parser;
  parser.declare(globals);
  if (auto message = parser.take(words, line.arguments)) return wrong(std::move(*message));
  line.json = line.arguments.has("json");
  const bool marked = !words.empty() && words[0] == "--";
  if (marked) words.erase(words.begin());
  if (words.empty()) return line;
  if (!marked && looks_like_option(words[0])) {
    line.json = line.json || asks_for_json(words);
    return wrong(early_option(words));
  }

  line.word = words[0];
  line.command = find_command(line.word);
  words.erase(words.begin());
  if (line.command == nullptr) {
    line.rest = std::move(words);
    return line;
  }
  if (marked) words.insert(words.begin(), "--");
  for (const Option& option : line.command->options) {
    if (option.kind != Option::Kind::rest) continue;
    const auto name = "--" + std::string(option.key());
    const auto mark = std::find(words.begin(), words.end(), "--");
    const auto at = std::find_if(words.begin(), mark, [&](const std::string& word) {
      return word == name || word.starts_with(name + "=");
    });
    if (at == mark) continue;
    line.rest.assign(at + 1, words.end());
    if (at->size() > name.size()) line.rest.insert(line.rest.begin(), at->substr(name.size() + 1));
    words.erase(at, words.end());
    if (line.rest.empty()) return wrong(name + " needs a program to run");
  }
  const bool json = asks_for_json(words);
  parser.declare(line.command->options);
  auto message = parse_command(parser, std::move(words), *line.command, line.arguments);
  line.json = line.arguments.has("json") || (message && json);
  if (message) return wrong(std::move(*message));
  if (line.arguments.has("help") || line.arguments.has("version")) return line;
  if (!finished) return line;
  if (auto arity = check_arity(*line.command, line.arguments)) return wrong(std::move(*arity));
  return line;
}

}  // namespace

std::span<const Option> global_options() {
  return globals;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  return parse({argv + std::min(argc, 1), argv + argc}, true);
}

CommandLine parse_unfinished(std::vector<std::string> words) {
  return parse(std::move(words), false);
}

}  // namespace msn::msnc
