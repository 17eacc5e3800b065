// SPDX-License-Identifier: MIT
#include "cmd/msncd/logging.hpp"

#include "core/base/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <optional>
#include <regex>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace msn;
using namespace msn::msncd;

namespace {

// What the action writes to standard error.
std::string errors_of(const std::function<void()>& action) {
  test::TempDir place;
  const UniqueFd saved(::dup(STDERR_FILENO));
  {
    const UniqueFd file(::open((place / "err").c_str(), O_WRONLY | O_CREAT, 0600));
    ::dup2(file.get(), STDERR_FILENO);
  }
  action();
  ::dup2(saved.get(), STDERR_FILENO);
  std::ostringstream text;
  text << std::ifstream(place / "err").rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a line on standard error has time, level and domain") {
  const auto text = errors_of([] {
    Logger log(LogLevel::info, Logger::Target::terminal);
    log.warn("listen", "a client was refused");
  });
  CHECK(std::regex_match(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning: )"
                                          "listen: a client was refused\n")));
}

TEST_CASE("the journal gets priorities and no time") {
  CHECK(errors_of([] {
          Logger log(LogLevel::trace, Logger::Target::journal);
          log.error("a", "1");
          log.warn("b", "2");
          log.info("c", "3");
          log.debug("d", "4");
          log.write(LogLevel::trace, "e", "5");
        }) == "<3>a: 1\n<4>b: 2\n<6>c: 3\n<7>d: 4\n<7>e: 5\n");
}

TEST_CASE("lines below the level are not written and the level can be changed") {
  CHECK(errors_of([] {
          Logger log(LogLevel::warn, Logger::Target::journal);
          log.info("x", "no");
          CHECK(!log.enabled(LogLevel::info));
          log.set_level(LogLevel::debug);
          CHECK(log.enabled(LogLevel::debug));
          CHECK(!log.enabled(LogLevel::trace));
          log.debug("x", "yes");
        }) == "<7>x: yes\n");
}

TEST_CASE("a repeated line is written once and its count before the next line") {
  CHECK(
      errors_of([] {
        Logger log(LogLevel::info, Logger::Target::journal);
        for (int i = 0; i < 3; ++i) log.warn("x", "again");
        log.info("x", "again");
        log.info("x", "again");
        log.flush_repeated();
        log.flush_repeated();
        log.info("x", "again");
      }) ==
      "<4>x: again\n<4>msncd: the last line was repeated 2 times\n<6>x: again\n"
      "<6>msncd: the last line was repeated 1 time\n<6>msncd: the last line was repeated 1 time\n");
}

TEST_CASE("a log file is reopened by its name and kept if that fails") {
  test::TempDir place;
  const auto content = [&](const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(place / name).rdbuf();
    return text.str();
  };
  Logger log(LogLevel::info, Logger::Target::terminal);
  CHECK(log.reopen());
  REQUIRE(log.open_file(place / "log"));
  log.info("x", "one");
  REQUIRE(std::rename((place / "log").c_str(), (place / "log.1").c_str()) == 0);
  REQUIRE(log.reopen());
  log.info("x", "two");
  CHECK(content("log.1").ends_with("Z info: x: one\n"));
  CHECK(content("log").ends_with("Z info: x: two\n"));
  REQUIRE(std::rename((place / "log").c_str(), (place / "log.2").c_str()) == 0);
  REQUIRE(::symlink((place / "log.1").c_str(), (place / "log").c_str()) == 0);
  CHECK(!log.reopen());
  log.info("x", "three");
  CHECK(content("log.2").ends_with("Z info: x: three\n"));
}

TEST_CASE("text from the network can neither forge a line nor control a terminal") {
  CHECK(errors_of([] {
          Logger log(LogLevel::info, Logger::Target::journal);
          log.info("network", "nick \x1b[31m\n<3>forged {}%v");
        }) == "<6>network: nick \\x1b[31m\\x0a<3>forged {}%v\n");
}

TEST_CASE("the journal is chosen only if standard error goes there") {
  struct stat found {};
  REQUIRE(::fstat(STDERR_FILENO, &found) == 0);
  const auto ours = std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
  const auto with = [](std::optional<std::string> value) {
    return choose_target(
        [value](std::string_view name) { return name == "JOURNAL_STREAM" ? value : std::nullopt; });
  };
  CHECK(with(ours) == Logger::Target::journal);
  CHECK(with("1:2") == Logger::Target::terminal);
  CHECK(with(std::nullopt) == Logger::Target::terminal);
}
