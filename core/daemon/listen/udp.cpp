// SPDX-License-Identifier: MIT
#include "core/daemon/listen/udp.hpp"

#include "core/daemon/listen/client.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/limits.hpp"

#include <asio/ip/address.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <netinet/in.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

constexpr std::size_t most_pending = 16;  // requests of one source
constexpr int received_in_one_go = 64;    // after which other clients get their turn
// For bursts: the kernel drops datagrams that do not fit. It reduces this size to its own limit.
constexpr int receive_buffer = 1 << 20;

bool on_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(four.sin_addr.s_addr) >> 24 == 127;
  }
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
  }
  return false;
}

std::string key_of(const sockaddr_storage& address, socklen_t size) {
  return {reinterpret_cast<const char*>(&address), size};
}

}  // namespace

UdpListener::Source::Source(UdpListener& listener, Key address, uid_t user)
    : listener_(listener),
      address_(std::move(address)),
      conversation_(listener.hub_.daemon(), *this, Conversation::Binding::datagram) {
  listener_.hub_.log_opened(*this, Conversation::Binding::datagram, user);
}

std::string UdpListener::Source::name() const {
  asio::ip::udp::endpoint endpoint;
  std::memcpy(endpoint.data(), address_.data(), std::min(address_.size(), endpoint.capacity()));
  return "client port " + std::to_string(endpoint.port());
}

void UdpListener::Source::on_answer() {
  if (std::exchange(posted_, true)) return;
  asio::post(listener_.hub_.loop(), [weak = listener_.weak_from_this(), key = address_] {
    const auto listener = weak.lock();
    if (!listener) return;
    const auto found = listener->by_address_.find(key);
    if (found == listener->by_address_.end()) return;
    found->second->posted_ = false;
    found->second->advance();
  });
}

void UdpListener::Source::receive(std::string_view datagram) {
  if (pending_.size() >= most_pending) return;  // dropped, as UDP permits
  pending_.emplace_back(datagram);
  advance();
}

void UdpListener::Source::advance() {
  try {
    for (;;) {
      std::string out;
      conversation_.feed({}, out, 1);
      for (const auto unit : protocol::units(out)) {
        if (unit.size() <= protocol::limits::datagram)
          listener_.send(address_, unit);
        else
          listener_.send(address_, protocol::replacement_for(unit));
      }
      const bool over = conversation_.delivered();
      if (over || conversation_.producing()) return on_answer();
      if (!out.empty()) continue;
      if (pending_.empty() || conversation_.blocked()) return;
      std::string datagram = std::move(pending_.front());
      pending_.pop_front();
      conversation_.datagram(datagram);
      wipe(datagram.data(), datagram.size());
    }
  } catch (const std::exception& error) {
    listener_.hub_.log().error("listen", std::string("internal error: ") + error.what());
  }
}

Result<std::shared_ptr<Listener>> UdpListener::open(Hub& hub, const pipe::Address& address) {
  const auto failed = [&](ErrorCode code, const std::string& why) {
    return fail(code, "cannot listen on " + address.text() + ": " + why);
  };
  asio::error_code error;
  const auto host = asio::ip::make_address(address.host, error);
  if (error || !host.is_loopback())
    return failed(ErrorCode::usage,
                  "not a loopback address; use udp:127.0.0.1:PORT or udp:[::1]:PORT");
  const asio::ip::udp::endpoint endpoint(host, address.port);
  UniqueFd fd(::socket(endpoint.protocol().family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || ::bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0)
    return failed(errno == EADDRINUSE ? ErrorCode::busy : ErrorCode::no_access,
                  std::strerror(errno));
  return serve(std::make_shared<UdpListener>(hub), std::move(fd));
}

Result<std::shared_ptr<Listener>> UdpListener::adopt(Hub& hub, UniqueFd fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      !on_loopback(address))
    return fail(ErrorCode::no_access,
                "a datagram socket passed by systemd is not on a loopback address");
  if (::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0)
    return fail(ErrorCode::no_access,
                std::string("cannot use a socket passed by systemd: ") + std::strerror(errno));
  return serve(std::make_shared<UdpListener>(hub), std::move(fd));
}

