// SPDX-License-Identifier: MIT
#include "core/pipe/locate.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

using msn::ErrorCode;
using msn::pipe::check_account_name;
using msn::pipe::choose_socket;
using msn::pipe::default_sockets;
using msn::pipe::find_socket;
namespace fs = std::filesystem;

namespace {

// A private $XDG_RUNTIME_DIR, /run/user and home directory.
struct Machine {
  Machine() {
    fs::create_directories(runtime);
    fs::create_directories(session);
    fs::create_directories(home);
  }
  msn::Environment environment(std::map<std::string, std::string> variables) const {
    return [variables = std::move(variables)](std::string_view name) {
      const auto it = variables.find(std::string(name));
      return it == variables.end() || it->second.empty() ? std::nullopt : std::optional(it->second);
    };
  }
  msn::Environment full() const {
    return environment({{"XDG_RUNTIME_DIR", runtime}, {"HOME", home}});
  }
  msn::Environment cron() const { return environment({{"HOME", home}}); }
  // A file is enough, because only its existence is checked.
  static void touch(const std::string& path, mode_t directory_mode = 0700) {
    const auto directory = fs::path(path).parent_path();
    fs::create_directories(directory);
    std::ofstream(path).put('\n');
    ::chmod(directory.c_str(), directory_mode);
  }

  msn::test::TempDir root;
  std::string runtime = root / "runtime";
  std::string users = root / "users";
  std::string session = users + '/' + std::to_string(::getuid());
  std::string home = root / "home";
  std::string in_runtime = runtime + "/msncd/default.sock";
  std::string in_session = session + "/msncd/default.sock";
  std::string in_state = home + "/.local/state/msncd/default.sock";
};

}  // namespace

TEST_CASE("an account's name is a safe file name") {
  for (const char* name : {"default", "work", "A.b_c-9", "...", "-", "x"}) {
    INFO(name);
    CHECK(check_account_name(name));
  }
  CHECK(check_account_name(std::string(64, 'a')));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a b"),
        std::string("a\0b", 3), std::string("caf\xC3\xA9"), std::string(65, 'a')}) {
    INFO(name);
    const auto checked = check_account_name(name);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::usage);
  }
  CHECK(check_account_name("a/b").error().message ==
        "bad account name 'a/b': 1 to 64 of A-Z a-z 0-9 . _ -, as in 'default'");
}

TEST_CASE("an account cannot have the name of a file of msncd") {
  for (const char* name : {"local.db", "local.db-wal", "local.db-shm", "local.db.leases", "x.sock"})
    CHECK_FALSE(check_account_name(name));
  for (const char* name : {"local", "my.db", "local.dbx", "sock"}) CHECK(check_account_name(name));
}

TEST_CASE("the search order is XDG_RUNTIME_DIR then /run/user then the state directory") {
  const Machine machine;
  CHECK(default_sockets(machine.full(), "default", machine.users) ==
        std::vector{machine.in_runtime, machine.in_session, machine.in_state});
  CHECK(default_sockets(machine.full(), "work", machine.users).front() ==
        machine.runtime + "/msncd/work.sock");
}

TEST_CASE("with an empty environment /run/user is searched") {
  const Machine machine;
  CHECK(default_sockets(machine.cron(), "default", machine.users) ==
        std::vector{machine.in_session, machine.in_state});
}

TEST_CASE("$XDG_STATE_HOME changes the last place") {
  const Machine machine;
  CHECK(default_sockets(machine.environment({{"XDG_STATE_HOME", machine.root / "state"}}),
                        "default", machine.root / "nowhere") ==
        std::vector{machine.root / "state/msncd/default.sock"});
}

TEST_CASE("missing and relative and duplicate directories are left out") {
  const Machine machine;
  const auto with = [&](const std::string& runtime) {
    return default_sockets(
        machine.environment({{"XDG_RUNTIME_DIR", runtime}, {"HOME", machine.home}}), "default",
        machine.users);
  };
  const std::vector rest{machine.in_session, machine.in_state};
  CHECK(with(machine.root / "nowhere") == rest);
  CHECK(with("runtime") == rest);
  CHECK(with("") == rest);
  CHECK(with(machine.session) == rest);
  CHECK(with(machine.session + "//") == rest);
  fs::remove_all(machine.users);
  CHECK(with(machine.runtime) == std::vector{machine.in_runtime, machine.in_state});
}

TEST_CASE("a client uses the first socket that exists") {
  const Machine machine;
  Machine::touch(machine.in_state);
  CHECK(find_socket(machine.full(), "default", machine.users)->path == machine.in_state);
  Machine::touch(machine.in_session);
  CHECK(find_socket(machine.full(), "default", machine.users)->path == machine.in_session);
  Machine::touch(machine.in_runtime);
  CHECK(find_socket(machine.full(), "default", machine.users)->path == machine.in_runtime);
  CHECK(find_socket(machine.cron(), "default", machine.users)->path == machine.in_session);
}

