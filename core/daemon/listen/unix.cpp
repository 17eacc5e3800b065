// SPDX-License-Identifier: MIT
#include "core/daemon/listen/unix.hpp"

#include "core/base/paths.hpp"
#include "core/base/text.hpp"
#include "core/daemon/listen/client.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace msn::daemon::listen {
namespace {

constexpr int queue_length = 4096;      // the kernel reduces it to its own limit
constexpr int accepted_in_one_go = 64;  // after which connected clients get their turn
constexpr auto out_of_descriptors_pause = std::chrono::milliseconds(100);

tl::unexpected<Error> failed(ErrorCode code, const std::string& path, std::string_view why) {
  return fail(code, "cannot listen on unix:" + visible(path) + ": " + std::string(why));
}
tl::unexpected<Error> failed(const std::string& path) {
  return failed(ErrorCode::no_access, path, std::strerror(errno));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(),
              path.size());  // parse_address() has checked the length
  return address;
}

UniqueFd new_socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Result<void> prepare_directory(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  struct stat found {};
  // An existing directory need not be 0700 (the socket is 0600, and the peer's uid is checked), but
  // other users must not be able to create a socket in it.
  if (::stat(directory.c_str(), &found) == 0) return check_private_directory(directory);
  return make_private_directory(directory);
}

// Removes the socket of a daemon that was killed. Any other file is an error.
Result<void> remove_stale(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return failed(path);
  }
  if (!S_ISSOCK(found.st_mode))
    return failed(ErrorCode::no_access, path,
                  "a file of that name exists and is not a socket; remove it");
  if (found.st_uid != ::geteuid())
    return failed(ErrorCode::no_access, path, "the socket there belongs to another user");
  const auto probe = new_socket();
  const auto address = address_of(path);
  if (!probe) return failed(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN)
    return failed(ErrorCode::busy, path, "another program already listens there");
  if (errno != ECONNREFUSED && errno != ENOENT) return failed(path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path);
  return {};
}

// Sends an error to a client that is not served. It may fail.
void refuse(int fd, std::string_view words) {
  [[maybe_unused]] const auto sent =
      ::send(fd, words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

Result<std::shared_ptr<Listener>> UnixListener::open(Hub& hub, const std::string& path) {
  if (auto good = prepare_directory(path); !good)
    return failed(good.error().code, path, good.error().message);
  if (auto good = remove_stale(path); !good) return fail(good.error());
  auto fd = new_socket();
  const auto address = address_of(path);
  // bind() gives the file the socket's mode, so there is no moment in which others could connect.
  if (!fd || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed(path);
  auto listener = std::make_shared<UnixListener>(hub);
  struct stat made {};
  if (::lstat(path.c_str(), &made) == 0) {
    listener->path_ = path;
    listener->device_ = made.st_dev;
    listener->inode_ = made.st_ino;
  }
  // bind() applies the umask, which may have removed the owner's rights.
  if (::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), queue_length) != 0) {
    auto error = failed(path);
    listener->close();
    return error;
  }
  return serve(std::move(listener), std::move(fd));
}

Result<std::shared_ptr<Listener>> UnixListener::adopt(Hub& hub, UniqueFd fd) {
  if (::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0)
    return fail(ErrorCode::no_access,
                std::string("cannot use a socket passed by systemd: ") + std::strerror(errno));
  return serve(std::make_shared<UnixListener>(hub), std::move(fd));
}

Result<std::shared_ptr<Listener>> UnixListener::serve(std::shared_ptr<UnixListener> listener,
                                                      UniqueFd fd) {
  auto set = listener->hub_.ready_set();
  if (!set) {
    listener->close();
    return fail(std::move(set.error()));
  }
  listener->set_ = *set;
  asio::error_code error;
  listener->acceptor_.assign(asio::local::stream_protocol(), fd.get(), error);
  if (error) {
    listener->close();
    return fail(ErrorCode::no_access, "cannot watch a listening socket: " + error.message());
  }
  fd.release();
  listener->spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  listener->await_clients();
  return std::shared_ptr<Listener>(std::move(listener));
}

void UnixListener::await_clients() {
  if (closed_) return;
  acceptor_.async_wait(asio::socket_base::wait_read,
                       [self = shared_from_this()](const asio::error_code& error) {
                         if (!self->closed_) self->on_clients(error);
                       });
}

void UnixListener::on_clients(const asio::error_code& error) {
  // Accepts again even if serve_client() throws.
  struct Again {
    UnixListener& listener;
    bool at_once = false;
    ~Again() {
      if (at_once)
        listener.await_clients();
      else
        listener.pause();
    }
  } again{*this};
  again.at_once = !error && accept_some();
}

// Out of descriptors: waits before the next accept(), which would otherwise spin.
void UnixListener::pause() {
  pause_.expires_after(out_of_descriptors_pause);
  pause_.async_wait(
      [self = shared_from_this()](const asio::error_code&) { self->await_clients(); });
}

bool UnixListener::accept_some() {
  for (int count = 0; count < accepted_in_one_go && !closed_; ++count) {
    const int fd =
        ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      serve_client(UniqueFd(fd));
      continue;
    }
    if (errno == EAGAIN) return true;
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno != EMFILE && errno != ENFILE) {
      hub_.warn(std::string("cannot accept a client: ") + std::strerror(errno));
      return false;
    }
    if (!spare_) return false;
    refuse_one();
  }
  return true;
}

// Out of descriptors: uses the spare one to answer the next client ERR EBUSY.
void UnixListener::refuse_one() {
  spare_.reset();
  if (const UniqueFd fd(::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC)); fd)
    refuse(fd.get(), "ERR EBUSY\n");
  hub_.warn("refused a client: no file descriptor is left");
  spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void UnixListener::serve_client(UniqueFd fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      !hub_.allowed(peer.uid)) {
    hub_.warn("refused a client of uid " + std::to_string(peer.uid));
    return refuse(fd.get(), "ERR EPERM\n");
  }
  if (!hub_.has_room()) {
    hub_.warn("refused a client: " + std::to_string(hub_.clients()) +
              " clients are already connected");
    return refuse(fd.get(), "ERR EBUSY\n");
  }
  auto client =
      std::make_shared<Client>(hub_, *set_, Conversation::Binding::stream,
                               Stream::Descriptors{Stream::Kind::socket, std::move(fd), {}});
  hub_.add(client, peer.uid);
  client->start();
}

void UnixListener::close() {
  if (closed_) return;
  closed_ = true;
  asio::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  struct stat found {};
  if (!path_.empty() && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
      found.st_ino == inode_)
    ::unlink(path_.c_str());
}

}  // namespace msn::daemon::listen
