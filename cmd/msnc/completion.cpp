// SPDX-License-Identifier: MIT
#include "cmd/msnc/completion.hpp"

#include "cmd/msnc/cli.hpp"
#include "cmd/msnc/help.hpp"
#include "cmd/msnc/kinds.hpp"
#include "core/base/text.hpp"
#include "core/model/status.hpp"

#include <algorithm>

namespace msn::msnc {
namespace {

// A placeholder for the word that is completed. It cannot be typed.
constexpr std::string_view probe = "\x01";

// What the parser takes a word for.
struct Place {
  enum class Kind { nothing, command, value, argument, program, file };
  Kind kind = Kind::nothing;
  Offer offer = Offer::nothing;  // of a value or an argument
};

CommandLine parse_with(std::vector<std::string> words, std::string last) {
  words.push_back(std::move(last));
  return parse_unfinished(std::move(words));
}

// What the parser takes the probe for, when the line ends with `word` and the probe.
Place find_place(const std::vector<std::string>& before, const std::string& word = {}) {
  using Kind = Place::Kind;
  const CommandLine line = parse_with(before, word + std::string(probe));
  if (line.error) return {};
  if (line.word == probe) return {Kind::command};
  // The arguments of an external command are not known.
  if (!line.word.empty() && line.command == nullptr) return {Kind::file};
  if (!line.rest.empty()) return {line.rest[0] == probe ? Kind::program : Kind::file};
  const auto takes_it = [&](const Option& option) {
    const auto values = line.arguments.values(option.key());
    return std::find(values.begin(), values.end(), probe) != values.end();
  };
  for (const auto options :
       {global_options(), line.command ? line.command->options : std::span<const Option>{}}) {
    const auto option = std::find_if(options.begin(), options.end(), takes_it);
    if (option != options.end()) return {Kind::value, option->offer};
  }
  const auto& words = line.arguments.words;
  if (line.command == nullptr || words.empty() || words.back() != probe) return {};
  std::size_t at = words.size() - 1;
  for (const auto& argument : line.command->arguments) {
    if (!argument.unless.empty() && line.arguments.has(argument.unless)) continue;
    if (argument.many || at == 0) return {Kind::argument, argument.offer};
    --at;
  }
  return {};
}

class Completer {
 public:
  Completer(std::string current, const LiveWords& live)
      : current_(std::move(current)), live_(live) {}

  Completion run(const std::vector<std::string>& before) {
    if (!current_.starts_with('-') || !option(before)) offer(find_place(before));
    return std::move(result_);
  }

 private:
  // Completes the word as an option; false if no option can be there.
  bool option(const std::vector<std::string>& before) {
    const CommandLine line = parse_with(before, "--help");
    if (line.error || !line.arguments.has("help")) return false;
    // An option with its value in the same word: "--only=me", "-ame", "-jame".
    const auto equals = current_.find('=');
    if (current_.starts_with("--") && equals != current_.npos) {
      value_after(before, equals + 1);
      return true;
    }
    for (std::size_t size = 2; current_[1] != '-' && size < current_.size(); ++size)
      if (value_after(before, size)) return true;
    const auto add_all = [&](std::span<const Option> options) {
      for (const auto& one : options)
        for (const auto name : split(one.names, ','))
          if (name.starts_with("--") || current_.size() < 2 || one.names.size() == 2)
            add(std::string(name), std::string(one.help));
    };
    if (line.command != nullptr) add_all(line.command->options);
    add_all(global_options());
    return true;
  }

  // If the first `size` characters of the word are an option with a value: completes the value.
  bool value_after(const std::vector<std::string>& before, std::size_t size) {
    const Place place = find_place(before, current_.substr(0, size));
    if (place.kind != Place::Kind::value && place.kind != Place::Kind::program) return false;
    result_.before = current_.substr(0, size);
    current_.erase(0, size);
    offer(place);
    for (auto& candidate : result_.candidates) candidate.word.insert(0, result_.before);
    return true;
  }

  void offer(Place place) {
    switch (place.kind) {
      case Place::Kind::nothing:
        return;
      case Place::Kind::command:
        return offer(Offer::command);
      case Place::Kind::value:
      case Place::Kind::argument:
        return offer(place.offer);
      case Place::Kind::program:
        return offer(Offer::program);
      case Place::Kind::file:
        return offer(Offer::file);
    }
  }

  void add(std::string word, std::string about) {
    auto& candidates = result_.candidates;
    const bool known = std::any_of(candidates.begin(), candidates.end(),
                                   [&](const Candidate& one) { return one.word == word; });
    if (!known && std::string_view(word).starts_with(current_))
      candidates.push_back({std::move(word), std::move(about)});
  }

  // Completes the last of several kinds that are separated by commas.
  void add_kinds() {
    const auto comma = current_.rfind(',');
    const std::string before = current_.substr(0, comma == current_.npos ? 0 : comma + 1);
    for (const auto& kind : kinds())
      if (!kind.keyword.empty()) add(before + std::string(kind.name), {});
  }

  void offer(Offer what) {
    const auto words = [&](std::initializer_list<const char*> list) {
      for (const auto* word : list) add(word, {});
    };
    switch (what) {
      case Offer::nothing:
        return;
      case Offer::file:
        for (const std::string_view kind : {"unix:", "fifo:"})
          if (current_.starts_with(kind)) result_.before += kind;
        result_.files = true;
        return;
      case Offer::program:
        result_.programs = true;
        return;
      case Offer::status:
        for (const auto& status : model::statuses()) add(std::string(status.name), {});
        return;
      case Offer::kind:
        return add_kinds();
      case Offer::color:
        return words({"auto", "always", "never"});
      case Offer::yes_no:
        return words({"yes", "no"});
      case Offer::one_zero:
        return words({"1", "0"});
      case Offer::shell:
        return words({"bash", "zsh", "fish"});
      case Offer::queue_verb:
        return words({"new", "rm", "ls"});
      case Offer::on_failure:
        return words({"stop", "skip", "retry"});
      case Offer::cursor:
        return words({"oldest"});
      case Offer::start:
        return words({"oldest", "now"});
      case Offer::command:
        for (const Command* command : commands())
          if (!command->hidden) add(std::string(command->name), std::string(command->summary));
        return;
      case Offer::manual:
        offer(Offer::command);
        for (const auto& topic : help_topics())
          add(std::string(topic.name), std::string(topic.summary));
        return;
      case Offer::address:
      case Offer::contact:
      case Offer::asking:
      case Offer::queue:
      case Offer::own_queue:
      case Offer::account:
      case Offer::own_address:
        for (auto& [word, about] : live_(what))
          // A nick that other users have chosen must not be inserted as an option.
          if (word == "-" || !word.starts_with('-')) add(std::move(word), std::move(about));
        return;
    }
  }

  std::string current_;
  const LiveWords& live_;
  Completion result_;
};

}  // namespace

Completion complete(const std::vector<std::string>& words, const LiveWords& live) {
  if (words.empty()) return Completer({}, live).run({});
  return Completer(words.back(), live).run({words.begin(), words.end() - 1});
}

}  // namespace msn::msnc
