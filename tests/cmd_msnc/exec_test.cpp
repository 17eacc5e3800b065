// SPDX-License-Identifier: MIT
#include "cmd/msnc/exec.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace msn;
using namespace msn::msnc;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// As in main(): a program need not read its input.
[[maybe_unused]] const auto ignored = std::signal(SIGPIPE, SIG_IGN);

Result<std::string> shell(const std::string& script, const EventInput& input) {
  return run_for_event({"/bin/sh", "-c", script}, input);
}

}  // namespace

TEST_CASE("a program gets the event on its input and in its environment") {
  const test::TempDir dir;
  const model::StampedEvent event{{Time(std::chrono::milliseconds(1795359845123)), 5},
                                  model::Message{"bob@x", {}, "two\nlines ☺", std::nullopt},
                                  "Zoë 100% ☺"};
  const auto input = event_input(event, "work");
  ::setenv("MSNC_TEXT", "of a former event", 1);
  ::setenv("MSNC_NICK", "of a former event", 1);
  const auto result = shell(
      "cat >" + (dir / "json") +
          "; printf '%s|%s|%s|' \"$MSNC_EVENT\" \"$MSNC_EMAIL\" \"$MSNC_TEXT\" >" + (dir / "env") +
          "; printf '%s|%s|%s' \"$MSNC_NICK\" \"$MSNC_TIME\" \"$MSNC_CURSOR\" >>" + (dir / "env"),
      input);
  ::unsetenv("MSNC_TEXT");
  ::unsetenv("MSNC_NICK");
  REQUIRE(result);
  CHECK(result->empty());
  CHECK(content(dir / "env") == "message|bob@x|two\nlines ☺|Zoë 100% ☺|2026-11-22T15:04:05.123Z|5");
  CHECK(
      content(dir / "json") ==
      R"({"event":"message","time":"2026-11-22T15:04:05.123Z","cursor":"5","account":"work","email":"bob@x","nick":"Zoë 100% ☺",)"
      R"("text":"two\nlines ☺","content_type":null,"headers":{},"text_base64":null})"
      "\n");
}

TEST_CASE("variables are empty if the event has no contact or text") {
  const test::TempDir dir;
  const auto input = event_input({{}, model::Opened{}}, "default");
  REQUIRE(shell("printf '%s|%s|%s' \"$MSNC_EVENT\" \"$MSNC_EMAIL\" \"${MSNC_TEXT-unset}\" >" +
                    (dir / "env") +
                    "; printf '%s%s%s' \"${MSNC_NICK-unset}\" \"${MSNC_TIME-unset}\" "
                    "\"${MSNC_CURSOR-unset}\" >>" +
                    (dir / "env"),
                input));
  CHECK(content(dir / "env") == "opened||");
}

TEST_CASE("the exit status of the program is reported") {
  const EventInput input{"typing", "b@x", "", "{}\n"};
  CHECK(*shell("exit 0", input) == "");
  CHECK(*shell("exit 3", input) == "exit 3");
  CHECK(*shell("kill -KILL $$", input) == "signal 9");
}

TEST_CASE("a program need not read its input") {
  const EventInput input{"message", "b@x", "", std::string(300'000, 'x')};
  const test::TempDir dir;
  CHECK(*shell("exec <&-; exit 0", input) == "");
  CHECK(*shell("wc -c >" + (dir / "count"), input) == "");
  CHECK(std::stoi(content(dir / "count")) == 300'000);
}

TEST_CASE("no shell interprets the arguments") {
  const test::TempDir dir;
  const std::string program = dir / "print";
  std::ofstream(program) << "#!/bin/sh\nprintf '<%s>' \"$@\" >" << dir / "args"
                         << "\n";
  REQUIRE(::system(("chmod +x " + program).c_str()) == 0);
  CHECK(*run_for_event({program, "$HOME", "a b", "*", "--json"}, {"typing", "", "", "{}\n"}) == "");
  CHECK(content(dir / "args") == "<$HOME><a b><*><--json>");
}

TEST_CASE("a missing program is a usage error") {
  const auto result = run_for_event({"/no/such/program"}, {"typing", "", "", "{}\n"});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::usage);
}
