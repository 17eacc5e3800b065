// SPDX-License-Identifier: MIT
// TCP connections to servers that do not read, read slowly or do not answer.
#include "core/network/common/connection.hpp"

#include "tests/support/network_peer.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

#include <functional>

using namespace msn;
using namespace msn::test;
using namespace msn::network;
using asio::ip::tcp;
using Ms = std::chrono::milliseconds;

constexpr auto unwritten = Connection::Limits().unwritten;

namespace {

// A server with small socket buffers, and a connection to it.
struct Line {
  asio::io_context loop;
  tcp::acceptor acceptor{loop};
  tcp::socket server{loop};
  Connection::Limits limits;
  Lookups lookups{loop};
  std::shared_ptr<Connection> connection;
  bool connected = false;
  std::string why;

  void open() {
    acceptor.open(tcp::v4());
    acceptor.set_option(asio::socket_base::receive_buffer_size(4096));
    acceptor.bind({asio::ip::address_v4::loopback(), 0});
    acceptor.listen();
    connection = Connection::make(loop, limits,
                                  {[this] { connected = true; }, [](std::string_view) {},
                                   [this](std::string said) { why = std::move(said); }});
    connection->connect(lookups, {"127.0.0.1", acceptor.local_endpoint().port()});
    acceptor.async_accept(server, [](const std::error_code&) {});
    REQUIRE(pump(loop, [&] { return connected && server.is_open(); }));
  }
  ~Line() {
    if (connection) connection->drop();
  }
};

}  // namespace

TEST_CASE("a connection whose server does not read fails after a time") {
  Line line;
  line.limits.stall = Ms(100);
  line.open();
  for (int i = 0; i < 3; ++i) line.connection->send(std::string(unwritten / 2, 'x'));
  REQUIRE(pump(line.loop, [&] { return !line.why.empty(); }));
  CHECK(line.why == "the server does not read");
}

TEST_CASE("a connection with too many unwritten bytes fails") {
  Line line;
  line.open();
  line.connection->send(std::string(unwritten, 'x'));
  line.connection->send(std::string(unwritten, 'x'));
  CHECK_FALSE(pump(
      line.loop, [&] { return !line.why.empty(); }, std::chrono::seconds(0)));
  line.connection->send("x");
  REQUIRE(pump(line.loop, [&] { return !line.why.empty(); }));
  CHECK(line.why == "the server does not read");
}

TEST_CASE("a server that reads slowly gets everything") {
  Line line;
  line.limits.stall = Ms(1500);
  line.open();
  const std::size_t all = 2 * unwritten;
  line.connection->send(std::string(all / 2, 'x'));
  line.connection->send(std::string(all / 2, 'x'));
  asio::steady_timer pause(line.loop);
  std::string taken(all / 32, '\0');
  const auto begin = std::chrono::steady_clock::now();
  std::size_t got = 0;
  std::function<void()> read = [&] {
    line.server.async_read_some(asio::buffer(taken),
                                [&](const std::error_code& error, std::size_t n) {
                                  if (error) return;
                                  got += n;
                                  pause.expires_at(begin + Ms(got / 3000));
                                  pause.async_wait([&](const std::error_code&) { read(); });
                                });
  };
  read();
  REQUIRE(pump(line.loop, [&] { return got == all || !line.why.empty(); }));
  CHECK(line.why.empty());
  CHECK(std::chrono::steady_clock::now() - begin > line.limits.stall);
}

TEST_CASE("bytes sent before the server closed are read even if a write fails") {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  asio::ip::tcp::socket server(loop);
  std::string heard, why;
  const Lookups lookups(loop);
  auto connection = Connection::make(loop, {},
                                     {[] {}, [&](std::string_view bytes) { heard += bytes; },
                                      [&](const std::string& reason) { why = reason; }});
  connection->connect(lookups, {"127.0.0.1", acceptor.local_endpoint().port()});
  bool accepted = false;
  acceptor.async_accept(server, [&](const std::error_code& error) { accepted = !error; });
  while (!accepted) loop.run_one();
  while (loop.poll_one() > 0) {
  }

  // The loop does not run while the server writes and closes; then the client writes first.
  asio::write(server, asio::buffer(std::string("MSG last words\r\n")));
  SECTION("closed cleanly") {}
  SECTION("closed with unread bytes") {
    server.set_option(asio::socket_base::linger(true, 0));
  }
  server.close();
  connection->send("one");
  connection->send("two");
  while (why.empty() && loop.run_one() > 0) {
    connection->send("three");
  }
  CHECK(heard == "MSG last words\r\n");
  CHECK_FALSE(why.empty());
}

TEST_CASE("an address that never answers does not block the next one") {
  Line line;
  line.limits.address = Ms(50);
  // A full backlog, so that the kernel drops further connections.
  tcp::acceptor full(line.loop, {asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  tcp::socket filling(line.loop);
  filling.connect(full.local_endpoint());
  tcp::acceptor sound(line.loop, {asio::ip::address_v4::loopback(), 0});
  sound.listen();
  line.connection = Connection::make(line.loop, line.limits,
                                     {[&] { line.connected = true; }, [](std::string_view) {},
                                      [&](std::string said) { line.why = std::move(said); }});
  SECTION("and the next one answers") {
    line.connection->connect(
        std::deque<tcp::endpoint>{full.local_endpoint(), sound.local_endpoint()});
    REQUIRE(pump(line.loop, [&] { return line.connected || !line.why.empty(); }));
    CHECK(line.connected);
  }
  SECTION("and the last one fails with the reason") {
    tcp::acceptor deaf(line.loop, tcp::v4());  // bound, so that no other test uses the port
    deaf.bind({asio::ip::address_v4::loopback(), 0});
    line.connection->connect(
        std::deque<tcp::endpoint>{full.local_endpoint(), deaf.local_endpoint()});
    REQUIRE(pump(line.loop, [&] { return line.connected || !line.why.empty(); }));
    CHECK(line.why.find("Connection refused") != std::string::npos);
  }
  SECTION("and no handler is called after hang_up") {
    line.connection->connect(
        std::deque<tcp::endpoint>{full.local_endpoint(), sound.local_endpoint()});
    line.connection->hang_up();
    line.loop.run();
    CHECK_FALSE(line.connected);
    CHECK(line.why.empty());
  }
}

TEST_CASE("a connection to remote hosts only refuses a name of this machine") {
  Line line;
  const bool elsewhere = GENERATE(false, true);
  tcp::acceptor here(line.loop, {asio::ip::address_v4::loopback(), 0});
  const Lookups lookups(line.loop, {[](const HostPort& host) -> Result<Endpoints> {
                          return Endpoints{{asio::ip::address_v4::loopback(), host.port},
                                           {asio::ip::address_v6::loopback(), host.port}};
                        }});
  const HostPort to{"evil.example", here.local_endpoint().port()};
  line.connection = Connection::make(line.loop, line.limits,
                                     {[&] { line.connected = true; }, [](std::string_view) {},
                                      [&](std::string said) { line.why = std::move(said); }});
  line.connection->connect(lookups, to,
                           elsewhere ? Connection::Hosts::remote : Connection::Hosts::any);
  REQUIRE(pump(line.loop, [&] { return line.connected || !line.why.empty(); }));
  CHECK(line.connected == !elsewhere);
  if (elsewhere)
    CHECK(line.why ==
          "the server redirected msncd to a loopback or link-local address: " + to_text(to));
  else
    CHECK(line.connection->is_local());
}
