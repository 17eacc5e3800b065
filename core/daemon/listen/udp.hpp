// SPDX-License-Identifier: MIT
// The datagram binding (protocol 2.1): each datagram is a request, and each unit of an answer is
// sent as one datagram. Each source address is a client, which is dropped after some time without a
// datagram. Datagrams of other users are refused, as on the Unix socket.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/daemon/conversation.hpp"
#include "core/daemon/listen/hub.hpp"
#include "core/daemon/listen/listener.hpp"
#include "core/daemon/listen/udp_sender.hpp"
#include "core/pipe/address.hpp"

#include <asio/basic_datagram_socket.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unordered_map>
#include <utility>

namespace msn::daemon::listen {

class UdpListener final : public Listener, public std::enable_shared_from_this<UdpListener> {
 public:
  // Errors: usage if the address is not loopback; busy if the port is in use.
  static Result<std::shared_ptr<Listener>> open(Hub&, const pipe::Address&);
  // Serves a bound socket passed by systemd. no_access if it is not on loopback.
  static Result<std::shared_ptr<Listener>> adopt(Hub&, UniqueFd);

  explicit UdpListener(Hub& hub) : hub_(hub), socket_(hub.loop()) {}
  void close() override;

 private:
  // The bytes of a sockaddr, as a key.
  using Key = std::string;

  // One source address and its conversation.
  class Source final : public Connection {
   public:
    Source(UdpListener&, Key address, uid_t user);
    ~Source() override { listener_.hub_.log_closed(*this); }
    std::string name() const override;
    void on_answer() override;
    void receive(std::string_view datagram);
    // Sends answers (of a long one, one piece at a time) and begins pending requests.
    void advance();
    bool idle() const { return conversation_.idle() && pending_.empty(); }
    bool has_unacked() const { return conversation_.has_unacked(); }
    const Key& address() const { return address_; }
    std::chrono::steady_clock::time_point last_received;

   private:
    UdpListener& listener_;
    Key address_;
    Conversation conversation_;
    std::deque<std::string> pending_;  // requests received while an earlier one is unanswered
    bool posted_ = false;              // advance() is posted
  };

  static Result<std::shared_ptr<Listener>> serve(std::shared_ptr<UdpListener>, UniqueFd);
  void await_datagrams();
  void receive_some();
  // The user that owns the sender's socket. Nothing: refuse the datagram.
  std::optional<uid_t> allowed_user(const sockaddr_storage&);
  Source& source(const sockaddr_storage&, socklen_t, uid_t user);
  void evict_one();
  bool evict_silent();
  void send(const Key& to, std::string_view unit);

  Hub& hub_;
  asio::basic_datagram_socket<asio::ip::udp, Executor> socket_;
  std::optional<UdpSenders> senders_;
  std::list<Source> sources_;  // ordered by last_received
  std::unordered_map<Key, std::list<Source>::iterator> by_address_;
  bool watched_ = false;
  bool closed_ = false;
};

}  // namespace msn::daemon::listen
