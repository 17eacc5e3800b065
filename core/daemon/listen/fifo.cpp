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

// Opened for reading and writing, so that open() does not block and there is no end of file.
Result<UniqueFd> open_pipe(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST)
    return failed(ErrorCode::no_access, path, std::strerror(errno));
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return failed(ErrorCode::no_access, path, std::strerror(errno));
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0 || !S_ISFIFO(found.st_mode))
    return failed(ErrorCode::no_access, path,
                  "a file of that name exists and is not a fifo; remove it");
  if (found.st_uid != ::geteuid())
    return failed(ErrorCode::no_access, path, "it belongs to another user");
  if (::fchmod(fd.get(), 0600) != 0)
    return failed(ErrorCode::no_access, path, std::strerror(errno));
  return fd;
}

}  // namespace

Result<std::shared_ptr<Listener>> FifoListener::open(Hub& hub, const std::string& directory) {
  if (auto made = make_private_directory(directory); !made)
    return failed(made.error().code, directory, made.error().message);
  auto listener = std::make_shared<FifoListener>();
  listener->lock_.reset(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listener->lock_) return failed(ErrorCode::no_access, directory, std::strerror(errno));
  if (::flock(listener->lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return failed(ErrorCode::busy, directory, "another msncd already serves it");
  auto in = open_pipe(directory + "/in");
  if (!in) return fail(in.error());
  auto out = open_pipe(directory + "/out");
  if (!out) return fail(out.error());
  listener->directory_ = directory;
  auto set = hub.ready_set();
  if (!set) {
    listener->close();
    return fail(set.error());
  }
  auto client = std::make_shared<Client>(
      hub, **set, Conversation::Binding::fifo,
      Stream::Descriptors{Stream::Kind::fifo, std::move(*in), std::move(*out)});
  listener->client_ = client;
  hub.add(client);
  client->start();
  return std::shared_ptr<Listener>(std::move(listener));
}

// The pipes are removed, because opening a pipe that no daemon serves would block.
void FifoListener::close() {
  if (const auto client = client_.lock()) client->drop();
  if (directory_.empty()) return;
  ::unlink((directory_ + "/in").c_str());
  ::unlink((directory_ + "/out").c_str());
  directory_.clear();
  lock_.reset();
}

}  // namespace msn::daemon::listen
