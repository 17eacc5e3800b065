// SPDX-License-Identifier: MIT
// A connection on a real socket: what open() sends.
#include "core/base/unique_fd.hpp"
#include "core/client/calls.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace std::chrono_literals;
using msn::ErrorCode;
using msn::UniqueFd;
using msn::client::Connection;
using msn::pipe::Address;

namespace {

struct Listener {
  explicit Listener(const std::string& path) : fd(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(::listen(fd.get(), 8) == 0);
  }
  UniqueFd accept() const { return UniqueFd(::accept(fd.get(), nullptr, nullptr)); }
  UniqueFd fd;
};

void say(const UniqueFd& fd, std::string_view bytes) {
  REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(bytes.size()));
}

std::string hear_all(const UniqueFd& fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t got; (got = ::read(fd.get(), buffer, sizeof buffer)) > 0;)
    all.append(buffer, static_cast<std::size_t>(got));
  return all;
}

}  // namespace

TEST_CASE("on a Unix socket a command is one exchange, without a HELLO") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  UniqueFd peer;
  {
    auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
    REQUIRE(connection);
    peer = listener.accept();
    say(peer, "EV 7 2026-11-22T15:04:05.123Z TYPING bob@example.org\nPOLLEND 7 0\n");
    msn::protocol::Poll request;
    request.hold = request.extended = true;
    const auto result = poll(*connection, request, {});
    REQUIRE(result);
    CHECK(result->events == 1);
    // The answer is not awaited, but the request has to arrive.
    REQUIRE(send_ack(*connection, {7, {}}));
  }
  CHECK(hear_all(peer) == "POLL HOLD EV\nACK 7\n");
}

TEST_CASE("the answer of a daemon that refuses and closes at once is received") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE(connection);
  say(listener.accept(), "ERR EPERM\n");
  const auto refused = poll(*connection, {}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::permission);
  CHECK(refused.error().message == "ERR EPERM");
}

TEST_CASE("after one failure the connection works with a restarted daemon") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE(connection);
  listener.accept().reset();
  const auto gone = set_status(*connection, msn::model::Status::away);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::no_daemon);
  connection->set_patience(5ms);
  CHECK(set_status(*connection, msn::model::Status::away).error().code ==
        ErrorCode::unknown_outcome);
  const auto peer = listener.accept();
  char buffer[64];
  CHECK(std::string(buffer, static_cast<std::size_t>(::read(peer.get(), buffer, sizeof buffer))) ==
        "STATUS away\n");
}

TEST_CASE("a message is sent once to a daemon that was restarted") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE(connection);
  listener.accept().reset();
  connection->set_patience(5ms);
  const msn::protocol::SendMsg message{"bob@example.org", {"hi"}, {}, {}};
  // Without an answer in time the message is not sent again.
  REQUIRE(send(*connection, message).error().code == ErrorCode::unknown_outcome);
  const auto peer = listener.accept();
  CHECK(send(*connection, message).error().code == ErrorCode::unknown_outcome);
  CHECK(hear_all(peer) == "SENDMSG 1 bob@example.org\nhi\n");
}

TEST_CASE("the text limit is requested from a daemon that was restarted") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE(connection);
  listener.accept().reset();
  connection->set_patience(5ms);
  const msn::protocol::SendMsg message{"bob@example.org", {std::string(1501, 'x')}, {}, {}};
  CHECK(send(*connection, message).error().code == ErrorCode::daemon_timeout);
  const auto peer = listener.accept();
  CHECK(send(*connection, message).error().code == ErrorCode::daemon_timeout);
  CHECK(hear_all(peer) == "HELLO\n");
}

TEST_CASE("a message to a daemon that has ended is no_daemon") {
  const msn::test::TempDir dir;
  const Listener listener(dir / "m.sock");
  auto connection = Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE(connection);
  listener.accept().reset();
  ::unlink((dir / "m.sock").c_str());
  const msn::protocol::SendMsg message{"bob@example.org", {"hi"}, {}, {}};
  const auto gone = send(*connection, message);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::no_daemon);
  CHECK(gone.error().message.find("no msncd at") == 0);
}

TEST_CASE("opening an address without a daemon fails with the reason") {
  const msn::test::TempDir dir;
  const auto connection =
      Connection::open({Address::Kind::unix_socket, dir / "m.sock", "", 0}, 60s);
  REQUIRE_FALSE(connection);
  CHECK(connection.error().code == ErrorCode::no_daemon);
}
