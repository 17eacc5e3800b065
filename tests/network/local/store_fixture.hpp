// SPDX-License-Identifier: MIT
// A store on a temporary database, with short functions for tests.
#pragma once
#include "core/network/local/lease.hpp"
#include "core/network/local/store.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace msn::test {

using model::Status;
using namespace network::local;

struct StoreFixture {
  TempDir directory;
  TimeLimit time_limit;
  std::unique_ptr<Store> store;
  Time now{std::chrono::milliseconds(1'700'000'000'000)};

  StoreFixture() { open(); }
  void open() {
    store.reset();
    auto opened = Store::open(directory / "local.db", time_limit);
    REQUIRE(opened);
    store = std::move(*opened);
  }
  template <class Work>
  auto write(Work&& work) {
    REQUIRE(store->begin(Store::Mode::write));
    auto result = work();
    REQUIRE(store->commit());
    return result;
  }
  Me login(const std::string& name, std::optional<Status> status = Status::online) {
    const std::string email = name + "@example.org";
    return write([&] {
      auto account = store->find_account(email);
      REQUIRE(account);
      if (!*account) *account = *store->create_account(email, "hash of " + name, now);
      const Me me{(*account)->id, email, new_session_name()};
      REQUIRE(store->begin_session(me, now));
      if (status) REQUIRE(store->set_status(me, *status, now));
      return me;
    });
  }
  std::vector<Notice> inbox(const Me& me) {
    auto read = store->read_inbox(me, 0, 1000);
    REQUIRE(read);
    REQUIRE_FALSE(read->displaced);
    return read->notices;
  }
  std::vector<Kind> kinds(const Me& me) {
    std::vector<Kind> found;
    for (const auto& notice : inbox(me)) found.push_back(notice.kind);
    return found;
  }
  void acknowledge_all(const Me& me) {
    const auto notices = inbox(me);
    if (notices.empty()) return;
    REQUIRE(write([&] { return store->acknowledge({me.email, 0, notices.back().id}, now); }));
  }
  void add(const Me& me, const Me& other) {
    REQUIRE(write([&] { return store->add(me, other.email, {}, false, now); }));
  }
  Sending send(const Me& me, const std::string& to, const std::string& text,
               const std::string& id = {}) {
    auto sent = write([&] { return store->send(me, {to, {text}, id}, now); });
    REQUIRE(sent);
    return *sent;
  }
};

}  // namespace msn::test
