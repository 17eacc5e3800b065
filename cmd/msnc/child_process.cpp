// SPDX-License-Identifier: MIT
#include "cmd/msnc/child_process.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace msn::msnc {

std::vector<char*> argv_of(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

Result<pid_t> start_child(Child child) {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  const int given[]{child.input, child.output, child.errors};
  for (int fd = 0; fd < 3; ++fd)
    if (given[fd] >= 0) ::posix_spawn_file_actions_adddup2(&files, given[fd], fd);
  sigset_t none, ignored;
  ::sigemptyset(&none);
  ::sigemptyset(&ignored);
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::sigaddset(&ignored, signal);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &ignored);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, child.words[0].c_str(), &files, &attributes, argv_of(child.words).data(),
                     child.variables ? argv_of(*child.variables).data() : environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    return fail(ErrorCode::usage, child.words[0] + " cannot be run: " + std::strerror(error));
  return pid;
}

std::string describe_exit(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status)) return "exit " + std::to_string(WEXITSTATUS(status));
  return "signal " + std::to_string(WTERMSIG(status));
}

std::string wait_for_exit(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  return ended < 0 ? std::string("unknown exit status: ") + std::strerror(errno)
                   : describe_exit(status);
}

std::optional<std::string> find_program(const Environment& environment, std::string_view name) {
  const auto runs = [](const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != name.npos) {
    std::string path(name);
    if (runs(path)) return path;
    return std::nullopt;
  }
  const std::string path = environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (const auto directory : split(path, ':')) {
    std::string candidate =
        (directory.empty() ? "." : std::string(directory)) + "/" + std::string(name);
    if (runs(candidate)) return candidate;
  }
  return std::nullopt;
}

std::string own_path() {
  std::array<char, PATH_MAX> path{};
  const ssize_t n = ::readlink("/proc/self/exe", path.data(), path.size());
  return n > 0 ? std::string(path.data(), static_cast<std::size_t>(n)) : "msnc";
}

}  // namespace msn::msnc
