// SPDX-License-Identifier: MIT
#include "cmd/msnc/completion.hpp"

#include "cmd/msnc/scripts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace msn::msnc;

namespace {

std::vector<Candidate> live(Offer what) {
  switch (what) {
    case Offer::contact:
      return {{"bob@x", "Bob, online"}, {"Bob", "bob@x, online"}, {"eve@x", ""}};
    case Offer::address:
      return {{"bob@x", "Bob, online"}};
    case Offer::asking:
      return {{"eve@x", "Eve"}};
    case Offer::own_queue:
      return {{"bot", "0 waiting"}};
    case Offer::queue:
      return {{"-", "3 waiting"}, {"bot", "0 waiting"}};
    case Offer::account:
      return {{"work", ""}};
    default:
      FAIL("nobody else needs a daemon");
      return {};
  }
}

std::vector<std::string> words(std::vector<std::string> typed) {
  std::vector<std::string> result;
  const auto completion = complete(typed, live);
  for (const auto& candidate : completion.candidates) result.push_back(candidate.word);
  if (completion.files) result.emplace_back("<files>");
  if (completion.programs) result.emplace_back("<programs>");
  return result;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("commands are offered with their summaries, the hidden one is not") {
  CHECK(words({"pi"}) == Words{"ping"});
  CHECK(words({"co"}) == Words{"completion", "contacts"});
  CHECK(complete({"po"}, live).candidates[0].about == find_command("poll")->summary);
  const auto all = words({""});
  CHECK(all.size() == commands().size() - 1);
  CHECK(std::find(all.begin(), all.end(), "complete") == all.end());
  CHECK(words({}) == all);
}

TEST_CASE("options are the command's and the global ones") {
  CHECK(words({"poll", "--p"}) == Words{"--peek"});
  CHECK(words({"poll", "--max", "3", "--js"}) == Words{"--json"});
  CHECK(words({"--js"}) == Words{"--json"});
  const auto all = words({"poll", "-"});
  CHECK(std::find(all.begin(), all.end(), "-e") != all.end());
  CHECK(std::find(all.begin(), all.end(), "--autostart") != all.end());
}

TEST_CASE("live names stand where a contact, queue or account is wanted") {
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

TEST_CASE("a text is nobody's to complete") {
  CHECK(words({"send", "bob@x", ""}).empty());
  CHECK(words({"send", "bob@x", "hi", "p"}).empty());
  CHECK(words({"ping", ""}).empty());
  CHECK(words({"send", "--", "-"}).empty());
}

TEST_CASE("values that are a closed set are offered") {
  CHECK(words({"status", "b"}) == Words{"busy", "brb"});
  CHECK(words({"poll", "--only", "message,t"}) == Words{"message,typing"});
  CHECK(words({"poll", "--only=ga"}) == Words{"--only=gap"});
  CHECK(words({"--color", "a"}) == Words{"auto", "always"});
  CHECK(words({"--color=n"}) == Words{"--color=never"});
  CHECK(words({"priv", "--auth", ""}) == Words{"yes", "no"});
  CHECK(words({"queue", ""}) == Words{"new", "rm", "ls"});
  CHECK(words({"completion", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(words({"help", "sch"}) == Words{"schema"});
  CHECK(words({"poll", "--max", ""}).empty());
}

TEST_CASE("files and programs are the shell's own business") {
  CHECK(words({"--config", ""}) == Words{"<files>"});
  CHECK(words({"login", "--password-file", "x"}) == Words{"<files>"});
  CHECK(words({"watch", "--exec", "./a"}) == Words{"<programs>"});
  CHECK(words({"watch", "--exec", "cat", "x"}) == Words{"<files>"});
  CHECK(words({"frob", "x"}) == Words{"<files>"});
}

TEST_CASE("the scripts are built in") {
  CHECK(completion_script("bash").find("complete -F _msnc msnc") != std::string_view::npos);
  CHECK(completion_script("zsh").find("#compdef msnc") == 0);
  CHECK(completion_script("fish").find("complete -c msnc") != std::string_view::npos);
  CHECK(completion_script("tcsh").empty());
}