TEST_CASE("the search ends at the first socket found") {
  const Machine machine;
  Machine::touch(machine.in_runtime);
  const auto environment = machine.full();
  const auto address = find_socket(
      [&](std::string_view name) {
        CHECK(name == "XDG_RUNTIME_DIR");
        return environment(name);
      },
      "default", machine.users);
  CHECK(address->path == machine.in_runtime);
}

TEST_CASE("if no socket exists the first place is returned") {
  const Machine machine;
  const auto address = find_socket(machine.full(), "default", machine.users);
  REQUIRE(address);
  CHECK(address->text() == "unix:" + machine.in_runtime);
}

TEST_CASE("a socket in a directory that others may write to is not used") {
  const Machine machine;
  Machine::touch(machine.in_runtime, 0777);
  const auto address = find_socket(machine.full(), "default", machine.users);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == ErrorCode::no_access);
  CHECK(address.error().message.find(machine.runtime + "/msncd") != std::string::npos);
}

TEST_CASE("a socket in another user's directory is not used") {
  if (::getuid() != 0) return;  // only root can give a directory away
  const Machine machine;
  Machine::touch(machine.in_runtime);
  REQUIRE(::chown((machine.runtime + "/msncd").c_str(), 65534, 65534) == 0);
  const auto address = find_socket(machine.full(), "default", machine.users);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == ErrorCode::no_access);
}

TEST_CASE("another user's $XDG_RUNTIME_DIR is ignored") {
  const Machine machine;
  std::string foreign = "/";  // root's
  if (::geteuid() == 0) {
    foreign = machine.root / "theirs";
    fs::create_directories(foreign);
    REQUIRE(::chown(foreign.c_str(), 65534, 65534) == 0);
  }
  const auto environment =
      machine.environment({{"XDG_RUNTIME_DIR", foreign}, {"HOME", machine.home}});
  CHECK(default_sockets(environment, "default", machine.users) ==
        std::vector{machine.in_session, machine.in_state});
  CHECK(msn::pipe::foreign_runtime_directory(environment) == foreign);
  CHECK_FALSE(msn::pipe::foreign_runtime_directory(machine.full()));
  CHECK_FALSE(msn::pipe::foreign_runtime_directory(machine.cron()));
}

TEST_CASE("the daemon creates the first directory with mode 0700") {
  const Machine machine;
  const auto address = choose_socket(machine.full(), "default", machine.users);
  REQUIRE(address);
  CHECK(address->path == machine.in_runtime);
  struct stat entry {};
  REQUIRE(::stat((machine.runtime + "/msncd").c_str(), &entry) == 0);
  CHECK((entry.st_mode & 07777) == 0700);
  CHECK(find_socket(machine.full(), "default", machine.users)->path == machine.in_runtime);
}

TEST_CASE("the daemon does not listen in a directory that others may write to") {
  const Machine machine;
  Machine::touch(machine.in_runtime, 0777);
  const auto address = choose_socket(machine.full(), "default", machine.users);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == ErrorCode::no_access);
}

TEST_CASE("account_of_socket() returns the name of a socket in a directory msncd") {
  const auto of = [](const char* text) {
    return msn::pipe::account_of_socket(*msn::pipe::parse_address(text));
  };
  CHECK(of("/run/user/1/msncd/bob.sock") == "bob");
  CHECK(of("unix:/x/msncd/a.b.sock") == "a.b");
  CHECK_FALSE(of("/x/bob.sock"));
  CHECK_FALSE(of("/x/mymsncd.d/bob.sock"));
  CHECK_FALSE(of("/x/msncd/bob"));
  CHECK_FALSE(of("/x/msncd/.sock"));
  CHECK_FALSE(of("bob.sock"));
  CHECK_FALSE(of("udp:127.0.0.1:3030"));
  CHECK_FALSE(of("fifo:/x/msncd/bob.sock"));
}

TEST_CASE("all sockets in the default places are found, by account") {
  const Machine machine;
  Machine::touch(machine.in_runtime);
  Machine::touch(machine.in_state);
  Machine::touch(machine.runtime + "/msncd/work.sock");
  Machine::touch(machine.runtime + "/msncd/notes");
  std::vector<std::string> found;
  for (const auto& [account, path] : msn::pipe::account_sockets(machine.full(), machine.users))
    found.push_back(account + " " + path);
  CHECK(found == std::vector{"default " + machine.in_runtime, "default " + machine.in_state,
                             "work " + machine.runtime + "/msncd/work.sock"});
}

TEST_CASE("a bad account name is an error") {
  const Machine machine;
  CHECK(find_socket(machine.full(), "../x", machine.users).error().code == ErrorCode::usage);
  CHECK(choose_socket(machine.full(), "../x", machine.users).error().code == ErrorCode::usage);
}
