// SPDX-License-Identifier: MIT
#include "cmd/msnc/completion.hpp"

#include "cmd/msnc/kinds.hpp"
#include "core/base/text.hpp"
#include "core/model/status.hpp"

#include <algorithm>

namespace msn::msnc {
namespace {

class Completer {
 public:
  explicit Completer(const LiveWords& live) : live_(live) {}

  Completion run(const std::vector<std::string>& words) {
    const std::string current = words.empty() ? "" : words.back();
    const Option* waiting = nullptr;  // an option whose value comes next
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string& word = words[i];
      if (waiting != nullptr) {
        waiting = nullptr;
      } else if (word == "--") {
        only_arguments_ = true;
      } else if (!only_arguments_ && word.size() > 1 && word[0] == '-') {
        waiting = value_expected_by(word);
        if (waiting != nullptr && waiting->kind == Option::Kind::rest && i + 2 < words.size()) {
          result_.files = true;  // an argument of another program
          return result_;
        }
      } else if (command_ == nullptr) {
        command_ = find_command(word);
        if (command_ == nullptr) {
          result_.files = true;  // an external one: we know nothing of its words
          return result_;
        }
      } else {
        ++arguments_;
      }
    }
    if (waiting != nullptr)
      offer(waiting->offer, current);
    else if (!only_arguments_ && current.starts_with("--") && current.find('=') != current.npos)
      value_behind_equals(current);
    else if (!only_arguments_ && current.starts_with('-'))
      options(current);
    else if (command_ == nullptr)
      offer(Offer::command, current);
    else
      argument(current);
    return result_;
  }

 private:
  const Option* find(std::string_view name) const {
    const auto in = [&](std::span<const Option> options) -> const Option* {
      for (const auto& option : options)
        for (const auto part : split(option.names, ','))
          if (part == name) return &option;
      return nullptr;
    };
    const Option* option = command_ != nullptr ? in(command_->options) : nullptr;
    return option != nullptr ? option : in(global_options());
  }

  const Option* value_expected_by(std::string_view word) {
    if (word.starts_with("--")) {
      const Option* option = find(word);  // with "=" it is not found, and has its value
      return option != nullptr && option->takes_value() ? option : nullptr;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Option* option = find(std::string{'-', word[i]});
      if (option != nullptr && option->takes_value())
        return i + 1 == word.size() ? option : nullptr;
    }
    return nullptr;
  }

  void add(std::string word, std::string about, std::string_view current) {
    if (std::string_view(word).starts_with(current))
      result_.candidates.push_back({std::move(word), std::move(about)});
  }

  void options(std::string_view current) {
    const auto add_all = [&](std::span<const Option> options) {
      for (const auto& option : options)
        for (const auto name : split(option.names, ','))
          if (name.starts_with("--") || current.size() < 2 || option.names.size() == 2)
            add(std::string(name), std::string(option.help), current);
    };
    if (command_ != nullptr) add_all(command_->options);
    add_all(global_options());
  }

  void value_behind_equals(const std::string& current) {
    const auto equals = current.find('=');
    const Option* option = find(current.substr(0, equals));
    if (option == nullptr) return;
    offer(option->offer, current.substr(equals + 1));
    for (auto& candidate : result_.candidates)
      candidate.word.insert(0, current.substr(0, equals + 1));
  }

  void argument(std::string_view current) {
    const auto arguments = command_->arguments;
    if (arguments.empty()) return;
    if (arguments_ < arguments.size())
      offer(arguments[arguments_].offer, current);
    else if (arguments.back().many)
      offer(arguments.back().offer, current);
  }

  // The last of several words that are separated by commas.
  void kinds_behind_commas(std::string_view current) {
    const auto comma = current.rfind(',');
    const std::string before(current.substr(0, comma == current.npos ? 0 : comma + 1));
    for (const auto& kind : kinds())
      if (!kind.keyword.empty()) add(before + std::string(kind.name), {}, current);
  }

  void offer(Offer what, std::string_view current) {
    const auto words = [&](std::initializer_list<const char*> list) {
      for (const auto* word : list) add(word, {}, current);
    };
    switch (what) {
      case Offer::nothing:
        return;
      case Offer::file:
        result_.files = true;
        return;
      case Offer::program:
        result_.programs = true;
        return;
      case Offer::status:
        for (const auto& status : model::statuses()) add(std::string(status.name), {}, current);
        return;
      case Offer::kind:
        return kinds_behind_commas(current);
      case Offer::color:
        return words({"auto", "always", "never"});
      case Offer::yes_no:
        return words({"yes", "no"});
      case Offer::shell:
        return words({"bash", "zsh", "fish"});
      case Offer::queue_verb:
        return words({"new", "rm", "ls"});
      case Offer::command:
        for (const Command* command : commands())
          if (!command->hidden)
            add(std::string(command->name), std::string(command->summary), current);
        return;
      case Offer::address:
      case Offer::contact:
      case Offer::asking:
      case Offer::queue:
      case Offer::own_queue:
      case Offer::account:
        for (auto& [word, about] : live_(what)) add(std::move(word), std::move(about), current);
        return;
    }
  }

  const LiveWords& live_;
  const Command* command_ = nullptr;
  std::size_t arguments_ = 0;
  bool only_arguments_ = false;
  Completion result_;
};

}  // namespace

Completion complete(const std::vector<std::string>& words, const LiveWords& live) {
  return Completer(live).run(words);
}

}  // namespace msn::msnc