Result<std::shared_ptr<Listener>> UdpListener::serve(std::shared_ptr<UdpListener> listener,
                                                     UniqueFd fd) {
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  asio::error_code error;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return fail(ErrorCode::no_access,
                std::string("cannot read a socket's address: ") + std::strerror(errno));
  auto senders = UdpSenders::open(address);
  if (!senders)
    return fail(senders.error().code, "cannot serve datagrams: " + senders.error().message);
  listener->senders_ = std::move(*senders);
  listener->socket_.assign(
      address.ss_family == AF_INET6 ? asio::ip::udp::v6() : asio::ip::udp::v4(), fd.get(), error);
  if (error) return fail(ErrorCode::no_access, "cannot watch a socket: " + error.message());
  fd.release();
  listener->await_datagrams();
  return std::shared_ptr<Listener>(std::move(listener));
}

void UdpListener::await_datagrams() {
  if (closed_) return;
  socket_.async_wait(asio::socket_base::wait_read,
                     [self = shared_from_this()](const asio::error_code&) {
                       // Receives again even if a request throws.
                       struct Again {
                         UdpListener& listener;
                         ~Again() { listener.await_datagrams(); }
                       } again{*self};
                       if (!self->closed_) self->receive_some();
                     });
}

void UdpListener::receive_some() {
  for (int count = 0; count < received_in_one_go && !closed_; ++count) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const auto length = ::recvfrom(socket_.native_handle(), hub_.in(), Hub::in_size, MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 0) {
      if (errno == EINTR) continue;
      return;  // no datagram, or the pending error of an earlier sendto()
    }
    const auto user = allowed_user(from);
    if (!user)
      send(key_of(from, size), "ERR EPERM\n");
    else if (static_cast<std::size_t>(length) > protocol::limits::datagram)
      send(key_of(from, size), "ERR EINVAL\n");
    else
      source(from, size, *user).receive({hub_.in(), static_cast<std::size_t>(length)});
    wipe(hub_.in(), static_cast<std::size_t>(length));
  }
}

// Checked for every datagram, because the port may have a new owner.
std::optional<uid_t> UdpListener::allowed_user(const sockaddr_storage& from) {
  const auto user = senders_->user(from);
  if (user && hub_.allowed(*user)) return user;
  if (user)
    hub_.warn("refused a datagram of uid " + std::to_string(*user));
  else
    hub_.log().debug("listen", "refused a datagram: its sender has already closed the socket");
  return std::nullopt;
}

UdpListener::Source& UdpListener::source(const sockaddr_storage& from, socklen_t size, uid_t user) {
  auto key = key_of(from, size);
  auto found = by_address_.find(key);
  if (found == by_address_.end()) {
    if (sources_.size() >= hub_.limits().sources) evict_one();
    sources_.emplace_back(*this, key, user);
    found = by_address_.emplace(std::move(key), std::prev(sources_.end())).first;
    if (!watched_) {
      watched_ = true;
      hub_.watch([weak = weak_from_this()] {
        const auto self = weak.lock();
        return self && self->evict_silent();
      });
    }
  } else {
    sources_.splice(sources_.end(), sources_, found->second);
  }
  found->second->last_received = hub_.clock().steady();
  return *found->second;
}

// Drops the idle source that has been silent longest. If none is idle, drops the one that has been
// silent longest, whose socket may have been closed.
void UdpListener::evict_one() {
  auto place = std::find_if(sources_.begin(), sources_.end(),
                            [](const Source& source) { return source.idle(); });
  if (place == sources_.end()) place = sources_.begin();
  by_address_.erase(place->address());
  sources_.erase(place);
}

bool UdpListener::evict_silent() {
  const auto now = hub_.clock().steady();
  const auto before = now - hub_.limits().source_timeout;
  const auto long_before = now - hub_.limits().unacked_source_timeout;
  for (auto place = sources_.begin(); place != sources_.end() && place->last_received <= before;) {
    if (place->idle() && (!place->has_unacked() || place->last_received <= long_before)) {
      by_address_.erase(place->address());
      place = sources_.erase(place);
    } else {
      ++place;
    }
  }
  watched_ = !sources_.empty();
  return watched_;
}

// A datagram that cannot be sent (full buffer, closed socket) is lost, as UDP permits.
void UdpListener::send(const Key& to, std::string_view unit) {
  if (closed_) return;
  ::sendto(socket_.native_handle(), unit.data(), unit.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(to.data()), static_cast<socklen_t>(to.size()));
}

void UdpListener::close() {
  if (closed_) return;
  closed_ = true;
  by_address_.clear();
  sources_.clear();
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace msn::daemon::listen
