// SPDX-License-Identifier: MIT
#include "cmd/msnc/password.hpp"

#include "cmd/secret.hpp"
#include "tests/cmd_msnc/scripted_daemon.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace msn;
using namespace msn::msnc;
using namespace std::string_literals;

namespace {

std::string file(const test::TempDir& dir, const std::string& text, mode_t mode = 0600) {
  const std::string path = dir / "password";
  std::ofstream(path, std::ios::binary) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

Result<std::string> of_file(const std::string& path) {
  PasswordSources sources;
  sources.file = path;
  return read_password(sources);
}

Result<std::string> of_command(const std::string& command) {
  PasswordSources sources;
  sources.command = command;
  return read_password(sources);
}

}  // namespace

TEST_CASE("the first line of the file is the password") {
  const test::TempDir dir;
  CHECK(*of_file(file(dir, " open  sesame \nsecond\n")) == " open  sesame ");
  CHECK(*of_file(file(dir, "dos\r\n")) == "dos");
  CHECK(*of_file(file(dir, "no newline")) == "no newline");
}

TEST_CASE("a command that goes on after its first line is not waited for") {
  CHECK(*of_command("exec 2>&-; echo pw; sleep 20") == "pw");
  CHECK(*of_command("exec 2>&-; echo pw; sleep 20 & echo more") == "pw");
  CHECK(*of_command("yes pw") == "pw");
  CHECK(of_command("echo pw; exit 3").error().message == "the password command failed (exit 3)");
}

TEST_CASE("a byte order mark is ignored and a password that is too long is refused") {
  const test::TempDir dir;
  CHECK(*of_file(file(dir, "\xEF\xBB\xBFpw\n")) == "pw");
  CHECK(of_file("/dev/zero").error().message ==
        "the first line of /dev/zero is too long for a password (limit: 1024 bytes)");
  CHECK(secret_line(std::string(1024, 'x') + "\n", "it"));
  CHECK(secret_line(std::string(1025, 'x') + "\n", "it").error().message ==
        "the first line of it is too long for a password (limit: 1024 bytes)");
  CHECK(of_command("yes | tr -d '\\n'").error().message.find("too long") != std::string::npos);
}

TEST_CASE("a password file that others can read or write is refused") {
  const test::TempDir dir;
  for (const mode_t mode : {0640u, 0604u, 0660u, 0602u}) {
    const auto result = of_file(file(dir, "x\n", mode));
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
  }
  CHECK(of_file(file(dir, "x\n", 0400)));
  CHECK(of_file(dir / "missing").error().code == ErrorCode::usage);
}

TEST_CASE("an empty password or one that the protocol cannot carry is refused") {
  const test::TempDir dir;
  CHECK(of_file(file(dir, "")).error().code == ErrorCode::usage);
  CHECK(of_file(file(dir, "\nx\n")).error().code == ErrorCode::usage);
  CHECK(of_file(file(dir, "a\0b\n"s)).error().code == ErrorCode::usage);
  CHECK(of_file(file(dir, "a\rb\n")).error().code == ErrorCode::usage);
}

TEST_CASE("the password is the first line of a command that succeeds") {
  CHECK(*of_command("printf 'a b\\nc\\n'") == "a b");
  CHECK(of_command("echo x; exit 3").error().message == "the password command failed (exit 3)");
  CHECK(of_command("kill -9 $$").error().message ==
        "the password command gave no password (signal 9)");
  CHECK(of_command("true").error().message == "the password command gave no password");
}

TEST_CASE("a command with an unknown exit status has failed") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);  // the system keeps no exit status
  for (const char* command : {"echo x; exit 3", "echo x"}) {
    const auto result = of_command(command);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
  }
  std::signal(SIGCHLD, before);
}

TEST_CASE("two sources are refused and none is read") {
  const test::TempDir dir;
  const std::string trace = dir / "ran";
  PasswordSources sources;
  sources.command = "touch " + trace;
  sources.standard_input = true;
  CHECK(read_password(sources).error().code == ErrorCode::usage);
  CHECK_FALSE(std::ifstream(trace));
  PasswordSources configured;
  configured.config.password_command = "touch " + trace;
  configured.config.password_file = "/x";
  CHECK(read_password(configured).error().code == ErrorCode::usage);
  CHECK_FALSE(std::ifstream(trace));
}

TEST_CASE("an option overrides the configuration") {
  PasswordSources sources;
  sources.command = "echo option";
  sources.config.password_command = "echo config";
  CHECK(*read_password(sources) == "option");
  sources.command.reset();
  CHECK(*read_password(sources) == "config");
}

TEST_CASE("without a source and with --no-input there is no prompt") {
  PasswordSources sources;
  sources.may_prompt = false;
  CHECK(read_password(sources).error().code == ErrorCode::usage);
}

TEST_CASE("a wiped secret is overwritten") {
  std::string secret = "secret";
  const char* bytes = secret.data();
  wipe(secret);
  CHECK(secret.empty());
  CHECK(std::string(bytes, 6) == std::string(6, '\0'));
}

TEST_CASE("two passwords are the first two lines and both are required") {
  const auto read = [](const std::string& text) {
    const test::StandardInput input(text);
    return read_two_secrets(STDIN_FILENO, "standard input");
  };
  const std::array<std::string, 2> both{"open sesame", "new"};
  CHECK(read("open sesame\nnew\n") == both);
  CHECK(read("\xEF\xBB\xBFopen sesame\r\nnew\r\nmore") == both);
  CHECK(read("open sesame\nnew") == both);
  CHECK(read("").error().message == "standard input gave no password");
  CHECK(read("\nnew\n").error().message == "standard input gave no password");
  CHECK(read("old\n").error().message == "the second line of standard input gave no password");
  CHECK(read("old\n\n").error().message == "the second line of standard input gave no password");
}
