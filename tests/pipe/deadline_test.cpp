// SPDX-License-Identifier: MIT
#include "core/pipe/deadline.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <poll.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace msn::pipe;
using msn::ErrorCode;

TEST_CASE("a deadline counts down to 0 or is infinite") {
  CHECK(Deadline(std::nullopt).left() == -1);
  CHECK(Deadline(0ms).left() == 0);
  CHECK(Deadline(-5s).left() == 0);
  const int left = Deadline(1h).left();
  CHECK(left > 0);
  CHECK(left <= 3'600'000);
  CHECK(Deadline(std::chrono::hours(24 * 365)).left() > 0);  // more than poll(2) can count
}

TEST_CASE("waiting ends with the event or with the deadline") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  CHECK_FALSE(wait_for(ends[0], POLLIN, Deadline(1ms)));
  CHECK_FALSE(wait_for(ends[0], POLLIN, Deadline(0ms)));
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(wait_for(ends[0], POLLIN, Deadline(std::nullopt)));
  CHECK(wait_for(ends[0], POLLIN, Deadline(0ms)));
  ::close(ends[1]);
  ::close(ends[0]);
}

TEST_CASE("BackOff ends with the deadline") {
  BackOff back_off;
  const Deadline deadline(3ms);
  while (back_off.wait(deadline)) {
  }
  CHECK(deadline.left() == 0);
}

TEST_CASE("a patience is shown in seconds") {
  CHECK(patience_text(10s) == "10 s");
  CHECK(patience_text(250ms) == "0.25 s");
  CHECK(patience_text(1005ms) == "1.005 s");
  CHECK(patience_text(0s) == "0 s");
  CHECK(patience_text(1500ms) == "1.5 s");
}

TEST_CASE("the errno of a failed connect decides the error") {
  const Address socket{Address::Kind::unix_socket, "/run/m.sock", "", 0};
  const Address udp{Address::Kind::udp, "", "127.0.0.1", 3030};
  CHECK(connect_error(ENOENT, socket).message == "no msncd at unix:/run/m.sock");
  CHECK(connect_error(ECONNREFUSED, socket).message == "no msncd listens at unix:/run/m.sock");
  CHECK(connect_error(ECONNREFUSED, udp).message == "no msncd listens at udp:127.0.0.1:3030");
  CHECK(connect_error(EACCES, socket).code == ErrorCode::no_access);
  CHECK(connect_error(EPERM, udp).code == ErrorCode::no_access);
  CHECK(connect_error(ENETDOWN, udp).code == ErrorCode::no_daemon);
  CHECK(connect_error(ENETDOWN, udp).message == "cannot reach udp:127.0.0.1:3030: Network is down");
}
