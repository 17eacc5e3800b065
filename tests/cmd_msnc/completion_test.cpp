// SPDX-License-Identifier: MIT
#include "cmd/msnc/completion.hpp"

#include "cmd/msnc/bash_line.hpp"
#include "cmd/msnc/embedded.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace msn::msnc;

namespace {

std::vector<Candidate> live(Offer what) {
  switch (what) {
    case Offer::contact:
      return {{"bob@x", "Bob, online"},
              {"Bob", "bob@x, online"},
              {"eve@x", ""},
              {"-sudp:127.0.0.1:6666", "mallory@x, online"},
              {"--to", "mallory@x, online"}};
    case Offer::address:
      return {{"bob@x", "Bob, online"}};
    case Offer::asking:
      return {{"eve@x", "Eve"}};
    case Offer::own_queue:
      return {{"bot", "0 pending"}};
    case Offer::queue:
      return {{"-", "3 pending"}, {"bot", "0 pending"}};
    case Offer::account:
      return {{"work", ""}};
    case Offer::own_address:
      return {{"me@x", ""}};
    default:
      FAIL("no other candidates need a daemon");
      return {};
  }
}

std::vector<std::string> words(std::vector<std::string> typed) {
  std::vector<std::string> result;
  const auto completion = complete(typed, live);
  for (const auto& candidate : completion.candidates) result.push_back(candidate.word);
  if (completion.files) result.push_back(completion.before + "<files>");
  if (completion.programs) result.push_back(completion.before + "<programs>");
  return result;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("commands are offered with their summaries except for the hidden one") {
  CHECK(words({"pi"}) == Words{"ping"});
  CHECK(words({"co"}) == Words{"completion", "contacts"});
  CHECK(complete({"po"}, live).candidates[0].about == find_command("poll")->summary);
  const auto all = words({""});
  CHECK(all.size() == commands().size() - 1);
  CHECK(std::find(all.begin(), all.end(), "complete") == all.end());
  CHECK(words({}) == all);
}

TEST_CASE("the options of the command and the global options are offered") {
  CHECK(words({"poll", "--p"}) == Words{"--peek"});
  CHECK(words({"poll", "--max", "3", "--js"}) == Words{"--json"});
  CHECK(words({"--js"}) == Words{"--json"});
  const auto all = words({"poll", "-"});
  CHECK(std::find(all.begin(), all.end(), "-e") != all.end());
  CHECK(std::find(all.begin(), all.end(), "--autostart") != all.end());
  const auto of_log = words({"log", "-"});
  CHECK(std::count(of_log.begin(), of_log.end(), "-n") == 1);
  const auto candidates = complete({"log", "-"}, live).candidates;
  const auto number = std::find_if(candidates.begin(), candidates.end(),
                                   [](const Candidate& one) { return one.word == "-n"; });
  REQUIRE(number != candidates.end());
  CHECK(number->about == "show only the newest N events");
  CHECK(words({"watch", "--on-failure", ""}) == Words{"stop", "skip", "retry"});
  CHECK(words({"log", "--with", "B"}) == Words{"Bob"});
}

TEST_CASE("names of contacts and queues and accounts are offered") {
  CHECK(words({"send", ""}) == Words{"bob@x", "Bob", "eve@x"});
  CHECK(words({"send", "B"}) == Words{"Bob"});
  CHECK(words({"send", "--to", "e"}) == Words{"eve@x"});
  CHECK(words({"-j", "del", "bo"}) == Words{"bob@x"});
  CHECK(words({"rm", "bo"}) == Words{"bob@x"});
  CHECK(words({"unblock", ""}) == Words{"bob@x"});
  CHECK(words({"allow", ""}) == Words{"eve@x"});
  CHECK(words({"deny", ""}) == Words{"eve@x"});
  CHECK(words({"poll", "--queue", "b"}) == Words{"bot"});
  CHECK(words({"poll", "--queue", ""}) == Words{"-", "bot"});
  CHECK(words({"queue", "rm", ""}) == Words{"bot"});
  CHECK(words({"-a", ""}) == Words{"work"});
  CHECK(words({"poll", "-ja", "w"}) == Words{"work"});
}

TEST_CASE("nothing is offered for a text") {
  CHECK(words({"send", "bob@x", ""}).empty());
  CHECK(words({"send", "bob@x", "hi", "p"}).empty());
  CHECK(words({"ping", ""}).empty());
  CHECK(words({"send", "--", "-"}).empty());
}

TEST_CASE("values of a closed set are offered") {
  CHECK(words({"status", "b"}) == Words{"busy", "brb"});
  CHECK(words({"poll", "--only", "message,t"}) == Words{"message,typing"});
  CHECK(words({"poll", "--only=ga"}) == Words{"--only=gap"});
  CHECK(words({"--color", "a"}) == Words{"auto", "always"});
  CHECK(words({"--color=n"}) == Words{"--color=never"});
  CHECK(words({"priv", "--auth", ""}) == Words{"yes", "no"});
  CHECK(words({"queue", ""}) == Words{"new", "rm", "ls"});
  CHECK(words({"completion", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(words({"help", "sch"}) == Words{"schema"});
  CHECK(words({"help", "js"}) == Words{"json"});
  CHECK(words({"help", "msncd"}) == Words{"msncd"});
  CHECK(words({"help", "pro"}) == Words{"protocol"});
  CHECK(words({"priv", ""}) == Words{"1", "0"});
  CHECK(words({"priv", "1", ""}) == Words{"1", "0"});
  CHECK(words({"priv", "1", "0", ""}).empty());
  CHECK(words({"log", "--from", ""}) == Words{"oldest"});
  CHECK(words({"queue", "new", "bot", "--from="}) == Words{"--from=oldest", "--from=now"});
  CHECK(words({"poll", "--max", ""}).empty());
  CHECK(words({"login", ""}) == Words{"me@x"});
  CHECK(words({"add", ""}) == Words{"eve@x"});
}

TEST_CASE("a value in the same word as its option is completed") {
  CHECK(words({"--account=w"}) == Words{"--account=work"});
  CHECK(words({"-aw"}) == Words{"-awork"});
  CHECK(words({"-jqaw"}) == Words{"-jqawork"});
  CHECK(words({"send", "--to=B"}) == Words{"--to=Bob"});
  CHECK(words({"poll", "--queue="}) == Words{"--queue=-", "--queue=bot"});
  CHECK(words({"poll", "--only=message,ga"}) == Words{"--only=message,gap"});
  CHECK(words({"login", "--password-file=/etc/ho"}) == Words{"--password-file=<files>"});
  CHECK(words({"--socket=unix:/run/"}) == Words{"--socket=unix:<files>"});
  CHECK(words({"-s", "/run/"}) == Words{"<files>"});
  CHECK(words({"watch", "--exec=./a"}) == Words{"--exec=<programs>"});
  CHECK(words({"poll", "--peek=y"}).empty());
  CHECK(words({"poll", "--none=y"}).empty());
}

TEST_CASE("words that msnc would refuse are not offered") {
  // No option may stand in a text of several words.
  CHECK(words({"send", "bob@x", "hi", "--js"}) == Words{"--json"});
  CHECK(words({"send", "bob@x", "hi", "there", "--js"}).empty());
  CHECK(words({"send", "bob@x", "hi", "there", "--to", ""}).empty());
  CHECK(words({"poll", "--none", "--js"}).empty());
  CHECK(words({"--wait", ""}).empty());
  CHECK(words({"poll", "--only", "-"}).empty());
}

TEST_CASE("a name that begins with a hyphen is never offered") {
  for (const Words& line : {Words{"send", ""}, Words{"send", "-"}, Words{"send", "--to", ""},
                            Words{"send", "--to="}, Words{"info", ""}, Words{"info", "--", ""}})
    for (const auto& word : words(line)) {
      CHECK(word.find("udp") == word.npos);
      CHECK(word != "--to=--to");
    }
  CHECK(words({"info", "--", "-"}).empty());
}

TEST_CASE("names of files and programs are left to the shell") {
  CHECK(words({"--config", ""}) == Words{"<files>"});
  CHECK(words({"login", "--password-file", "x"}) == Words{"<files>"});
  CHECK(words({"watch", "--exec", "./a"}) == Words{"<programs>"});
  CHECK(words({"watch", "--exec", "cat", "x"}) == Words{"<files>"});
  CHECK(words({"frob", "x"}) == Words{"<files>"});
}

TEST_CASE("a line of bash is parsed as bash does and completed inside its quotes") {
  const auto continued = [](std::string_view line, std::string_view typed, std::string_view word) {
    const auto read = read_bash_line(line, typed);
    CHECK(std::string_view(word).starts_with(read.words.back()));
    return std::string(line.substr(0, line.size() - typed.size())) + bash_replacement(read, word);
  };
  CHECK(read_bash_line("msnc send ", "").words == Words{"msnc", "send", ""});
  CHECK(read_bash_line("msnc  'a b' \"c \\\"d\" e\\ f", "e\\ f").words ==
        Words{"msnc", "a b", "c \"d", "e f"});
  CHECK(read_bash_line("msnc poll 2>/dev/null --on", "--on").words ==
        Words{"msnc", "poll", "--on"});
  CHECK(read_bash_line("msnc poll > x", "x").redirects);
  CHECK(read_bash_line("msnc send '' ", "").words == Words{"msnc", "send", "", ""});
  CHECK(continued("msnc send C", "C", "Carol A") == "msnc send Carol\\ A");
  CHECK(continued("msnc send ", "", "Carol A") == "msnc send Carol\\ A");
  CHECK(continued("msnc send Carol\\ A", "Carol\\ A", "Carol Anders") ==
        "msnc send Carol\\ Anders");
  CHECK(continued("msnc send Carol\\", "Carol\\", "Carol A") == "msnc send Carol\\ A");
  CHECK(continued("msnc send \"Carol A", "Carol A", "Carol A$") == "msnc send \"Carol A\\$");
  CHECK(continued("msnc send \"Carol A", "\"Carol A", "Carol A$") == "msnc send Carol\\ A\\$");
  CHECK(continued("msnc send 'Car", "Car", "Carol's") == "msnc send 'Carol'\\''s");
  CHECK(continued("msnc send Ca\"rol ", "rol ", "Carol A") == "msnc send Ca\"rol A");
  CHECK(continued("msnc --color=al", "al", "--color=always") == "msnc --color=always");
  CHECK(continued("msnc --color=al", "--color=al", "--color=always") == "msnc --color=always");
  CHECK(continued("msnc send bob@ex", "@ex", "bob@example.org") == "msnc send bob@example.org");
  CHECK(continued("msnc poll --only message,s", "message,s", "message,status") ==
        "msnc poll --only message,status");
}

TEST_CASE("the completion scripts are compiled in") {
  CHECK(completion_script("bash").find("complete -F _msnc msnc") != std::string_view::npos);
  CHECK(completion_script("zsh").find("#compdef msnc") == 0);
  CHECK(completion_script("fish").find("complete -c msnc") != std::string_view::npos);
  CHECK(completion_script("tcsh").empty());
}
