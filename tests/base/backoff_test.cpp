// SPDX-License-Identifier: MIT
#include "core/base/backoff.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using Ms = Milliseconds;

TEST_CASE("delays double up to the maximum and start again after a success") {
  Backoff backoff(Ms(100), Ms(350));
  CHECK(backoff.next(0) == Ms(100));
  CHECK(backoff.next(0) == Ms(200));
  CHECK(backoff.next(0) == Ms(350));
  CHECK(backoff.next(0) == Ms(350));
  backoff.reset();
  CHECK(backoff.next(0) == Ms(100));
}

TEST_CASE("jitter shortens a delay by a quarter at most") {
  Backoff backoff(Ms(100), Ms(100));
  CHECK(backoff.next(1) == Ms(75));
  CHECK(backoff.next(0.5) == Ms(87));
  CHECK(backoff.next(7) == Ms(75));
  CHECK(backoff.next(-7) == Ms(100));
}

TEST_CASE("a minimum delay does not affect the doubling") {
  Backoff backoff(Ms(100), Ms(350));
  CHECK(backoff.next(0, Ms(1000)) == Ms(1000));
  CHECK(backoff.next(0) == Ms(200));
}

TEST_CASE("a first delay over the maximum is the only delay") {
  Backoff backoff(Ms(500), Ms(100));
  CHECK(backoff.next(0) == Ms(500));
  CHECK(backoff.next(0) == Ms(500));
}
