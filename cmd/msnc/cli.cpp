// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli.hpp"

#include "cmd/msnc/cli11.hpp"
#include "cmd/msnc/similar.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

using Kind = Option::Kind;

constexpr std::array globals{
    Option{"-j,--json", Kind::flag, "", "output for programs: one JSON document per line"},
    Option{"-a,--account", Kind::value, "NAME", "which daemon (default: default)", Offer::account},
    Option{"-s,--socket", Kind::value, "ADDR", "unix:PATH or a path; fifo:DIR; udp:127.0.0.1:3030",
           Offer::file},
    Option{"-t,--timeout", Kind::value, "SECS", "longest silence tolerated; 0: wait for ever"},
    Option{"-q,--quiet", Kind::flag, "", "actions print nothing; errors stay"},
    Option{"-v,--verbose", Kind::flag, "", "notes on stderr"},
    Option{"--trace", Kind::flag, "", "every line of the exchange on stderr"},
    Option{"-n,--dry-run", Kind::flag, "", "print what would be sent, send nothing"},
    Option{"--no-input", Kind::flag, "", "never ask"},
    Option{"--color", Kind::value, "WHEN", "auto, always or never", Offer::color},
    Option{"--autostart", Kind::flag, "", "start msncd if nobody listens"},
    Option{"--config", Kind::value, "FILE", "read this configuration", Offer::file},
    Option{"-V,--version", Kind::flag, "", "print the version"},
    Option{"-h,--help", Kind::flag, "", "print this help"},
};

bool has_name(const Option& option, std::string_view name) {
  for (const auto part : split(option.names, ','))
    if (part == name) return true;
  return false;
}

// One look over the words, before CLI11 is asked: where the command is, and which options it is
// worth declaring. Decides nothing else; what is wrong is found by CLI11.
class Scan {
 public:
  Scan(int argc, const char* const* argv) : words_(argv + std::min(argc, 1), argv + argc) {
    look();
  }

  std::optional<std::size_t> command_at;
  const Command* command = nullptr;
  std::vector<const Option*> named;       // each once
  std::optional<std::string> unknown;     // the first option that is not in the tables
  std::optional<std::size_t> rest_at;     // the word of --exec
  std::optional<std::size_t> early_mark;  // "--" before the command

  const std::vector<std::string>& words() const { return words_; }

 private:
  void look() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (word == "--") {
        if (command_at) return;
        early_mark = i;
        if (i + 1 < words_.size()) take_command(i + 1);
        return;
      }
      if (word.size() > 1 && word[0] == '-') {
        i += word[1] == '-' ? long_option(word) : short_options(word);
        if (last_ != nullptr && last_->kind == Kind::rest) {
          rest_at = &word - words_.data();
          return;
        }
      } else if (!command_at) {
        take_command(i);
        if (command == nullptr) return;  // not ours: all that follows is its own
      }
    }
  }

  void take_command(std::size_t at) {
    command_at = at;
    command = find_command(words_[at]);
  }

  const Option* find(std::string_view name) {
    last_ = nullptr;

    for (const auto& option : globals)
      if (has_name(option, name)) last_ = &option;
    if (command != nullptr)
      for (const auto& option : command->options)
        if (has_name(option, name)) last_ = &option;
    if (last_ == nullptr && !unknown) unknown = name;
    if (last_ != nullptr && std::find(named.begin(), named.end(), last_) == named.end())
      named.push_back(last_);
    return last_;
  }

  // Both return how many of the following words are the option's value.
  std::size_t long_option(std::string_view word) {
    const auto equals = word.find('=');
    const Option* option = find(word.substr(0, equals));
    return option != nullptr && option->takes_value() && equals == word.npos ? 1 : 0;
  }
  std::size_t short_options(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Option* option = find(std::string{'-', word[i]});
      if (option == nullptr) return 0;
      if (option->takes_value()) return i + 1 == word.size() ? 1 : 0;
    }
    return 0;
  }

  std::vector<std::string> words_;
  const Option* last_ = nullptr;
};

bool has_option(const Command& command, std::string_view name) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const Option& option) { return has_name(option, name); });
}

// "contacts, log and poll": who has an option of this name.
std::string owners_of(std::string_view name) {
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
  if (name.size() == 2) return std::nullopt;  // any letter is like any other
  std::vector<std::string_view> known;
  const auto learn = [&](std::span<const Option> options) {
    for (const auto& option : options)
      for (const auto part : split(option.names, ',')) known.push_back(part);
  };
  learn(globals);
  if (command != nullptr) learn(command->options);
  return most_similar(name, known);
}

std::string unknown_option(std::string_view name, const Command* command) {
  if (command != nullptr && has_option(*command, name))
    return "'" + visible(name) + "' goes behind " + std::string(command->name);
  std::string text = "unknown option '" + visible(name) + "'";
  const bool takes_text =
      command != nullptr && !command->arguments.empty() && command->arguments.back().many;
  if (const auto similar = similar_option(name, command))
    text += "; did you mean '" + std::string(*similar) + "'?";
  else if (const auto owners = owners_of(name); !takes_text && !owners.empty())
    text += "; it belongs to " + owners;
  if (takes_text) text += "; words that begin with - go behind --";
  return text;
}

// The error's message, or nothing.
std::optional<std::string> parse(std::vector<std::string> reversed, const Scan& scan,
                                 Arguments& arguments) {
  std::vector<const Option*> options = scan.named;
  std::erase_if(options, [](const Option* option) { return option->kind == Kind::rest; });
  auto wrong = parse_options(std::move(reversed), options, arguments);
  if (!wrong && scan.unknown) wrong = unknown_option(*scan.unknown, scan.command);
  return wrong;
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

}  // namespace

std::span<const Option> global_options() {
  return globals;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  const Scan scan(argc, argv);
  const auto& words = scan.words();
  CommandLine line;
  line.command = scan.command;
  if (scan.command_at) line.word = words[*scan.command_at];
  for (const Option* option : scan.named)
    if (option->key() == "json") line.json = true;

  // CLI11 gets all but the command's word and what belongs to another program.
  std::size_t end = words.size();
  if (scan.command_at && scan.command == nullptr) {
    end = *scan.command_at;
    line.rest.assign(words.begin() + static_cast<std::ptrdiff_t>(end) + 1, words.end());
  } else if (scan.rest_at) {
    end = *scan.rest_at;
    const std::string& option = words[end];
    if (const auto equals = option.find('='); equals != option.npos)
      line.rest.push_back(option.substr(equals + 1));
    line.rest.insert(line.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                     words.end());
    if (line.rest.empty()) {
      line.error = Error{ErrorCode::usage, option + " needs a program to run"};
      return line;
    }
  }
  std::vector<std::string> reversed;
  for (std::size_t i = end; i-- > 0;)
    if (i != scan.command_at && i != scan.early_mark) reversed.push_back(words[i]);
  if (scan.early_mark && scan.command_at && scan.command != nullptr) {
    // what followed an early mark and its command is positional
    const auto behind = words.size() - *scan.command_at - 1;
    reversed.insert(reversed.begin() + static_cast<std::ptrdiff_t>(behind), "--");
  }

  auto wrong = parse(std::move(reversed), scan, line.arguments);
  const bool asks_for_help = line.arguments.has("help") || line.arguments.has("version");
  if (!wrong && scan.command != nullptr && !asks_for_help)
    wrong = check_arity(*scan.command, line.arguments);
  if (wrong) line.error = Error{ErrorCode::usage, std::move(*wrong)};
  return line;
}

}  // namespace msn::msnc
