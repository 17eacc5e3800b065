// SPDX-License-Identifier: MIT
// A client on a Unix-domain stream socket.
#pragma once
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/client.hpp"

#include <asio/basic_stream_socket.hpp>
#include <asio/local/stream_protocol.hpp>

#include <array>

namespace msn::daemon::listen {

class UnixClient final : public Client {
 public:
  // Of an accepted, non-blocking socket. Nothing (and the socket left alone): the loop cannot watch
  // it.
  static std::shared_ptr<UnixClient> make(Hub&, UniqueFd&);
  explicit UnixClient(Hub& hub) : Client(hub, Conversation::Binding::stream), socket_(hub.loop()) {}
  bool listens() override;

 private:
  void await_input() override;
  void await_room() override;
  void await_end() override;
  std::ptrdiff_t put(std::string_view octets) override;
  void close() override;
  void arrived(const asio::error_code&, std::size_t count);

  asio::basic_stream_socket<asio::local::stream_protocol, Executor> socket_;
  // Where a read begins; a longer one goes on in the hub's buffer. With an own buffer the loop
  // reads as soon as it can, which saves a system call for each request over asking it to wait.
  std::array<char, 128> first_;
};

}  // namespace msn::daemon::listen
