// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli.hpp"

#include "core/base/text.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace {

using namespace msn;
using namespace msn::msnc;

CommandLine parse(std::vector<std::string> words) {
  std::vector<const char*> argv{"msnc"};
  for (const auto& word : words) argv.push_back(word.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::string error_of(std::vector<std::string> words) {
  const auto line = parse(std::move(words));
  return line.error ? line.error->message : "";
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("global options can be given before and after the command") {
  for (const auto& words : std::vector<Words>{{"-a", "work", "--json", "poll", "--max", "3"},
                                              {"poll", "--max", "3", "-j", "-a", "work"},
                                              {"-ja", "work", "poll", "--max=3"},
                                              {"--account=work", "poll", "-j", "--max", "3"},
                                              {"poll", "-jawork", "--max", "3"}}) {
    const auto line = parse(words);
    REQUIRE_FALSE(line.error);
    REQUIRE(line.command != nullptr);
    CHECK(line.command->name == "poll");
    CHECK(line.json);
    CHECK(line.arguments.has("json"));
    CHECK(line.arguments.value("account") == "work");
    CHECK(line.arguments.value("max") == "3");
    CHECK(line.arguments.words.empty());
  }
}

TEST_CASE("every option of every command is parsed by each of its names") {
  const auto check = [](std::string_view command, const Option& option, bool is_global) {
    for (const auto name : split(option.names, ',')) {
      CAPTURE(command, name);
      if (is_global && command == "log" && name == "-n") continue;  // a number
      Words words{std::string(command)};
      const bool answers = option.key() == "help" || option.key() == "version";
      for (const auto& argument : find_command(command)->arguments)
        if (argument.required && !answers) words.emplace_back("x");
      words.emplace_back(name);
      if (option.takes_value()) words.emplace_back("VALUE");
      const auto line = parse(words);
      REQUIRE_FALSE(line.error);
      if (option.kind == Option::Kind::rest) {
        CHECK(line.rest == Words{"VALUE"});
      } else {
        CHECK(line.arguments.has(option.key()));
        if (option.takes_value()) CHECK(line.arguments.value(option.key()) == "VALUE");
      }
    }
  };
  for (const Command* command : commands()) {
    for (const auto& option : command->options) check(command->name, option, false);
    for (const auto& option : global_options()) check(command->name, option, true);
  }
}

TEST_CASE("option names are unique within a command and the global options") {
  for (const Command* command : commands()) {
    std::set<std::string_view> names, keys;
    const auto add = [&](std::span<const Option> options) {
      for (const auto& option : options) {
        CAPTURE(command->name, option.names);
        for (const auto name : split(option.names, ','))
          CHECK((names.insert(name).second || (command->name == "log" && name == "-n")));
        CHECK(keys.insert(option.key()).second);
        CHECK(option.takes_value() == !option.value.empty());
        CHECK_FALSE(option.help.empty());
      }
    };
    add(global_options());
    add(command->options);
  }
}

TEST_CASE("the option -n is a number of events after log and a dry run elsewhere") {
  for (const auto& words : std::vector<Words>{
           {"log", "-n", "5"}, {"log", "-n5"}, {"log", "--max", "5"}, {"log", "-en", "5", "-j"}}) {
    CAPTURE(words);
    const auto line = parse(words);
    CHECK_FALSE(line.error);
    CHECK(line.arguments.value("max") == "5");
    CHECK_FALSE(line.arguments.has("dry-run"));
  }
  const auto line = parse({"-n", "log", "-n", "5", "--json"});
  CHECK(line.arguments.has("dry-run"));
  CHECK(line.arguments.has("json"));
  CHECK(line.arguments.value("max") == "5");
  CHECK(parse({"log", "--dry-run"}).arguments.has("dry-run"));
  CHECK(parse({"poll", "-n"}).arguments.has("dry-run"));
}

TEST_CASE("a command is found by its name or alias but not by a prefix") {
  CHECK(find_command("ls") == find_command("contacts"));
  CHECK(find_command("rm") == find_command("del"));
  CHECK(find_command("con") == nullptr);
  CHECK(find_command("") == nullptr);
  for (const Command* command : commands()) CHECK(find_command(command->name) == command);
}

TEST_CASE("the words of a text are kept as typed") {
  const auto words = [](const Words& text) {
    Words all{"send", "bob@x"};
    all.insert(all.end(), text.begin(), text.end());
    const auto line = parse(all);
    CHECK_FALSE(line.error);
    return line.arguments.words;
  };
  CHECK(words({"poll", "send", "help"}) == Words{"bob@x", "poll", "send", "help"});
  CHECK(words({"[a,b]", "", "{x}", "a=b", "++"}) ==
        Words{"bob@x", "[a,b]", "", "{x}", "a=b", "++"});
  CHECK(words({"--", "-x", "--json", "--", "-"}) == Words{"bob@x", "-x", "--json", "--", "-"});
  CHECK(words({"try", "git", "checkout", "--", "file"}) ==
        Words{"bob@x", "try", "git", "checkout", "--", "file"});
  CHECK(words({"see", "man", "page", "--"}) == Words{"bob@x", "see", "man", "page", "--"});
  CHECK(parse({"nick", "a", "--", "b"}).arguments.words == Words{"a", "--", "b"});
  CHECK(parse({"send", "--to", "bob@x", "--", "-x", "--"}).arguments.words == Words{"-x", "--"});
  CHECK(parse({"send", "--", "bob@x", "-x"}).arguments.words == Words{"bob@x", "-x"});
  CHECK(parse({"del", "--", "-x"}).arguments.words == Words{"-x"});
  CHECK(words({"-"}) == Words{"bob@x", "-"});
  CHECK(words({"-5", "degrees"}) == Words{"bob@x", "-5", "degrees"});
  CHECK(words({"-\xc3\xa4"}) == Words{"bob@x", "-\xc3\xa4"});
  CHECK(parse({"send", "--to", "a@x", "--to", "[b,c]", "hi"}).arguments.values("to") ==
        Words{"a@x", "[b,c]"});
}

TEST_CASE("options are allowed before a text and after a text of one word") {
  for (const auto& words : std::vector<Words>{{"send", "bob@x", "coffee now", "-q"},
                                              {"send", "bob@x", "-5", "-q"},
                                              {"send", "bob@x", "-q", "two", "words"},
                                              {"send", "-q", "bob@x", "two", "words"},
                                              {"send", "--to", "bob@x", "text", "-q"},
                                              {"nick", "Team", "-q"}}) {
    CAPTURE(words);
    const auto line = parse(words);
    CHECK_FALSE(line.error);
    CHECK(line.arguments.has("quiet"));
  }
  const std::string why =
      " is inside a text of several words: if it is part of the text, quote the text or put -- "
      "before it; if it is an option, put it before the text";
  CHECK(error_of({"send", "bob@x", "use", "echo", "-n", "here"}) == "'-n'" + why);
  CHECK(error_of({"send", "bob@x", "ssh", "to", "-a", "work"}) == "'-a'" + why);
  CHECK(error_of({"send", "bob@x", "the", "price", "-V"}) == "'-V'" + why);
  CHECK(error_of({"send", "bob@x", "-5", "-j", "outside"}) == "'-j'" + why);
  CHECK(error_of({"send", "bob@x", "hi", "-q", "--", "there"}) == "'-q'" + why);
  CHECK(error_of({"send", "--to", "bob@x", "hi", "there", "--json"}) == "'--json'" + why);
  CHECK(error_of({"send", "bob@x", "--to", "a@x", "hi"}) == "'--to'" + why);
  CHECK(error_of({"nick", "Dr", "-n", "Strange"}) == "'-n'" + why);
  CHECK(error_of({"ren", "x@y", "Mr", "-V", "X"}) == "'-V'" + why);
  CHECK(error_of({"add", "x@y", "Mrs", "Y", "-n"}) == "'-n'" + why);
  CHECK(error_of({"raw", "GETCL", "-j", "x"}) == "'-j'" + why);
}

TEST_CASE("a word that is only partly options is refused") {
  for (const char* word : {"-n,", "-n5", "-qn5", "-V1", "-h.", "-j-", "-q'", "-nö", "-v\xff"}) {
    CAPTURE(word);
    const auto why = "unknown option '" + visible(word) + "'";
    const auto advice = why + "; if it is part of a text, put -- before the text";
    CHECK(error_of({"send", "bob@x", "use", "echo", word, "then", "go"}) == advice);
    CHECK(error_of({"send", "bob@x", "hi", word}) == advice);
    CHECK(error_of({"send", "bob@x", word}) == advice);
    CHECK(error_of({"nick", "Dr", word}) == advice);
    CHECK(error_of({"poll", word}) == why);
    CHECK(error_of({word, "poll"}) == why);
  }
  CHECK(parse({"-jawork", "poll", "-et5"}).arguments.value("timeout") == "5");
}

TEST_CASE("the options -h and -V are refused after a text") {
  for (const auto& words : std::vector<Words>{{"send", "bob@x", "price", "-V"},
                                              {"send", "bob@x", "price", "-qV"},
                                              {"send", "--to", "bob@x", "price", "-h"},
                                              {"nick", "Team", "-h"},
                                              {"raw", "GETCL", "-V"},
                                              {"ren", "x@y", "Mr", "-V"},
                                              {"add", "x@y", "Mrs", "-h"}}) {
    CAPTURE(words);
    CHECK(error_of(words) == "'" + words.back() +
                                 "' may be part of the text before it: if it is, quote the text "
                                 "or put -- before it; if not, use --help or --version");
  }
  for (const auto& words : std::vector<Words>{{"send", "bob@x", "price", "--version"},
                                              {"send", "bob@x", "price", "-q", "--help"},
                                              {"send", "bob@x", "-V"},
                                              {"send", "-h", "bob@x", "price"},
                                              {"-V", "send", "bob@x", "price"},
                                              {"ren", "x@y", "-h"},
                                              {"del", "x@y", "-h"}}) {
    CAPTURE(words);
    const auto line = parse(words);
    CHECK_FALSE(line.error);
    CHECK(line.arguments.has("help") + line.arguments.has("version") == 1);
  }
}

TEST_CASE("a hyphen after -- is a text") {
  CHECK(parse({"send", "bob@x", "-"}).arguments.names_input(1));
  CHECK_FALSE(parse({"send", "bob@x", "--", "-"}).arguments.names_input(1));
}

TEST_CASE("after -- before the command all words are arguments") {
  const auto line = parse({"-j", "--", "send", "bob@x", "-q", "--", "x"});
  REQUIRE_FALSE(line.error);
  CHECK(line.command == find_command("send"));
  CHECK(line.json);
  CHECK(line.arguments.words == Words{"bob@x", "-q", "--", "x"});
}

TEST_CASE("all words after --exec are for its program") {
  auto line =
      parse({"watch", "--queue", "bot", "--exec", "./answer", "-j", "--max", "x", "--", "-"});
  REQUIRE_FALSE(line.error);
  CHECK(line.rest == Words{"./answer", "-j", "--max", "x", "--", "-"});
  CHECK_FALSE(line.json);
  CHECK(line.arguments.value("queue") == "bot");
  line = parse({"watch", "--exec=cat", "-n"});
  CHECK(line.rest == Words{"cat", "-n"});
  CHECK(error_of({"watch", "--exec"}) == "--exec needs a program to run");
}

TEST_CASE("all words after an external command are for it") {
  const auto line = parse({"-a", "work", "frob", "-x", "--json", "y"});
  CHECK_FALSE(line.error);
  CHECK(line.command == nullptr);
  CHECK(line.word == "frob");
  CHECK(line.rest == Words{"-x", "--json", "y"});
  CHECK(line.arguments.value("account") == "work");
  CHECK_FALSE(line.json);
}

TEST_CASE("the last value of a repeated option counts") {
  CHECK(parse({"-a", "x", "poll", "-a", "y"}).arguments.value("account") == "y");
}

TEST_CASE("each mistake in a command line has its message") {
  CHECK(error_of({"poll", "--jsn"}) == "unknown option '--jsn'; did you mean '--json'?");
  CHECK(error_of({"poll", "--frobnicate=3"}) == "unknown option '--frobnicate'");
  CHECK(error_of({"poll", "-x"}) == "unknown option '-x'");
  CHECK(error_of({"poll", "-jx"}) == "unknown option '-jx'");
  CHECK(error_of({"poll", "-5"}) == "poll: unexpected argument '-5'");
  CHECK(error_of({"poll", "--\x1b[m"}) == "unknown option '--\\x1b[m'");
  // For a command with a text, the message says how to send a text that begins with a hyphen.
  const std::string before_text = "; if it is part of a text, put -- before the text";
  CHECK(error_of({"send", "x", "-y"}) == "unknown option '-y'" + before_text);
  CHECK(error_of({"send", "x", "-e"}) == "unknown option '-e'" + before_text);
  CHECK(error_of({"send", "x", "--splt"}) ==
        "unknown option '--splt'; did you mean '--split'?" + before_text);
  CHECK(error_of({"nick", "-x"}) == "unknown option '-x'" + before_text);
  // An option of another command, or before its command.
  CHECK(error_of({"ping", "-e"}) ==
        "option '-e' is only for accounts, contacts, log, poll and watch");
  CHECK(error_of({"--peek", "poll"}) == "option '--peek' must come after 'poll'");
  CHECK(error_of({"poll", "--max"}) == "--max needs a value");
  CHECK(error_of({"log", "-n"}) == "-n needs a value");
  CHECK(error_of({"log", "--max"}) == "--max needs a value");
  CHECK(error_of({"poll", "--json=0"}) == "--json takes no value");
  CHECK(error_of({"poll", "now"}) == "poll: unexpected argument 'now'");
  CHECK(error_of({"del"}) == "del: WHO is missing");
  CHECK(error_of({"ren", "bob@x"}) == "ren: NICK is missing");
  CHECK(error_of({"status", "away", "now"}) == "status: unexpected argument 'now'");
  // The option is not taken for a command, and the error is JSON if --json was given.
  CHECK(parse({"--wait", "3", "poll", "--json"}).word.empty());
  CHECK(parse({"--wait", "3", "poll", "--json"}).json);
  CHECK(parse({"poll", "-j", "--frob"}).json);
}

TEST_CASE("the option -h needs no arguments but does not hide an unknown option") {
  CHECK_FALSE(parse({"del", "-h"}).error);
  CHECK(parse({"del", "-h"}).arguments.has("help"));
  CHECK(parse({"del", "-h", "--frob"}).error);
}
