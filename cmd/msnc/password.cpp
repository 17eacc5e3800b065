// SPDX-License-Identifier: MIT
#include "cmd/msnc/password.hpp"

#include "cmd/msnc/program.hpp"
#include "cmd/msnc/writer.hpp"
#include "cmd/secret.hpp"
#include "core/base/startup.hpp"
#include "core/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

namespace msn::msnc {
namespace {

// The line counts when it is there, whether its command ends or not: it may have started an agent.
// One that has failed by then has no password to give.
Result<std::string> from_command(const std::string& command) {
  constexpr int longest_end_ms = 1000;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0)
    return fail(ErrorCode::usage, "the password command cannot be run: " + errno_text(errno));
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  auto child = start({{"/bin/sh", "-c", command}, {}, -1, write_end.get()});
  write_end.reset();
  if (!child) return fail(std::move(child.error()));
  auto password = read_secret(read_end.get(), "the password command");
  if (const UniqueFd end(static_cast<int>(::syscall(SYS_pidfd_open, *child, 0))); end && password) {
    pollfd ended{end.get(), POLLIN, 0};
    if (::poll(&ended, 1, longest_end_ms) == 0) return password;
  }
  read_end.reset();
  const std::string end = wait_for_end(*child);
  if (end.empty()) return password;
  const std::string why = password ? "the password command failed" : password.error().message;
  if (password) wipe(*password);
  return fail(ErrorCode::usage, why + " (" + end + ")");
}

// A terminal that does not echo. Meanwhile a signal waits until somebody asks for it, so that it
// cannot leave the terminal that way.
class Unechoed {
 public:
  explicit Unechoed(int tty) : tty_(tty) {
    sigset_t ending;
    ::sigemptyset(&ending);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaddset(&ending, signal);
    ::sigprocmask(SIG_BLOCK, &ending, &mask_before_);
    signals_ = UniqueFd(::signalfd(-1, &ending, SFD_CLOEXEC));
    hides_ = ::tcgetattr(tty_, &before_) == 0;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hides_ = hides_ && ::tcsetattr(tty_, TCSAFLUSH, &hidden) == 0;
  }
  // What came meanwhile takes effect here: an ending signal ends the program.
  ~Unechoed() {
    if (hides_) ::tcsetattr(tty_, TCSAFLUSH, &before_);
    if (received_ != 0) ::raise(received_);
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  Unechoed(const Unechoed&) = delete;
  Unechoed& operator=(const Unechoed&) = delete;

  bool hides() const { return hides_; }
  // Waits for something typed; false: a signal came instead.
  bool wait() {
    for (;;) {
      pollfd ready[2]{{tty_, POLLIN, 0}, {signals_.get(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0) {
        if (errno == EINTR) continue;
        return false;
      }
      if (ready[1].revents == 0) return true;
      signalfd_siginfo info{};
      if (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
        received_ = static_cast<int>(info.ssi_signo);
      return false;
    }
  }

 private:
  int tty_;
  termios before_{};
  sigset_t mask_before_{};
  UniqueFd signals_;
  bool hides_ = false;
  int received_ = 0;
};

Result<std::string> from_terminal(const std::string& email) {
  const UniqueFd tty(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!tty)
    return fail(ErrorCode::usage,
                "there is no terminal to ask for the password; give --password-file, "
                "--password-stdin or --password-command");
  std::string line;
  {
    Unechoed terminal(tty.get());
    if (!terminal.hides())
      return fail(ErrorCode::usage,
                  "the terminal cannot hide a password; give --password-file, "
                  "--password-stdin or --password-command");
    write_all(tty.get(), "password of " + email + ": ");
    std::array<char, 512> buffer{};
    while (line.find('\n') == line.npos && terminal.wait()) {
      const ssize_t n = ::read(tty.get(), buffer.data(), buffer.size());
      if (n <= 0) break;
      line.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::explicit_bzero(buffer.data(), buffer.size());
    write_all(tty.get(), "\n");
  }
  return secret_line(std::move(line), "the terminal");
}

}  // namespace

Result<void> check_password_sources(const PasswordSources& sources) {
  const int given = int{sources.file.has_value()} + int{sources.command.has_value()} +
                    int{sources.standard_input};
  if (given > 1)
    return fail(ErrorCode::usage,
                "login takes one of --password-file, --password-stdin and --password-command");
  if (given == 0 && sources.config.password_command && sources.config.password_file)
    return fail(ErrorCode::usage,
                "the configuration has both password_command and password_file; keep one");
  return {};
}

Result<std::string> read_password(const PasswordSources& sources) {
  if (auto good = check_password_sources(sources); !good) return fail(std::move(good.error()));
  guard_memory();
  if (sources.file) return read_secret_file(*sources.file, true);
  if (sources.command) return from_command(*sources.command);
  if (sources.standard_input) {
    return read_secret(STDIN_FILENO, "standard input");
  }
  if (sources.config.password_command) return from_command(*sources.config.password_command);
  if (sources.config.password_file) return read_secret_file(*sources.config.password_file, true);
  if (!sources.may_ask)
    return fail(ErrorCode::usage,
                "no password was given and --no-input forbids to ask; give --password-file, "
                "--password-stdin or --password-command");
  return from_terminal(sources.email);
}

}  // namespace msn::msnc
