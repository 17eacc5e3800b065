// SPDX-License-Identifier: MIT
#include "cmd/msnc/password.hpp"

#include "cmd/msnc/child_process.hpp"
#include "cmd/msnc/writer.hpp"
#include "cmd/secret.hpp"
#include "core/base/startup.hpp"
#include "core/base/unique_fd.hpp"
#include "core/protocol/limits.hpp"

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

static_assert(longest_password == protocol::limits::password);

namespace {

// Reads the password that a command prints. If the command keeps running for a second after it (an
// agent), it is not waited for; if it fails within that second, that is an error.
Result<std::string> from_command(const std::string& command) {
  constexpr int longest_end_ms = 1000;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0)
    return fail(ErrorCode::usage,
                std::string("the password command cannot be run: ") + std::strerror(errno));
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  auto child = start_child({{"/bin/sh", "-c", command}, {}, -1, write_end.get()});
  write_end.reset();
  if (!child) return fail(std::move(child.error()));
  auto password = read_secret(read_end.get(), "the password command");
  if (const UniqueFd end(static_cast<int>(::syscall(SYS_pidfd_open, *child, 0))); end && password) {
    pollfd ended{end.get(), POLLIN, 0};
    if (::poll(&ended, 1, longest_end_ms) == 0) return password;
  }
  read_end.reset();
  const std::string end = wait_for_exit(*child);
  if (end.empty()) return password;
  const std::string why = password ? "the password command failed" : password.error().message;
  if (password) wipe(*password);
  return fail(ErrorCode::usage, why + " (" + end + ")");
}

// Turns off the echo of a terminal. Signals that end the program are blocked meanwhile and
// delivered by the destructor, which turns the echo on again.
class EchoOff {
 public:
  explicit EchoOff(int tty) : tty_(tty) {
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
  // A signal that was received ends the program here.
  ~EchoOff() {
    if (hides_) ::tcsetattr(tty_, TCSAFLUSH, &before_);
    if (received_ != 0) ::raise(received_);
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  bool hides() const { return hides_; }
  // Waits for input; false: a signal has arrived.
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

// `others`: the options that can be given instead of a terminal.
Result<UniqueFd> open_terminal(std::string_view others) {
  UniqueFd tty(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (tty) return tty;
  return fail(ErrorCode::usage,
              "there is no terminal to ask for the password; use " + std::string(others));
}

Result<std::string> ask(int tty, const std::string& prompt, std::string_view others) {
  std::string line;
  {
    EchoOff terminal(tty);
    if (!terminal.hides())
      return fail(ErrorCode::usage,
                  "the terminal cannot hide a password; use " + std::string(others));
    write_all(tty, prompt);
    std::array<char, 512> buffer{};
    while (line.find('\n') == line.npos && terminal.wait()) {
      const ssize_t n = ::read(tty, buffer.data(), buffer.size());
      if (n <= 0) break;
      line.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::explicit_bzero(buffer.data(), buffer.size());
    write_all(tty, "\n");
  }
  return secret_line(std::move(line), "the terminal");
}

// A new password is typed twice, because it cannot be seen.
Result<std::string> ask_twice(int tty, const std::string& prompt, std::string_view others) {
  for (int tries = 3;; --tries) {
    auto first = ask(tty, prompt, others);
    if (!first) return first;
    auto again = ask(tty, "repeat the password: ", others);
    const bool same = again && *first == *again;
    if (again) wipe(*again);
    if (same) return first;
    wipe(*first);
    if (!again) return again;
    if (tries == 1) return fail(ErrorCode::usage, "the two passwords differ");
    write_all(tty, "the passwords differ\n");
  }
}

constexpr std::string_view sources_of_login =
    "--password-file, --password-stdin or --password-command";

Result<std::string> from_terminal(const PasswordSources& sources) {
  auto tty = open_terminal(sources_of_login);
  if (!tty) return fail(std::move(tty.error()));
  if (sources.is_new)
    return ask_twice(tty->get(), "new password of " + sources.email + ": ", sources_of_login);
  return ask(tty->get(), "password of " + sources.email + ": ", sources_of_login);
}

}  // namespace

Result<void> check_password_sources(const PasswordSources& sources) {
  const int given = int{sources.file.has_value()} + int{sources.command.has_value()} +
                    int{sources.standard_input};
  if (given > 1)
    return fail(ErrorCode::usage,
                "login takes only one of --password-file, --password-stdin and --password-command");
  if (given == 0 && sources.config.password_command && sources.config.password_file)
    return fail(ErrorCode::usage,
                "the configuration has both password_command and password_file; remove one");
  return {};
}

Result<std::string> read_password(const PasswordSources& sources) {
  if (auto good = check_password_sources(sources); !good) return fail(std::move(good.error()));
  guard_memory();
  if (sources.file) return read_secret_file(*sources.file, true);
  if (sources.command) return from_command(*sources.command);
  if (sources.standard_input) return read_secret(STDIN_FILENO, "standard input");
  if (sources.config.password_command) return from_command(*sources.config.password_command);
  if (sources.config.password_file) return read_secret_file(*sources.config.password_file, true);
  if (!sources.may_prompt)
    return fail(ErrorCode::usage, "no password was given, and --no-input forbids a prompt; use " +
                                      std::string(sources_of_login));
  return from_terminal(sources);
}

Result<protocol::Passwd> prompt_for_old_and_new(bool may_prompt) {
  constexpr std::string_view others = "--password-stdin";
  if (!may_prompt)
    return fail(ErrorCode::usage,
                "--no-input forbids a prompt for the passwords; use --password-stdin");
  guard_memory();
  auto tty = open_terminal(others);
  if (!tty) return fail(std::move(tty.error()));
  auto old = ask(tty->get(), "old password: ", others);
  if (!old) return fail(std::move(old.error()));
  auto next = ask_twice(tty->get(), "new password: ", others);
  if (next) return protocol::Passwd{std::move(*old), std::move(*next)};
  wipe(*old);
  return fail(std::move(next.error()));
}

}  // namespace msn::msnc
