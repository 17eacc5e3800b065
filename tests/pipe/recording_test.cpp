// SPDX-License-Identifier: MIT
#include "core/pipe/recording.hpp"

#include <catch2/catch.hpp>

using msn::pipe::empty_answer;
using msn::pipe::make_recording;

TEST_CASE("a recording pipe records the units and answers each") {
  std::vector<std::string> units;
  const auto pipe = make_recording(units);
  CHECK_FALSE(pipe->datagrams());
  REQUIRE(pipe->send("LOGIN me@example.org open sesame\n", {}));
  CHECK(pipe->receive({}) == "OK\n");
  REQUIRE(pipe->send("ACK 7\n", {}));
  REQUIRE(pipe->send("POLL\n", {}));
  CHECK(pipe->receive({}) == "OK 0\nPOLLEND\n");
  CHECK(units ==
        std::vector<std::string>{"LOGIN me@example.org open sesame\n", "ACK 7\n", "POLL\n"});
}

TEST_CASE("every request has an empty answer of its shape") {
  CHECK(empty_answer("STATUS away\n") == "OK\n");
  CHECK(empty_answer("GETCL\n") == "CL 0\n");
  CHECK(empty_answer("GETRCL\n") == "CL 0\n");
  CHECK(empty_answer("GETBL\n") == "CL 0\n");
  CHECK(empty_answer("QLIST\n") == "QL 0\n");
  CHECK(empty_answer("INFO bob@example.org\n") == "\n");
  CHECK(empty_answer("STATE\n") == "\n");
  CHECK(empty_answer("POLL\n") == "POLLEND\n");
  CHECK(empty_answer("POLL HOLD EV\n") == "POLLEND 0 0\n");
  CHECK(empty_answer("ACK 3 QUEUE=bot\n") == "OK 0\n");
  CHECK(empty_answer("SENDMSG 1 bob@example.org\n ID=x\n") == "OK\n");
  CHECK(empty_answer("SENDMSG 1 bob@example.org ID=a1 WAIT=5\nhi\n") == "OK a1\n");
  CHECK(empty_answer("HELLO\n").substr(0, 11) == "OK msncd/1 ");
  CHECK(empty_answer("") == "OK\n");
}
