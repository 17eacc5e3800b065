// SPDX-License-Identifier: MIT
#include "cmd/msncd/password.hpp"

#include "core/base/text.hpp"
#include "core/base/trusted_file.hpp"

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
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

constexpr std::size_t longest = 4096;  // of what may come before the first LF

void wipe(std::string& text) {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

network::Secret first_line(std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  wipe(text);
  return network::Secret(std::move(line));
}

}  // namespace

Result<network::Secret> read_password_file(const std::string& path) {
  const auto failed = [&](ErrorCode code, const std::string& why) {
    return fail(code, "password file " + visible(path) + ": " + why);
  };
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0) return failed(ErrorCode::no_access, ::strerror(errno));
  if (!S_ISREG(found.st_mode)) return failed(ErrorCode::usage, "not a file");
  if (auto good = check_trusted(fd.get(), path, FileUse::password); !good)
    return fail(good.error());
  std::string text(longest, '\0');
  const auto count = ::read(fd.get(), text.data(), text.size());
  if (count < 0) return failed(ErrorCode::no_access, ::strerror(errno));
  text.resize(static_cast<std::size_t>(count));
  auto secret = first_line(text);
  if (secret.text().empty()) return failed(ErrorCode::usage, "its first line is empty");
  return secret;
}

PasswordCommand::PasswordCommand(asio::io_context& loop, const std::string& command, Done done)
    : output_(loop), end_(loop), done_(std::move(done)) {
  text_.reserve(longest);  // never moved, so that no copy is left behind
  int ends[2];
  const auto fail_later = [&] {
    const int reason = errno;
    asio::post(loop, [this, reason, alive = std::weak_ptr<char>(alive_)] {
      if (alive.expired()) return;
      finish(fail(ErrorCode::no_access, std::string("cannot run it: ") + ::strerror(reason)));
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
  // A group of its own, so that all of a pipeline can be ended; no signal ignored as we do.
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
  read();
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
  output_.async_read_some(asio::buffer(buffer_), [this](const asio::error_code& error,
                                                        std::size_t count) {
    if (error == asio::error::operation_aborted) return;
    // Only the first line counts, but the command is not to die of a closed pipe.
    if (text_.size() + count <= longest) text_.append(buffer_, count);
    ::explicit_bzero(buffer_, sizeof buffer_);
    if (!error) return read();
    end_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& stop) {
      if (!stop) reap();
    });
  });
}

void PasswordCommand::reap() {
  int status = 0;
  if (::waitpid(std::exchange(child_, -1), &status, 0) < 0)
    return finish(
        fail(ErrorCode::no_access, std::string("how it ended is unknown: ") + ::strerror(errno)));
  if (WIFSIGNALED(status))
    return finish(
        fail(ErrorCode::usage, "it was ended by signal " + std::to_string(WTERMSIG(status))));
  if (WEXITSTATUS(status) != 0)
    return finish(
        fail(ErrorCode::usage, "it failed with status " + std::to_string(WEXITSTATUS(status))));
  auto secret = first_line(text_);
  if (secret.text().empty()) return finish(fail(ErrorCode::usage, "it printed no password"));
  finish(std::move(secret));
}

void PasswordCommand::finish(Result<network::Secret> result) {
  if (result.has_value())
    std::exchange(done_, {})(std::move(result));
  else
    std::exchange(done_,
                  {})(fail(result.error().code, "password_command: " + result.error().message));
}

}  // namespace msn::msncd
