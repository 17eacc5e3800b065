// SPDX-License-Identifier: MIT
#include "core/network/msnp/connection.hpp"

#include <asio/post.hpp>

#include <chrono>
#include <utility>

namespace msn::network::msnp {
namespace {

constexpr auto linger = std::chrono::seconds(3);

}  // namespace

std::shared_ptr<Connection> Connection::make(asio::io_context& loop, const Timing& timing,
                                             Handlers handlers) {
  return std::shared_ptr<Connection>(new Connection(loop, timing, std::move(handlers)));
}

Connection::Connection(asio::io_context& loop, const Timing& timing, Handlers handlers)
    : socket_(loop),
      linger_(loop),
      stall_(loop),
      attempt_(loop),
      patience_(timing.stall),
      patience_with_one_(timing.address),
      handlers_(std::move(handlers)) {}

void Connection::connect(const Lookups& lookups, const HostPort& to) {
  to_ = to;
  // It goes with us, so it needs no hold on us.
  lookup_ = lookups.start(to, [this](Result<Endpoints> found) {
    auto self = shared_from_this();
    lookup_.reset();
    if (!found) {
      fail("cannot find the host " + to_.host + ": " + found.error().message);
      return;
    }
    connect({found->begin(), found->end()});
  });
}

void Connection::connect(std::deque<asio::ip::tcp::endpoint> addresses) {
  if (hanging_up_) return;
  addresses_ = std::move(addresses);
  try_next(asio::error::host_not_found);
}

// An address that swallows what is sent to it must not cost the others their time.
void Connection::try_next(std::error_code failed) {
  std::error_code ignored;
  if (addresses_.empty()) {
    fail("cannot connect to " + to_.host + " port " + std::to_string(to_.port) + ": " +
         failed.message());
    return;
  }
  const auto address = addresses_.front();
  addresses_.pop_front();
  auto self = shared_from_this();
  socket_.close(ignored);
  if (!addresses_.empty()) {
    attempt_.expires_after(patience_with_one_);
    attempt_.async_wait([this, self, left = addresses_.size()](const std::error_code& error) {
      std::error_code none;
      if (!error && !open_ && addresses_.size() == left) socket_.close(none);
    });
  }
  socket_.async_connect(address, [this, self](std::error_code error) {
    attempt_.cancel();
    // Closed in the middle: by the timer, or by us, who have nothing more to try.
    if (!socket_.is_open()) error = asio::error::timed_out;
    if (error) {
      try_next(error);
      return;
    }
    std::error_code none;
    socket_.set_option(asio::ip::tcp::no_delay(true), none);
    socket_.set_option(asio::socket_base::keep_alive(true), none);
    open_ = true;
    addresses_.clear();
    read();
    if (hanging_up_) {
      close();
      return;
    }
    const auto connected = handlers_.connected;
    if (connected) connected();
  });
}

void Connection::read() {
  auto self = shared_from_this();
  socket_.async_read_some(
      asio::buffer(buffer_), [this, self](const std::error_code& error, std::size_t n) {
        if (error) {
          fail(error == asio::error::eof
                   ? "the server closed the connection"
                   : "the connection to " + to_.host + " broke: " + error.message());
          return;
        }
        if (!hanging_up_) {
          const auto received = handlers_.received;
          if (received) received(std::string_view(buffer_.data(), n));
        }
        if (open_) read();
      });
}

void Connection::send(std::string octets) {
  if (hanging_up_ || broken_) return;
  waiting_ += octets;
  if (waiting_.size() > limits::unwritten) {
    auto self = shared_from_this();
    asio::post(socket_.get_executor(), [this, self] { fail("the server does not read"); });
    return;
  }
  if (open_ && writing_.empty()) write();
}

void Connection::write() {
  if (written_ == writing_.size()) {
    writing_.clear();
    written_ = 0;
    writing_.swap(waiting_);
  }
  auto self = shared_from_this();
  stall_.expires_after(patience_);
  stall_.async_wait([this, self, before = progress_](const std::error_code& error) {
    if (!error && progress_ == before) fail("the server does not read");
  });
  socket_.async_write_some(asio::buffer(writing_) + written_,
                           [this, self](const std::error_code& error, std::size_t n) {
                             stall_.cancel();
                             if (error) {
                               writing_.clear();
                               written_ = 0;
                               if (hanging_up_)
                                 close();
                               else
                                 read_the_rest(error);
                               return;
                             }
                             written_ += n;
                             progress_ += n;
                             if (written_ < writing_.size() || !waiting_.empty()) {
                               write();
                               return;
                             }
                             writing_.clear();
                             written_ = 0;
                             if (hanging_up_) close();
                           });
}

// What the server said before it went is there to be read still, and reading finds the end.
void Connection::read_the_rest(const std::error_code& why) {
  broken_ = true;
  waiting_.clear();
  auto self = shared_from_this();
  linger_.expires_after(linger);
  linger_.async_wait([this, self, why](const std::error_code& error) {
    if (!error) fail("the connection to " + to_.host + " broke: " + why.message());
  });
}

void Connection::hang_up() {
  if (std::exchange(hanging_up_, true)) return;
  handlers_ = {};
  if (!open_ || (writing_.empty() && waiting_.empty())) {
    close();
    return;
  }
  auto self = shared_from_this();
  linger_.expires_after(linger);
  linger_.async_wait([this, self](const std::error_code& error) {
    if (!error) close();
  });
}

void Connection::drop() {
  hanging_up_ = true;
  handlers_ = {};
  close();
}

void Connection::fail(std::string why) {
  close();
  const auto closed = std::exchange(handlers_, {}).closed;
  if (closed) closed(std::move(why));
}

void Connection::close() {
  open_ = false;
  std::error_code ignored;
  linger_.cancel();
  lookup_.reset();
  stall_.cancel();
  attempt_.cancel();
  addresses_.clear();
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace msn::network::msnp
