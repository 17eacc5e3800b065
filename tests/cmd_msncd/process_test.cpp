// SPDX-License-Identifier: MIT
#include "cmd/msncd/process.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <signal.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace msn;
using namespace msn::msncd;

namespace {

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("one process holds the lock and a second one gets its process ID") {
  test::TempDir place;
  const auto path = place / "lock";
  std::ofstream(path) << "left by an older version\n";
  CHECK(LockFile::holder(place / "none").value() == std::optional<pid_t>());
  CHECK(LockFile::holder(path).value() == std::optional<pid_t>());
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t other = ::fork();
  if (other == 0) {
    ::signal(SIGTERM, SIG_DFL);  // Catch2 reports it as a failure
    const auto held = LockFile::take(path);
    [[maybe_unused]] const auto count = ::write(ends[1], held ? "y" : "n", 1);
    ::pause();
  }
  char held = 'n';
  REQUIRE(::read(ends[0], &held, 1) == 1);
  REQUIRE(held == 'y');
  const auto refused = LockFile::take(path);
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::busy);
  CHECK(refused.error().message ==
        "msncd is already running (process ID " + std::to_string(other) + ')');
  CHECK(LockFile::holder(path).value() == std::optional(other));
  CHECK(stop_holder(path, std::chrono::seconds(20)));
  CHECK(LockFile::holder(path).value() == std::optional<pid_t>());
  CHECK(LockFile::take(path));
  ::waitpid(other, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a lock file that is a symbolic link is refused") {
  test::TempDir place;
  std::ofstream(place / "precious") << "text";
  REQUIRE(::symlink((place / "precious").c_str(), (place / "lock").c_str()) == 0);
  CHECK(!LockFile::take(place / "lock"));
  CHECK(content(place / "precious") == "text");
}

TEST_CASE("stopping fails if no process holds the lock") {
  test::TempDir place;
  const auto stopped = stop_holder(place / "lock", std::chrono::seconds(20));
  REQUIRE(!stopped);
  CHECK(stopped.error().code == ErrorCode::no_daemon);
}

TEST_CASE("the pid file holds the process ID and is removed at the end unless it was overwritten") {
  test::TempDir place;
  {
    const auto file = PidFile::write(place / "pid");
    REQUIRE(file);
    CHECK(content(place / "pid") == std::to_string(::getpid()) + '\n');
  }
  CHECK(content(place / "pid").empty());
  CHECK(::access((place / "pid").c_str(), F_OK) != 0);
  {
    const auto file = PidFile::write(place / "pid");
    std::ofstream(place / "pid") << "1\n";
  }
  CHECK(content(place / "pid") == "1\n");
  CHECK(!PidFile::write(place / "no/such/pid"));
}

TEST_CASE("the descriptor limit is raised as wanted up to the hard limit") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low{64, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  prepare_descriptors(256);
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == std::min<rlim_t>(256, before.rlim_max));
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("the parent of a background daemon waits for its status") {
  // Each in a child process: enter() returns in the background process, too.
  const auto status_of = [](auto&& child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto side = Background::enter();
      if (!side) ::_exit(99);
      if (const int* reported = std::get_if<int>(&*side)) ::_exit(*reported);
      child(std::get<Background>(*side));
      ::_exit(0);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  CHECK(status_of([](Background& background) { background.ready(); }) == 0);
  CHECK(status_of([](Background& background) { background.failed(3); }) == 3);
  CHECK(status_of([](Background&) {}) == 1);
  CHECK(status_of([](Background&) { ::kill(::getpid(), SIGKILL); }) == 1);
}

TEST_CASE("a background daemon leads its own session and has no terminal") {
  test::TempDir place;
  const pid_t pid = ::fork();
  if (pid == 0) {
    auto side = Background::enter();
    if (!side || std::holds_alternative<int>(*side)) ::_exit(side ? std::get<int>(*side) : 99);
    auto& background = std::get<Background>(*side);
    const int log = ::open((place / "log").c_str(), O_WRONLY | O_CREAT, 0600);
    ::dup2(log, STDERR_FILENO);
    const bool keeps_file = background.ready();
    struct stat null {
    }, found{};
    ::stat("/dev/null", &null);
    bool good = keeps_file && ::getsid(0) == ::getpid();
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO})
      good = good && ::fstat(fd, &found) == 0 && found.st_rdev == null.st_rdev;
    [[maybe_unused]] const auto count = ::write(STDERR_FILENO, good ? "good" : "bad", good ? 4 : 3);
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  CHECK(status == 0);
  // The parent does not wait for what the child does after ready().
  while (content(place / "log").empty()) ::usleep(1000);
  CHECK(content(place / "log") == "good");
}

TEST_CASE("notifications are sent to the socket of systemd") {
  test::TempDir place;
  const auto path = place / "notify";
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  notify("READY=1");  // without NOTIFY_SOCKET: ignored
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  notify("STATUS=online");
  ::unsetenv("NOTIFY_SOCKET");
  char text[64];
  const auto count = ::recv(fd.get(), text, sizeof text, MSG_DONTWAIT);
  REQUIRE(count > 0);
  CHECK(std::string(text, static_cast<std::size_t>(count)) == "STATUS=online");
}

TEST_CASE("without systemd no sockets were passed") {
  CHECK(passed_sockets().empty());
}
