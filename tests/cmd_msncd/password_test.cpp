// SPDX-License-Identifier: MIT
#include "cmd/msncd/password.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <optional>
#include <sys/stat.h>

using namespace msn;
using namespace msn::msncd;

namespace {

std::string write(const test::TempDir& place, std::string_view text, mode_t mode) {
  const auto path = place / "pw";
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
  return path;
}

Result<std::string> run(const std::string& command) {
  asio::io_context loop{1};
  std::optional<Result<network::Secret>> got;
  PasswordCommand running(loop, command,
                          [&](Result<network::Secret> secret) { got = std::move(secret); });
  CHECK(!got);
  loop.run_for(std::chrono::seconds(20));
  REQUIRE(got);
  if (!*got) return fail(got->error());
  return (*got)->text();
}

}  // namespace

TEST_CASE("the first line of a password file is the password") {
  test::TempDir place;
  CHECK(read_password_file(write(place, "open sesame\nsecond\n", 0600))->text() == "open sesame");
  CHECK(read_password_file(write(place, "no line break", 0400))->text() == "no line break");
  CHECK(read_password_file(write(place, " crlf \r\n", 0600))->text() == " crlf ");
}

TEST_CASE("a password file that other users may read is refused") {
  test::TempDir place;
  for (const mode_t mode : {0640u, 0604u, 0620u, 0666u}) {
    const auto refused = read_password_file(write(place, "x\n", mode));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK(refused.error().message ==
          (place / "pw") + " can be accessed by other users; run: chmod 600 " + (place / "pw"));
  }
}

TEST_CASE("a password file that is missing or empty or not a regular file is an error") {
  test::TempDir place;
  CHECK(!read_password_file(place / "missing"));
  CHECK(!read_password_file(place.path()));
  CHECK(!read_password_file(write(place, "", 0600)));
  CHECK(!read_password_file(write(place, "\nsecond\n", 0600)));
  ::mkfifo((place / "fifo").c_str(), 0600);
  CHECK(!read_password_file(place / "fifo"));
}

TEST_CASE("the first line a command prints is the password") {
  CHECK(run("echo 'open sesame'; echo second") == std::string("open sesame"));
  CHECK(run("printf pw") == std::string("pw"));
  CHECK(run("echo first; head -c 1000000 /dev/zero") == std::string("first"));
  CHECK(run("cat; echo end of input") == std::string("end of input"));
}

TEST_CASE(
    "a command that keeps running after its line or leaves a background process is not waited "
    "for") {
  CHECK(run("echo pw; sleep 1000") == std::string("pw"));
  CHECK(run("exec 2>&-; echo pw; sleep 20 & echo more") == std::string("pw"));
  CHECK(run("yes pw") == std::string("pw"));
}

TEST_CASE("a command whose first line is too long is an error and is killed") {
  CHECK(run("cat /dev/zero").error().message ==
        "the first line of password_command is too long for a password (limit: 1024 bytes)");
  CHECK(run("yes | tr -d '\\n'").error().message ==
        "the first line of password_command is too long for a password (limit: 1024 bytes)");
}

TEST_CASE("the error of a failed command has its status") {
  CHECK(run("echo x; exit 3").error().message == "password_command failed with status 3");
  CHECK(run("true").error().message == "password_command gave no password");
  CHECK(run("kill -KILL $$").error().message == "password_command was killed by signal 9");
  CHECK(!run("/no/such/program 2>/dev/null"));
}

TEST_CASE("a command whose status is unknown has failed") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);  // the kernel does not keep the status
  CHECK(!run("echo x; exit 3"));
  CHECK(!run("echo x"));
  std::signal(SIGCHLD, before);
}

TEST_CASE("the destructor kills the command") {
  asio::io_context loop{1};
  bool called = false;
  {
    PasswordCommand running(loop, "sleep 1000", [&](auto) { called = true; });
    loop.poll();
  }
  loop.restart();
  loop.poll();
  CHECK(!called);
}
