// SPDX-License-Identifier: MIT
#include "cmd/msncd/process.hpp"

#include "core/base/text.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

// The header of glibc 2.36 lacks the extern "C".
extern "C" {
#include <sys/pidfd.h>
}

namespace msn::msncd {
namespace {

// `action`: "cannot open the lock file".
tl::unexpected<Error> failed(const char* action, const std::string& path) {
  return fail(ErrorCode::no_access,
              std::string(action) + ' ' + visible(path) + ": " + std::strerror(errno));
}

std::string first_line_of(int fd) {
  char text[32];
  const auto count = ::pread(fd, text, sizeof text, 0);
  const std::string_view all(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  return std::string(all.substr(0, all.find('\n')));
}

struct flock whole_file() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}

bool write_process_id(int fd) {
  const auto number = std::to_string(::getpid()) + '\n';
  return ::write(fd, number.data(), number.size()) == static_cast<ssize_t>(number.size());
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  UniqueFd fd(::open(path.c_str(),
                     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
  if (!fd) return failed("cannot open the lock file", path);
  struct flock whole = whole_file();
  if (::fcntl(fd.get(), F_SETLK, &whole) == 0) return LockFile(std::move(fd));
  if (errno != EACCES && errno != EAGAIN) return failed("cannot lock", path);
  const auto pid = holder(path);
  return fail(ErrorCode::busy,
              "msncd is already running" +
                  (pid && *pid && **pid > 0 ? " (process ID " + std::to_string(**pid) + ')' : ""));
}

Result<std::optional<pid_t>> LockFile::holder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::nullopt;
  struct flock found = whole_file();
  if (!fd || ::fcntl(fd.get(), F_GETLK, &found) != 0) return failed("cannot read the lock", path);
  if (found.l_type == F_UNLCK) return std::nullopt;
  return std::max<pid_t>(found.l_pid, 0);
}

Result<void> stop_holder(const std::string& lock, std::chrono::milliseconds patience) {
  for (;;) {
    const auto pid = LockFile::holder(lock);
    if (!pid) return fail(pid.error());
    if (!*pid) return fail(ErrorCode::no_daemon, "no msncd is running");
    const auto process = "msncd (process ID " + std::to_string(**pid) + ')';
    if (**pid == 0)
      return fail(ErrorCode::no_access,
                  "msncd runs on another machine or in another PID namespace; stop it there");
    const UniqueFd running(::pidfd_open(**pid, 0));
    // The ID may have been reused before pidfd_open(). If it holds the lock now, the descriptor
    // refers to the daemon.
    const auto still = LockFile::holder(lock);
    if (!running || !still || *still != *pid) continue;
    if (::pidfd_send_signal(running.get(), SIGTERM, nullptr, 0) != 0)
      return fail(ErrorCode::no_access, process + " cannot be stopped: " + std::strerror(errno));
    pollfd end{running.get(), POLLIN, 0};
    if (::poll(&end, 1, static_cast<int>(patience.count())) == 1) return {};
    return fail(ErrorCode::daemon_timeout,
                process + " is still running after " + std::to_string(patience.count() / 1000) +
                    " s; to kill it, run: kill -KILL " + std::to_string(**pid));
  }
}

Result<PidFile> PidFile::write(const std::string& path) {
  // Written beside it and renamed, so that an existing link, FIFO or file is replaced, not opened.
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const UniqueFd fd(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd || !write_process_id(fd.get()) || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const auto error = failed("cannot write the pid file", path);
    if (fd) ::unlink(fresh.c_str());
    return error;
  }
  return PidFile(path);
}

PidFile::~PidFile() {
  if (!path_) return;
  const UniqueFd fd(
      ::open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (fd && first_line_of(fd.get()) == std::to_string(::getpid())) ::unlink(path_->c_str());
}

void limit_heap() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 256 * 1024);
}

void prepare_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::signal(SIGPIPE, SIG_IGN);
  // A write over the file size limit then fails with EFBIG.
  ::signal(SIGXFSZ, SIG_IGN);
}

Result<std::variant<int, Background>> Background::enter() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorCode::internal, std::string("cannot create a pipe: ") + std::strerror(errno));
  UniqueFd reading(ends[0]), writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0)
    return fail(ErrorCode::internal,
                std::string("cannot start a background process: ") + std::strerror(errno));
  if (child == 0) {
    ::setsid();
    if (::chdir("/") != 0) {
      // Harmless: only the file system of the current directory cannot be unmounted.
    }
    return std::variant<int, Background>(Background(std::move(writing)));
  }
  writing.reset();
  unsigned char status = 0;
  ssize_t count;
  while ((count = ::read(reading.get(), &status, 1)) < 0 && errno == EINTR) {
  }
  // The child ended without reporting a status.
  if (count != 1) status = 1;
  return std::variant<int, Background>(static_cast<int>(status));
}

bool Background::ready() {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  struct stat found {};
  const bool file = ::fstat(STDERR_FILENO, &found) == 0 && S_ISREG(found.st_mode);
  if (null) {
    ::dup2(null.get(), STDIN_FILENO);
    ::dup2(null.get(), STDOUT_FILENO);
    if (!file) ::dup2(null.get(), STDERR_FILENO);
  }
  report(0);
  return file;
}

void Background::report(int status) {
  const auto byte = static_cast<unsigned char>(status);
  [[maybe_unused]] const auto sent = ::write(parent_.get(), &byte, 1);
  parent_.reset();
}

void notify(std::string_view state) {
  ::sd_notify(0, std::string(state).c_str());
}

int first_unpassed_descriptor() {
  return SD_LISTEN_FDS_START + std::max(0, ::sd_listen_fds(0));
}

std::vector<UniqueFd> passed_sockets() {
  std::vector<UniqueFd> sockets;
  const int count = ::sd_listen_fds(1);  // 1: hide them from child processes
  for (int i = 0; i < count; ++i) sockets.emplace_back(SD_LISTEN_FDS_START + i);
  return sockets;
}

}  // namespace msn::msncd
