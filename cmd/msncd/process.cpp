// SPDX-License-Identifier: MIT
#include "cmd/msncd/process.hpp"

#include "core/base/text.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

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

bool put_number(int fd) {
  const auto number = std::to_string(::getpid()) + '\n';
  return ::ftruncate(fd, 0) == 0 &&
         ::pwrite(fd, number.data(), number.size(), 0) == static_cast<ssize_t>(number.size());
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600));
  if (!fd) return failed_on(path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed_on(path);
    // Between taking the lock and writing the number there is a moment.
    std::string holder = first_word_of(fd.get());
    for (int tries = 0; holder.empty() && tries < 20; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      holder = first_word_of(fd.get());
    }
    return fail(ErrorCode::busy, "already served by msncd with process number " +
                                     (parse_number(holder) ? holder : std::string("unknown")) +
                                     " (it holds " + visible(path) + ')');
  }
  if (!put_number(fd.get())) return failed_on(path);
  return LockFile(std::move(fd));
}

Result<PidFile> PidFile::write(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644));
  if (!fd || !put_number(fd.get())) return failed_on(path);
  return PidFile(path);
}

PidFile::~PidFile() {
  if (!path_) return;
  const UniqueFd fd(::open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
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
