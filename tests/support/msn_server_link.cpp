// SPDX-License-Identifier: MIT
#include "core/network/msnp/codec.hpp"
#include "tests/support/msn_server.hpp"

#include <asio/write.hpp>

#include <array>

namespace msn::test {

using network::msnp::CommandReader;

struct MsnLink::Input {
  std::array<char, 8192> buffer;
  CommandReader reader{CommandReader::From::client};
};

void MsnLink::start(OnCommand on_command, OnClose on_close) {
  on_command_ = std::move(on_command);
  on_close_ = std::move(on_close);
  input_ = std::make_shared<Input>();
  std::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  read();
}

void MsnLink::read() {
  socket_.async_read_some(
      asio::buffer(input_->buffer),
      [this, self = shared_from_this()](const std::error_code& error, std::size_t n) {
        if (!open_) return;
        if (error) {
          close();
          return;
        }
        input_->reader.feed({input_->buffer.data(), n});
        while (open_ && !closing_) {
          const auto next = input_->reader.next();
          if (!next) {
            close();
            return;
          }
          if (!*next) break;
          const auto call = on_command_;
          call(*this, **next);
        }
        if (open_) read();
      });
}

void MsnLink::send(std::string octets, std::size_t chop) {
  if (!open_ || closing_) return;
  if (chop == 0) {
    queue_.push_back(std::move(octets));
  } else {
    for (std::size_t at = 0; at < octets.size(); at += chop)
      queue_.push_back(octets.substr(at, chop));
  }
  if (writing_.empty()) write();
}

// What the socket takes goes at once: when a text is acknowledged it has been passed on, even if we
// are stopped next.
void MsnLink::write() {
  while (!queue_.empty()) {
    writing_ = std::move(queue_.front());
    queue_.erase(queue_.begin());
    std::error_code error;
    writing_.erase(0, socket_.write_some(asio::buffer(writing_), error));
    if (writing_.empty()) continue;
    asio::async_write(
        socket_, asio::buffer(writing_),
        [this, self = shared_from_this()](const std::error_code& failed, std::size_t) {
          writing_.clear();
          if (!open_) return;
          if (failed)
            close();
          else
            write();
        });
    return;
  }
  if (closing_) close();
}

void MsnLink::close_after_sending() {
  closing_ = true;
  if (writing_.empty()) close();
}

void MsnLink::close() {
  if (!std::exchange(open_, false)) return;
  const auto self = weak_from_this().lock();
  std::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  ignore_the_rest();
  const auto call = std::exchange(on_close_, {});
  on_command_ = {};
  if (call) call(*this);
}

// To close with something unread would take back what is on its way to them.
void MsnLink::ignore_the_rest() {
  if (!input_) return;
  socket_.async_read_some(
      asio::buffer(input_->buffer),
      [this, self = shared_from_this()](const std::error_code& error, std::size_t) {
        std::error_code ignored;
        if (error)
          socket_.close(ignored);
        else
          ignore_the_rest();
      });
}

struct MsnListener::State : std::enable_shared_from_this<MsnListener::State> {
  State(asio::io_context& io, OnLink on) : loop(io), acceptor(io), on_link(std::move(on)) {}
  void accept() {
    acceptor.async_accept([this, self = shared_from_this()](const std::error_code& error,
                                                            asio::ip::tcp::socket socket) {
      if (error) return;
      if (on_link) on_link(std::make_shared<MsnLink>(std::move(socket)));
      accept();
    });
  }
  asio::io_context& loop;
  asio::ip::tcp::acceptor acceptor;
  OnLink on_link;
};

MsnListener::MsnListener(asio::io_context& loop, OnLink on_link)
    : state_(std::make_shared<State>(loop, std::move(on_link))) {
  start();
}

MsnListener::~MsnListener() {
  state_->on_link = {};
  stop();
}

void MsnListener::start() {
  if (state_->acceptor.is_open()) return;
  const asio::ip::tcp::endpoint at(asio::ip::address_v4::loopback(), port_);
  state_->acceptor.open(at.protocol());
  state_->acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true));
  state_->acceptor.bind(at);
  state_->acceptor.listen();
  port_ = state_->acceptor.local_endpoint().port();
  state_->accept();
}

void MsnListener::stop() {
  std::error_code ignored;
  state_->acceptor.close(ignored);
}

}  // namespace msn::test
