// SPDX-License-Identifier: MIT
#include "core/daemon/listen/fifo.hpp"

#include "core/base/paths.hpp"
#include "core/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::daemon::listen {
namespace {

tl::unexpected<Error> failed(ErrorCode code, const std::string& path, std::string_view why) {
  return fail(code, "cannot serve the fifo " + visible(path) + ": " + std::string(why));
}

// For reading and writing, so that it never ends and opening it waits for nobody.
Result<UniqueFd> open_pipe(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST)
    return failed(ErrorCode::no_access, path, std::strerror(errno));
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return failed(ErrorCode::no_access, path, std::strerror(errno));
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0 || !S_ISFIFO(found.st_mode))
    return failed(ErrorCode::no_access, path, "there is something else of that name");
  if (found.st_uid != ::geteuid())
    return failed(ErrorCode::no_access, path, "it belongs to somebody else");
  if (::fchmod(fd.get(), 0600) != 0)
    return failed(ErrorCode::no_access, path, std::strerror(errno));
  return fd;
}

}  // namespace

Result<void> FifoClient::watch(UniqueFd in, UniqueFd out) {
  asio::error_code error;
  in_.assign(in.get(), error);
  if (!error) in.release();
  if (!error) out_.assign(out.get(), error);
  if (error) return fail(ErrorCode::no_access, "cannot watch a fifo: " + error.message());
  out.release();
  return {};
}

void FifoClient::await_input() {
  in_.async_wait(asio::posix::descriptor_base::wait_read,
                 [this, self = shared_from_this()](const asio::error_code& error) {
                   if (error || dropped()) return;
                   const auto count = ::read(in_.native_handle(), hub().in(), Hub::in_size);
                   const auto octets = count > 0 ? static_cast<std::size_t>(count) : 0;
                   on_read({hub().in(), octets});
                   wipe(hub().in(), octets);
                 });
}

void FifoClient::await_writable() {
  out_.async_wait(asio::posix::descriptor_base::wait_write,
                  [this, self = shared_from_this()](const asio::error_code& error) {
                    if (!error) on_writable();
                  });
}

std::ptrdiff_t FifoClient::put(std::string_view octets) {
  for (;;) {
    const auto count = ::write(out_.native_handle(), octets.data(), octets.size());
    if (count >= 0) return count;
    if (errno != EINTR) return 0;  // full; there is always a reader, ourselves
  }
}

// The client is gone without having read its answers, and there is no connection to close: throw
// away what it left, so that the next one finds the pipe free.
void FifoClient::give_up() {
  while (::read(out_.native_handle(), hub().in(), Hub::in_size) > 0) {
  }
  start_over();
}

void FifoClient::close() {
  asio::error_code ignored;
  in_.close(ignored);
  out_.close(ignored);
}

Result<std::shared_ptr<Listener>> FifoListener::open(Hub& hub, const std::string& directory) {
  if (auto made = make_private_directory(directory); !made)
    return failed(made.error().code, directory, made.error().message);
  auto listener = std::make_shared<FifoListener>();
  listener->lock_.reset(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listener->lock_) return failed(ErrorCode::no_access, directory, std::strerror(errno));
  if (::flock(listener->lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return failed(ErrorCode::busy, directory, "another msncd serves it");
  auto in = open_pipe(directory + "/in");
  if (!in) return fail(in.error());
  auto out = open_pipe(directory + "/out");
  if (!out) return fail(out.error());
  listener->directory_ = directory;
  auto client = std::make_shared<FifoClient>(hub);
  if (auto good = client->watch(std::move(*in), std::move(*out)); !good) {
    listener->close();
    return fail(good.error());
  }
  listener->client_ = client;
  hub.add(client);
  client->start();
  return std::shared_ptr<Listener>(std::move(listener));
}

// A pipe nobody serves would block whoever opens it.
void FifoListener::close() {
  if (const auto client = client_.lock()) client->drop();
  if (directory_.empty()) return;
  ::unlink((directory_ + "/in").c_str());
  ::unlink((directory_ + "/out").c_str());
  directory_.clear();
  lock_.reset();
}

}  // namespace msn::daemon::listen
