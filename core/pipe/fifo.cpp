// SPDX-License-Identifier: MIT
#include "core/pipe/fifo.hpp"

#include "core/base/hex.hpp"
#include "core/base/unique_fd.hpp"
#include "core/pipe/deadline.hpp"
#include "core/protocol/limits.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::pipe {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;

// write(2) has no MSG_NOSIGNAL: blocks SIGPIPE during the call and discards one that it caused.
ssize_t write_without_signal(int fd, std::string_view bytes) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE)) {
    const timespec now{};
    while (sigtimedwait(&pipe_signal, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

std::string random_token() {
  unsigned char bytes[8];
  // So few bytes are never short, and block only during the system's start. The token is not
  // secret.
  while (::getrandom(bytes, sizeof bytes, 0) < 0 && errno == EINTR) {
  }
  return to_hex(bytes);
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class Fifo final : public Pipe {
 public:
  Fifo(UniqueFd in, UniqueFd out, const Address& address)
      : in_(std::move(in)),
        out_(std::move(out)),
        address_(address),
        buffer_(new char[buffer_size]) {}

  // flock(2) has no timeout, so with a deadline it is retried with BackOff's pauses. Without one it
  // blocks.
  Result<void> lock(Patience patience) {
    const Deadline deadline(patience);
    BackOff back_off;
    while (::flock(in_.get(), patience ? LOCK_EX | LOCK_NB : LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) return fail(connect_error(errno, address_));
      if (!back_off.wait(deadline))
        return fail(
            ErrorCode::daemon_timeout,
            address_.text() + ": another client has been using it for " + patience_text(patience));
    }
    return {};
  }

  Result<void> synchronise(Patience patience) {
    gone_ = false;
    const std::string token = random_token();
    // The LF ends a line that a previous client did not finish.
    if (auto sent = write("\nHELLO SYNC=" + token + '\n', patience, true); !sent) return sent;
    const std::string mark = " SYNC=" + token;
    std::string line;
    for (;;) {
      auto bytes = receive(patience);
      if (!bytes) return fail(bytes.error());
      if (bytes->empty())
        return fail(ErrorCode::no_daemon, "msncd at " + address_.text() + " has disconnected");
      for (std::string_view rest = *bytes; !rest.empty();) {
        const auto end = rest.find('\n');
        // Only the end of a line is needed. What a previous client left unread may be long.
        if (line.size() > protocol::limits::line) line.erase(0, line.size() / 2);
        line += rest.substr(0, end);
        if (end == rest.npos) break;
        rest.remove_prefix(end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (ends_with(line, mark) || line.find(mark + ' ') != line.npos) {
          // It may follow the rest of a line that a previous client left unread.
          const auto begin = line.rfind("OK ");
          greeting_ = begin == line.npos ? line : line.substr(begin);
          return {};
        }
        line.clear();
      }
    }
  }

  Result<void> send(std::string_view unit, Patience patience) override {
    return write(unit, patience, false);
  }

  Result<std::string_view> receive(Patience patience) override {
    const Deadline deadline(patience);
    for (;;) {
      if (!wait_for(out_.get(), POLLIN, deadline)) return silence(patience);
      const auto got = ::read(out_.get(), buffer_.get(), buffer_size);
      if (got > 0) return std::string_view(buffer_.get(), static_cast<std::size_t>(got));
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0)
        return fail(ErrorCode::protocol,
                    "cannot read from " + address_.text() + ": " + std::strerror(errno));
      if (gone_)
        return fail(ErrorCode::no_daemon, "msncd at " + address_.text() + " has disconnected");
      return std::string_view();
    }
  }

  bool datagrams() const override { return false; }
  int descriptor() const override { return out_.get(); }
  // The owner of the FIFO, who is its reader.
  std::optional<uid_t> server() const override {
    struct stat entry {};
    if (::fstat(in_.get(), &entry) != 0) return std::nullopt;
    return entry.st_uid;
  }
  Result<void> renew(Patience patience) override { return synchronise(patience); }
  std::string_view greeting() const override { return greeting_; }

 private:
  // `discard`: drop the input from `out`, because the daemon may be blocked writing it and then
  // does not read `in`.
  Result<void> write(std::string_view bytes, Patience patience, bool discard) {
    while (!bytes.empty() && !gone_) {
      const auto written = write_without_signal(in_.get(), bytes);
      if (written >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        if (!writable(Deadline(patience), discard)) return silence(patience);
      } else if (errno == EPIPE) {
        gone_ = true;
      } else if (errno != EINTR) {
        return fail(ErrorCode::protocol,
                    "cannot write to " + address_.text() + ": " + std::strerror(errno));
      }
    }
    return {};
  }

  bool writable(const Deadline& deadline, bool discard) {
    pollfd entries[] = {{in_.get(), POLLOUT, 0}, {out_.get(), POLLIN, 0}};
    for (;;) {
      const int ready = ::poll(entries, discard ? 2 : 1, deadline.left());
      if (ready == 0 && deadline.left() == 0) return false;
      if (ready <= 0) continue;
      if (entries[0].revents != 0) return true;
      if (::read(out_.get(), buffer_.get(), buffer_size) == 0)
        return true;  // the write reports the end
    }
  }

  tl::unexpected<Error> silence(Patience patience) const {
    return fail(ErrorCode::daemon_timeout,
                address_.text() + ": no answer within " + patience_text(patience));
  }

  UniqueFd in_;  // has the lock until it is closed
  UniqueFd out_;
  Address address_;
  std::unique_ptr<char[]> buffer_;
  std::string greeting_;
  bool gone_ = false;
};

Result<UniqueFd> open_end(const std::string& path, int mode, const Address& address) {
  // O_NONBLOCK: otherwise open(2) would wait for a daemon.
  UniqueFd fd(::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return fail(connect_error(errno, address));
  struct stat entry {};
  if (::fstat(fd.get(), &entry) != 0 || !S_ISFIFO(entry.st_mode))
    return fail(ErrorCode::no_daemon, path + " is not a named pipe");
  return fd;
}

}  // namespace

Result<std::unique_ptr<Pipe>> open_fifo(const Address& address, Patience patience) {
  auto in = open_end(address.path + "/in", O_WRONLY, address);
  if (!in) return fail(in.error());
  auto out = open_end(address.path + "/out", O_RDONLY, address);
  if (!out) return fail(out.error());
  auto fifo = std::make_unique<Fifo>(std::move(*in), std::move(*out), address);
  if (auto locked = fifo->lock(patience); !locked) return fail(locked.error());
  if (auto ready = fifo->synchronise(patience); !ready) return fail(ready.error());
  return std::unique_ptr<Pipe>(std::move(fifo));
}

}  // namespace msn::pipe
