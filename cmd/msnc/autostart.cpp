// SPDX-License-Identifier: MIT
#include "cmd/msnc/autostart.hpp"

#include "cmd/msnc/program.hpp"
#include "core/base/paths.hpp"
#include "core/base/unique_fd.hpp"
#include "core/pipe/locate.hpp"
#include "core/pipe/pipe.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace msn::msnc {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds longest_start{5000};

bool listens(const pipe::Address& address) {
  return pipe::open(address, milliseconds(1000)).has_value();
}

// What the starters lock: the directory where the daemon will make its socket, or, for an address
// that has none, where its default socket would be. It is made if it is a default one.
Result<UniqueFd> lock(const pipe::Address& address, std::string_view account) {
  const bool has_directory = address.kind == pipe::Address::Kind::unix_socket &&
                             address.path.find('/') != std::string::npos;
  const std::string socket =
      has_directory ? address.path : pipe::default_sockets(process_environment(), account).front();
  const std::string directory = socket.substr(0, socket.rfind('/'));
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == ENOENT) {
    if (auto made = make_private_directory(directory); !made) return fail(std::move(made.error()));
    fd = UniqueFd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  if (!fd) return fail(ErrorCode::no_access, directory + " cannot be opened: " + errno_text(errno));
  while (::flock(fd.get(), LOCK_EX) < 0 && errno == EINTR) {
  }
  return fd;
}

// Our own directory first, so that a build or an unpacked archive starts its own daemon.
std::string daemon_program() {
  const std::string own = own_path();
  if (const auto slash = own.rfind('/'); slash != own.npos) {
    std::string beside = own.substr(0, slash + 1) + "msncd";
    if (::access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "msncd";
}

Result<void> run_daemon(const pipe::Address& address, std::string_view account,
                        bool explicit_address) {
  std::vector<std::string> words{daemon_program(), "--account", std::string(account), "--detach"};
  if (explicit_address) {
    words.emplace_back("--listen");
    words.push_back(address.text());
  }
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  for (int fd = 0; fd < 3; ++fd)
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, words[0].c_str(), &files, nullptr, pointers(words).data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    return fail(ErrorCode::no_daemon, "nobody listens at " + address.text() + ", and " + words[0] +
                                          " could not be started: " + errno_text(error));
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  // 3: one for this account runs already; it will listen in a moment, or it listens elsewhere.
  if (ended == child && WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3))
    return {};
  return fail(ErrorCode::no_daemon, "nobody listens at " + address.text() + ", and " + words[0] +
                                        " did not start; run it by hand to see why");
}

}  // namespace

Result<void> autostart(const pipe::Address& address, std::string_view account,
                       bool explicit_address) {
  auto held = lock(address, account);
  if (!held) return fail(std::move(held.error()));
  if (listens(address)) return {};  // another was faster
  auto started = run_daemon(address, account, explicit_address);
  if (!started) return started;
  const auto end = std::chrono::steady_clock::now() + longest_start;
  for (milliseconds pause{2}; !listens(address); pause *= 2) {
    if (std::chrono::steady_clock::now() > end)
      return fail(ErrorCode::no_daemon,
                  "msncd was started, but does not listen at " + address.text());
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
  return {};
}

}  // namespace msn::msnc
