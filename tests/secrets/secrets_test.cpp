// SPDX-License-Identifier: MIT
// No copies of passwords are left in freed memory.
#include "cmd/msncd/password.hpp"
#include "core/network/common/http_client.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/passport.hpp"
#include "core/protocol/line_reader.hpp"
#include "core/protocol/request.hpp"
#include "tests/secrets/freed_memory.hpp"
#include "tests/support/temp_dir.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>

using namespace msn;
using msn::network::Secret;
using msn::test::FreedMemory;

namespace {

// Too long for the string object itself (small string optimization); three times as long encoded.
const std::string password = "p,s=s%w ö+d: and a very long one it is, ,,,,,,,,,,,,,,,,,,,,,,,,,,";
const std::string raw = password.substr(0, 8);
const std::string encoded = network::msnp::encode_word(raw);

// Searches the string object itself, not its allocated text.
bool is_in_object(const std::string& object, std::string_view text) {
  return ::memmem(&object, sizeof object, text.data(), text.size()) != nullptr;
}

}  // namespace

TEST_CASE("FreedMemory finds texts that are freed without wiping") {
  const FreedMemory freed(raw);
  { const std::string copy = password; }
  CHECK(freed.found() == 1);
}

TEST_CASE("a secret that is copied and moved and assigned leaves nothing on the heap") {
  auto text = std::make_unique<std::string>(password);
  const FreedMemory freed(raw);
  {
    Secret secret(std::move(*text));
    text.reset();
    Secret other = secret.copy();
    Secret third(std::move(other));
    secret = third.copy();
    secret = std::move(third);
    std::optional<Result<Secret>> result = std::move(secret);
    CHECK((**result).text() == password);
  }
  CHECK(freed.found() == 0);
}

TEST_CASE("a short password is wiped in the string that it was moved out of") {
  std::string text = "secret";
  REQUIRE(is_in_object(text, "secret"));
  const Secret secret(std::move(text));
  CHECK(secret.text() == "secret");
  CHECK_FALSE(is_in_object(text, "secret"));

  // And the rest of the previous text after a shorter one.
  std::string shorter = "opensesame";
  shorter.resize(4);
  Secret wiped(std::move(shorter));
  CHECK_FALSE(is_in_object(shorter, "esame"));
}

TEST_CASE("the header with the password leaves nothing on the heap") {
  const Secret secret(password);
  const FreedMemory freed(raw, encoded);
  {
    const auto header = network::msnp::authorization("me@example.org", secret, "ct=1");
    CHECK(header.text().find(encoded) != std::string::npos);
  }
  CHECK(freed.found() == 0);
}

TEST_CASE("a GET with the password leaves nothing on the heap whether or not it is read") {
  const bool reads = GENERATE(true, false);
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  asio::ip::tcp::socket server(loop);
  static std::array<char, 4096> heard;
  const network::Lookups lookups(loop);
  network::Worker worker(loop);
  const network::Tls tls(worker, {});
  const Secret secret(password);
  const FreedMemory freed(raw, encoded);
  {
    network::HttpClient client(loop, lookups, tls, {std::chrono::seconds(30), [](auto) {
                                                      return std::optional<std::string>();
                                                    }});
    bool done = false;
    const auto port = std::to_string(acceptor.local_endpoint().port());
    client.get({"http://127.0.0.1:" + port + "/",
                network::msnp::authorization("me@example.org", secret, "ct=1")},
               [&](const Result<network::HttpAnswer>&) { done = true; });
    acceptor.async_accept(server, [&](std::error_code) {
      if (!reads) {
        done = true;  // the request may be queued and is destroyed with the client
        return;
      }
      server.async_read_some(asio::buffer(heard), [&](std::error_code, std::size_t) {
        asio::write(server, asio::buffer(std::string("HTTP/1.1 200 OK\r\n\r\n")));
      });
    });
    while (!done && loop.run_one() > 0) {
    }
    CHECK(done);
    if (reads) CHECK(std::string_view(heard.data(), heard.size()).find(encoded) != encoded.npos);
  }
  loop.restart();
  loop.poll();
  CHECK(freed.found() == 0);
}

TEST_CASE("a LOGIN leaves nothing on the heap") {
  const std::string line = "LOGIN me@example.org " + password;
  const FreedMemory freed(raw);
  {
    auto login = protocol::Login::decode(protocol::split_request(line));
    REQUIRE(login);
    const Secret secret(std::move(login->password));
    CHECK(secret.text() == password);
  }
  CHECK(freed.found() == 0);
}

TEST_CASE("REGISTER and PASSWD leave nothing on the heap") {
  const std::string line = "REGISTER me@example.org " + password;
  std::string change = protocol::Passwd{password, password}.encode();
  change.pop_back();  // lines are read without LF
  const FreedMemory freed(raw);
  {
    auto account = protocol::Register::decode(protocol::split_request(line));
    REQUIRE(account);
    const Secret secret(std::move(account->password));
    CHECK(secret.text() == password);
  }
  {
    auto passwords = protocol::Passwd::decode(protocol::split_request(change));
    REQUIRE(passwords);
    const Secret old(std::move(passwords->old_password)), next(std::move(passwords->new_password));
    CHECK(old.text() == password);
    CHECK(next.text() == password);
  }
  CHECK(freed.found() == 0);
}

TEST_CASE("a PASSWD that is refused leaves nothing on the heap") {
  std::string change = protocol::Passwd{password, password}.encode();
  change.replace(change.size() - 1, 1, "%0A");
  const FreedMemory freed(raw);
  CHECK_FALSE(protocol::Passwd::decode(protocol::split_request(change)));
  CHECK(freed.found() == 0);
}

TEST_CASE("a LOGIN that arrives in pieces or incomplete leaves nothing on the heap") {
  const auto lines = GENERATE(as<std::string>{}, "", "\n", "\nPOLL\n");
  const std::string stream = "LOGIN me@example.org " + password + lines;
  const auto size = GENERATE(as<std::size_t>{}, 1, 3, 40);
  const FreedMemory freed(raw);
  {
    protocol::LineReader reader;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      reader.feed(std::string_view(stream).substr(at, size));
      while (reader.next()) {
      }
    }
  }
  CHECK(freed.found() == 0);
}

TEST_CASE("a password file leaves nothing on the heap") {
  const test::TempDir place;
  std::ofstream(place / "pw") << password << "\r\nand more\n";
  ::chmod((place / "pw").c_str(), 0600);
  const FreedMemory freed(raw);
  {
    const auto secret = msncd::read_password_file(place / "pw");
    REQUIRE(secret);
    CHECK(secret->text() == password);
  }
  CHECK(freed.found() == 0);
}
