// SPDX-License-Identifier: MIT
// What works without a daemon, and settings from the environment.
#include "tests/cmd_msnc/exchange.hpp"

#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

// The arguments that `msnc help WORD...` gives to man, by a man that prints them. msnc replaces
// itself by man, so it runs in a child process.
std::string man_arguments(const Words& words) {
  const test::TempDir dir;
  std::ofstream(dir / "man") << "#!/bin/sh\necho \"$*\" >>" << dir / "log"
                             << "\n";
  REQUIRE(::chmod((dir / "man").c_str(), 0700) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Words all{"help"};
    all.insert(all.end(), words.begin(), words.end());
    (void)run(all, {{"PATH", dir.path()}});
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  std::ifstream log(dir / "log");
  std::string asked, opened, more;
  std::getline(log, asked);
  std::getline(log, opened);
  CHECK(asked == "-w " + opened);
  CHECK_FALSE(std::getline(log, more));
  return opened;
}

}  // namespace

TEST_CASE("environment variables set options, and options on the command line override them") {
  ScriptedDaemon daemon(Script{{"GETCL\n", "CL 0\n"}, {"GETCL\n", "CL 0\n"}});
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}}).status == 0);
  CHECK(run({"contacts", "-s", daemon.socket()},
            {{"MSNC_SOCKET", "/nonexistent"}, {"MSNC_TIMEOUT", "5"}})
            .status == 0);
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}, {"MSNC_TIMEOUT", "x"}}).status == 2);
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}, {"MSNC_CONFIG", "/nonexistent"}})
            .status == 2);
  CHECK(daemon.received() == "GETCL\nGETCL\n");
}

TEST_CASE("without a command the short help is printed on stderr") {
  Ran ran = run({});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Contains("Usage:\n  msnc"));
  ran = run({"-j"});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains(R"({"error":{"code":"usage")"));
}

TEST_CASE("help and version need no daemon") {
  for (const Words& words : std::vector<Words>{
           {"-h"}, {"poll", "--help"}, {"send", "-h"}, {"-V"}, {"schema"}, {"completion", "zsh"}}) {
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    CHECK_FALSE(ran.out.empty());
    CHECK(ran.err.empty());
  }
  CHECK_THAT(run({"--version"}).out, Matches(R"(msnc [0-9]+\.[0-9]+\.[0-9]+\n)"));
  // Without man, the short help is printed.
  CHECK(run({"help", "send"}, {{"PATH", "/nonexistent"}}).out == run({"send", "-h"}).out);
}

TEST_CASE("help opens the page of a command or of a topic") {
  CHECK(man_arguments({}) == "1 msnc");
  CHECK(man_arguments({"send"}) == "1 msnc-send");
  CHECK(man_arguments({"ls"}) == "1 msnc-contacts");
  CHECK(man_arguments({"json"}) == "7 msnc-json");
  CHECK(man_arguments({"exit-codes"}) == "1 msnc");
  CHECK(man_arguments({"config"}) == "5 msnc");
  CHECK(man_arguments({"protocol"}) == "7 msncd-protocol");
  CHECK(man_arguments({"msncd"}) == "8 msncd");
}

TEST_CASE("help of an unknown word names a similar one or the topics") {
  Ran ran = run({"help", "jsn"});
  CHECK(ran.status == 2);
  CHECK(ran.err ==
        "msnc: help: no command or topic is called 'jsn'; did you mean 'json'?\n"
        "      see: msnc help --help\n");
  ran = run({"help", "frobnicate"});
  CHECK(ran.status == 2);
  CHECK(ran.err ==
        "msnc: help: no command or topic is called 'frobnicate'; commands: msnc --help; topics: "
        "config, exit-codes, json, msncd, protocol\n"
        "      see: msnc help --help\n");
}

TEST_CASE("a topic without its manual page is an error") {
  const Ran ran = run({"help", "json"}, {{"PATH", "/nonexistent"}});
  CHECK(ran.status == 1);
  CHECK(ran.err ==
        "msnc: cannot show the manual page msnc-json(7): install man and the manual pages of "
        "msnc\n");
}

TEST_CASE("for an unknown command a similar one is suggested") {
  Ran ran = run({"pol"});
  CHECK(ran.status == 2);
  CHECK(ran.err == "msnc: unknown command 'pol'; did you mean 'poll'?\n      see: msnc --help\n");
  for (const Words& words : {Words{"pol", "--json"}, Words{"pol", "x", "-j", "--", "y"}})
    CHECK_THAT(run(words).err, Matches(R"(\{"error":\{"code":"usage",.*"command":"pol",.*\}\}\n)"));
  CHECK(run({"pol", "--", "--json"}).err == ran.err);
  ran = run({"-j", "x/../../bin/true"});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains(R"("command":"x/../../bin/true")"));
}
