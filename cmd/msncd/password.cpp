// SPDX-License-Identifier: MIT
#include "cmd/msncd/password.hpp"

#include "cmd/secret.hpp"

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

// The header of glibc 2.36 lacks the extern "C".
extern "C" {
#include <sys/pidfd.h>
}

namespace msn::msncd {
namespace {

// How long a command may take to end, or to fail, after it has printed the line.
constexpr std::chrono::seconds end_timeout{1};
constexpr const char* source = "password_command";

Result<network::Secret> secret(Result<std::string> line) {
  if (!line) return fail(std::move(line.error()));
  return network::Secret(std::move(*line));
}

}  // namespace

Result<network::Secret> read_password_file(const std::string& path) {
  return secret(read_secret_file(path, false));
}

PasswordCommand::PasswordCommand(asio::io_context& loop, const std::string& command, Done done)
    : output_(loop), end_(loop), end_timer_(loop), done_(std::move(done)) {
  text_.reserve(longest_secret + 1);  // never reallocated: no copy is left in memory
  int ends[2];
  const auto fail_later = [&] {
    const int reason = errno;
    asio::post(loop, [this, reason, alive = std::weak_ptr<char>(alive_)] {
      if (alive.expired()) return;
      finish(fail(ErrorCode::no_access,
                  std::string(source) + " cannot be run: " + ::strerror(reason)));
    });
  };
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    fail_later();
    return;
  }
  UniqueFd reading(ends[0]), writing(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  ::posix_spawnattr_init(&attributes);
  // Its own process group, so that a whole pipeline can be killed; default signal handling.
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  std::string shell = "sh", option = "-c", text = command;
  char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  errno = ::posix_spawn(&child_, "/bin/sh", &actions, &attributes, arguments, ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (errno != 0) {
    child_ = -1;
    fail_later();
    return;
  }
  asio::error_code error;
  output_.assign(reading.release(), error);
  const int end = ::pidfd_open(child_, 0);
  if (end < 0) {
    fail_later();
    return;
  }
  ::fcntl(end, F_SETFD, FD_CLOEXEC);
  end_.assign(end, error);
  output_.non_blocking(true, error);
  read();
  end_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& stop) {
    if (!stop) reap();
  });
}

PasswordCommand::~PasswordCommand() {
  if (child_ > 0) {
    ::kill(-child_, SIGTERM);
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  wipe(text_);
  ::explicit_bzero(buffer_, sizeof buffer_);
}

void PasswordCommand::read() {
  output_.async_wait(asio::posix::descriptor_base::wait_read,
                     [this](const asio::error_code& error) {
                       if (error || !read_available()) return;
                       if (has_line() && text_.find('\n') == text_.npos)  // too long
                         return finish(secret(secret_line(std::move(text_), source)));
                       if (has_line() && !std::exchange(line_complete_, true)) {
                         end_timer_.expires_after(end_timeout);
                         end_timer_.async_wait([this](const asio::error_code& stop) {
                           if (!stop) finish(secret(secret_line(std::move(text_), source)));
                         });
                       }
                       read();
                     });
}

// Reads the output that is available, at most until has_line(); output after the first line is
// discarded, so that the command is not killed by SIGPIPE. False: the output has ended.
bool PasswordCommand::read_available() {
  do {
    asio::error_code error;
    const auto count = output_.read_some(asio::buffer(buffer_), error);
    if (error) return error == asio::error::would_block || error == asio::error::interrupted;
    text_.append(buffer_, std::min(count, longest_secret + 1 - text_.size()));
    ::explicit_bzero(buffer_, sizeof buffer_);
  } while (!has_line());
  return true;
}

// The first line is complete or too long.
bool PasswordCommand::has_line() const {
  return text_.size() > longest_secret || text_.find('\n') != text_.npos;
}

void PasswordCommand::reap() {
  (void)read_available();
  int status = 0;
  if (::waitpid(std::exchange(child_, -1), &status, 0) < 0)
    return finish(
        fail(ErrorCode::no_access,
             std::string(source) + " ended with an unknown status: " + ::strerror(errno)));
  if (WIFSIGNALED(status))
    return finish(fail(ErrorCode::usage, std::string(source) + " was killed by signal " +
                                             std::to_string(WTERMSIG(status))));
  if (WEXITSTATUS(status) != 0)
    return finish(fail(ErrorCode::usage, std::string(source) + " failed with status " +
                                             std::to_string(WEXITSTATUS(status))));
  finish(secret(secret_line(std::move(text_), source)));
}

void PasswordCommand::finish(Result<network::Secret> result) {
  asio::error_code ignored;
  end_timer_.cancel();
  output_.close(ignored);
  end_.close(ignored);
  std::exchange(done_, {})(std::move(result));
}

}  // namespace msn::msncd
