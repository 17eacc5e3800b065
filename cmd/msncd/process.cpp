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

// glibc 2.36 forgot to say that it is C.
extern "C" {
#include <sys/pidfd.h>
}

namespace msn::msncd {
namespace {

tl::unexpected<Error> failed_on(const std::string& path) {
  return fail(ErrorCode::no_access, visible(path) + ": " + std::strerror(errno));
}

std::string first_word_of(int fd) {
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

bool put_number(int fd) {
  const auto number = std::to_string(::getpid()) + '\n';
  return ::write(fd, number.data(), number.size()) == static_cast<ssize_t>(number.size());
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  UniqueFd fd(::open(path.c_str(),
                     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
  if (!fd) return failed_on(path);
  struct flock whole = whole_file();
  if (::fcntl(fd.get(), F_SETLK, &whole) == 0) return LockFile(std::move(fd));
  if (errno != EACCES && errno != EAGAIN) return failed_on(path);
  const auto pid = holder(path);
  return fail(ErrorCode::busy,
              "already served by another msncd" +
                  (pid && *pid && **pid > 0 ? " (process ID " + std::to_string(**pid) + ')' : ""));
}

Result<std::optional<pid_t>> LockFile::holder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::nullopt;
  struct flock found = whole_file();
  if (!fd || ::fcntl(fd.get(), F_GETLK, &found) != 0) return failed_on(path);
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
                  "msncd runs on another machine or in another PID namespace; end it there");
    const UniqueFd running(::pidfd_open(**pid, 0));
    // An ID may have gone to another process meanwhile: what holds the lock after the descriptor
    // was opened is the process that the descriptor means.
    const auto still = LockFile::holder(lock);
    if (!running || !still || *still != *pid) continue;
    if (::pidfd_send_signal(running.get(), SIGTERM, nullptr, 0) != 0)
      return fail(ErrorCode::no_access, process + " cannot be ended: " + std::strerror(errno));
    pollfd end{running.get(), POLLIN, 0};
    if (::poll(&end, 1, static_cast<int>(patience.count())) == 1) return {};
    return fail(ErrorCode::daemon_timeout,
                process + " has not ended within " + std::to_string(patience.count() / 1000) +
                    " s; to end it at once, run: kill -KILL " + std::to_string(**pid));
  }
}

Result<PidFile> PidFile::write(const std::string& path) {
  // Beside it and renamed: nothing that stands there is followed, waited for or cut off.
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const UniqueFd fd(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd || !put_number(fd.get()) || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const auto error = failed_on(path);
    if (fd) ::unlink(fresh.c_str());
    return error;
  }
  return PidFile(path);
}

PidFile::~PidFile() {
  if (!path_) return;
  const UniqueFd fd(
      ::open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (fd && first_word_of(fd.get()) == std::to_string(::getpid())) ::unlink(path_->c_str());
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
  // A write over the limit on file sizes fails, as one on a full disk.
  ::signal(SIGXFSZ, SIG_IGN);
}

Result<std::variant<int, Background>> Background::enter() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorCode::internal, std::string("cannot make a pipe: ") + std::strerror(errno));
  UniqueFd reading(ends[0]), writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0)
    return fail(ErrorCode::internal,
                std::string("cannot go into the background: ") + std::strerror(errno));
  if (child == 0) {
    ::setsid();
    if (::chdir("/") != 0) {
      // Then its directory stays busy; no reason not to run.
    }
    return std::variant<int, Background>(Background(std::move(writing)));
  }
  writing.reset();
  unsigned char told = 0;
  ssize_t count;
  while ((count = ::read(reading.get(), &told, 1)) < 0 && errno == EINTR) {
  }
  // It ended without a word: it has said why on standard error, or a signal ended it.
  if (count != 1) told = 1;
  return std::variant<int, Background>(static_cast<int>(told));
}

bool Background::ready() {
  const UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  struct stat found {};
  const bool file = ::fstat(STDERR_FILENO, &found) == 0 && S_ISREG(found.st_mode);
  if (nowhere) {
    ::dup2(nowhere.get(), STDIN_FILENO);
    ::dup2(nowhere.get(), STDOUT_FILENO);
    if (!file) ::dup2(nowhere.get(), STDERR_FILENO);
  }
  failed(0);
  return file;
}

void Background::failed(int status) {
  const auto told = static_cast<unsigned char>(status);
  [[maybe_unused]] const auto sent = ::write(parent_.get(), &told, 1);
  parent_.reset();
}

void notify(std::string_view state) {
  ::sd_notify(0, std::string(state).c_str());
}

int first_descriptor_of_ours() {
  return SD_LISTEN_FDS_START + std::max(0, ::sd_listen_fds(0));
}

std::vector<UniqueFd> passed_sockets() {
  std::vector<UniqueFd> sockets;
  const int count = ::sd_listen_fds(1);  // and forget them, for our children
  for (int i = 0; i < count; ++i) sockets.emplace_back(SD_LISTEN_FDS_START + i);
  return sockets;
}

}  // namespace msn::msncd
