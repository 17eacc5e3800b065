// SPDX-License-Identifier: MIT
#include "cmd/msnc/autostart.hpp"

#include "cmd/msnc/child_process.hpp"
#include "core/base/paths.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"
#include "core/pipe/locate.hpp"
#include "core/pipe/pipe.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

namespace msn::msnc {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds longest_start{5000};

bool listens(const pipe::Address& address) {
  return pipe::open(address, milliseconds(1000)).has_value();
}

// Locks the directory of the daemon's socket, so that only one process starts the daemon. An
// address without a directory has that of the default socket. A default directory is created.
Result<UniqueFd> lock(const Autostart& wanted) {
  const auto& address = wanted.address;
  const bool has_directory = address.kind == pipe::Address::Kind::unix_socket &&
                             address.path.find('/') != std::string::npos;
  const std::string socket =
      has_directory ? address.path
                    : pipe::default_sockets(process_environment(), wanted.account).front();
  const std::string directory = socket.substr(0, socket.rfind('/'));
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == ENOENT && !(wanted.explicit_address && has_directory)) {
    if (auto made = make_private_directory(directory); !made) return fail(std::move(made.error()));
    fd = UniqueFd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  if (!fd)
    return fail(ErrorCode::no_access, directory + " cannot be opened: " + std::strerror(errno));
  while (::flock(fd.get(), LOCK_EX) < 0 && errno == EINTR) {
  }
  return fd;
}

// The msncd beside this program, so that a build or an unpacked archive starts its own daemon; else
// the one in PATH.
std::string daemon_program() {
  const std::string own = own_path();
  if (const auto slash = own.rfind('/'); slash != own.npos) {
    std::string beside = own.substr(0, slash + 1) + "msncd";
    if (::access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "msncd";
}

// The last line that a program has written to the pipe; if there is none, how it ended.
std::string last_line(int fd, std::string end) {
  std::array<char, 65536> buffer{};
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  std::string_view said(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  while (said.ends_with('\n')) said.remove_suffix(1);
  said.remove_prefix(said.rfind('\n') + 1);
  constexpr std::string_view prefix = "msncd: ";
  if (said.starts_with(prefix)) said.remove_prefix(prefix.size());
  return said.empty() ? end : visible(said);
}

// Runs msncd --detach. Returns an empty string if the daemon listens, or the reason why it may not
// listen.
Result<std::string> run_daemon(const Autostart& wanted) {
  std::vector<std::string> words{daemon_program(), "--account", wanted.account, "--detach"};
  if (wanted.explicit_address) words.insert(words.end(), {"--listen", wanted.address.text()});
  if (wanted.config) words.insert(words.end(), {"--config", *wanted.config});
  // The pipe receives the messages of msncd, to report why it did not start.
  int ends[2];
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null || ::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorCode::no_daemon,
                std::string("msncd cannot be started: ") + std::strerror(errno));
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  auto child = start_child({words, {}, null.get(), null.get(), write_end.get()});
  write_end.reset();
  if (!child) return fail(ErrorCode::no_daemon, std::move(child.error().message));
  const std::string end =
      wait_for_exit(*child);  // with --detach, msncd exits when the daemon listens
  if (end.empty()) return std::string();
  std::string reason = words[0] + " did not start: " + last_line(ends[0], end);
  // Exit status 3 can mean that a daemon of this account is running already, and will listen in a
  // moment or listens at another address.
  if (end == "exit 3") return reason;
  return fail(ErrorCode::no_daemon, std::move(reason));
}

}  // namespace

Result<void> autostart(const Autostart& wanted) {
  const auto& address = wanted.address;
  auto held = lock(wanted);
  if (!held) return fail(std::move(held.error()));
  if (listens(address)) return {};  // another process has started it
  auto reason = run_daemon(wanted);
  if (!reason) return fail(std::move(reason.error()));
  const auto end = std::chrono::steady_clock::now() + longest_start;
  for (milliseconds pause{2}; !listens(address); pause *= 2) {
    if (std::chrono::steady_clock::now() > end)
      return fail(ErrorCode::no_daemon,
                  reason->empty() ? "msncd was started, but does not listen at " + address.text()
                                  : *reason);
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
  return {};
}

}  // namespace msn::msnc
