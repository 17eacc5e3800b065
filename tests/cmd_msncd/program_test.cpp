// SPDX-License-Identifier: MIT
// The whole program in this process, on a network that accepts everything.
#include "cmd/msncd/compose.hpp"
#include "tests/cmd_msncd/networks.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace msn;
using namespace msn::msncd;
using msn::test::networks;

namespace {

struct Home {
  Home() {
    for (const auto* name : {"run", "state", "config/msnc"})
      std::filesystem::create_directories(place / name);
    ::chmod((place / "run").c_str(), 0700);
    variables = {{"HOME", place.path()},
                 {"XDG_CONFIG_HOME", place / "config"},
                 {"XDG_STATE_HOME", place / "state"},
                 {"XDG_RUNTIME_DIR", place / "run"}};
  }
  Environment environment() const {
    return [this](std::string_view name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }
  Result<std::unique_ptr<Program>> program(std::vector<std::string> arguments = {}) {
    auto options = parse_options(std::move(arguments), networks());
    if (!options) return fail(options.error());
    auto setup = make_setup(std::move(*options), networks(), environment());
    if (!setup) return fail(setup.error());
    return Program::make(std::move(*setup), networks(), environment(), log);
  }
  void config(std::string_view text) { std::ofstream(place / "config/msnc/config") << text; }
  std::string socket() const { return place / "run/msncd/default.sock"; }

  test::TempDir place;
  std::map<std::string, std::string, std::less<>> variables;
  Logger log{LogLevel::error, Logger::Target::terminal};
};

// One exchange in blocking calls, while the program runs on another thread.
std::string ask(const std::string& path, std::string_view request, std::size_t lines) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return "not there";
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "not sent";
  std::string answer;
  char buffer[4096];
  for (ssize_t count; std::count(answer.begin(), answer.end(), '\n') < static_cast<long>(lines) &&
                      (count = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(count));
  return answer;
}

}  // namespace

TEST_CASE("the program serves the socket of the account and removes its files at the end") {
  Home home;
  {
    auto program = home.program({"--pid-file", home.place / "pid"});
    REQUIRE(program);
    CHECK(::access((home.place / "pid").c_str(), F_OK) == 0);
    std::string answer;
    std::thread client([&] {
      answer = ask(home.socket(), "HELLO\nSTATE\n", 2);
      ::kill(::getpid(), SIGTERM);
    });
    (*program)->run();
    client.join();
    CHECK(answer.starts_with("OK msncd/1 "));
    CHECK(answer.find("account = default\n") != std::string::npos);
  }
  CHECK(::access(home.socket().c_str(), F_OK) != 0);
  CHECK(::access((home.place / "pid").c_str(), F_OK) != 0);
}

TEST_CASE("daemons of two accounts run side by side") {
  Home home;
  auto first = home.program();
  REQUIRE(first);
  CHECK(home.program({"--account", "other"}));
}

TEST_CASE("a daemon with another state directory does not take over a socket in use") {
  Home home;
  auto first = home.program();
  REQUIRE(first);
  const auto second = home.program({"--state-dir", home.place / "elsewhere"});
  REQUIRE(!second);
  CHECK(second.error().code == ErrorCode::busy);
  CHECK(second.error().message.find("another program already listens there") != std::string::npos);
}

TEST_CASE("a state directory that other users can access is refused") {
  Home home;
  std::filesystem::create_directories(home.place / "state/msncd/default");
  ::chmod((home.place / "state/msncd/default").c_str(), 0777);
  const auto refused = home.program();
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::no_access);
}

TEST_CASE("auto_login logs in at start with the password from a file or a command") {
  Home home;
  test::logins().clear();
  std::string source;
  SECTION("file") {
    std::ofstream(home.place / "pw") << "open sesame\n";
    ::chmod((home.place / "pw").c_str(), 0600);
    source = "password_file = " + (home.place / "pw");
  }
  SECTION("command") {
    source = "password_command = echo open sesame";
  }
  home.config("auto_login = yes\nemail = me@example.org\n" + source + '\n');
  auto program = home.program();
  REQUIRE(program);
  std::string state;
  std::thread client([&] {
    for (int tries = 0; tries < 2000 && state.find("state = online") == state.npos; ++tries)
      state = ask(home.socket(), "STATE\n", 3);
    ::kill(::getpid(), SIGINT);
  });
  (*program)->run();
  client.join();
  CHECK(state.find("state = online") != std::string::npos);
  CHECK(test::logins() == test::QuietNetwork::Logins{{"me@example.org", "open sesame"}});
}

TEST_CASE("without the password the daemon runs offline") {
  Home home;
  test::logins().clear();
  home.config("auto_login = yes\nemail = me@example.org\npassword_file = /no/such/file\n");
  auto program = home.program();
  REQUIRE(program);
  std::string answer;
  std::thread client([&] {
    answer = ask(home.socket(), "POLL\n", 1);
    ::kill(::getpid(), SIGTERM);
  });
  (*program)->run();
  client.join();
  CHECK(answer == "ERR ENOTCONN\n");
  CHECK(test::logins().empty());
}

TEST_CASE("HUP reloads the log level and keeps it if the file is invalid") {
  Home home;
  home.config("log_level = error\n");
  auto program = home.program();
  REQUIRE(program);
  std::thread client([&] {
    // The signal is handled before the answer: both are events of the same loop.
    home.config("log_level = trace\n");
    ::kill(::getpid(), SIGHUP);
    for (int i = 0; i < 2000 && !home.log.enabled(LogLevel::trace); ++i)
      ask(home.socket(), "HELLO\n", 1);
    const bool raised = home.log.enabled(LogLevel::trace);
    home.log.set_level(LogLevel::error);
    home.config("colour = red\n");
    ::kill(::getpid(), SIGHUP);
    ask(home.socket(), "HELLO\n", 1);
    ask(home.socket(), "HELLO\n", 1);
    home.log.set_level(raised ? LogLevel::warn : LogLevel::error);
    ::kill(::getpid(), SIGTERM);
  });
  (*program)->run();
  client.join();
  CHECK(home.log.enabled(LogLevel::warn));
  CHECK(!home.log.enabled(LogLevel::trace));
}

TEST_CASE("several addresses are served and the default one only if none is given") {
  Home home;
  auto program =
      home.program({"--listen", "unix:" + (home.place / "run/a.sock"), "--listen",
                    (home.place / "run/b.sock"), "--listen", "fifo:" + (home.place / "run/pipes")});
  REQUIRE(program);
  for (const auto* name : {"run/a.sock", "run/b.sock", "run/pipes/in", "run/pipes/out"})
    CHECK(::access((home.place / name).c_str(), F_OK) == 0);
  CHECK(::access(home.socket().c_str(), F_OK) != 0);
}
