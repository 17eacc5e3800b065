// SPDX-License-Identifier: MIT
// TLS connections, also with a later handshake; certificate checks and their messages.
#include "core/network/common/tls.hpp"

#include "core/network/common/connection.hpp"
#include "tests/support/msn_server_https.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/temp_dir.hpp"

#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

#include <fstream>

using namespace msn;
using namespace msn::test;
using namespace msn::network;
using asio::ip::tcp;

namespace {

asio::ssl::context server_context(const TempDir& directory) {
  make_certificate(directory / "cert.pem", directory / "key.pem");
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_file(directory / "cert.pem", asio::ssl::context::pem);
  context.use_private_key_file(directory / "key.pem", asio::ssl::context::pem);
  return context;
}

// An echo server; without encryption until it receives "STARTTLS".
class Echo {
 public:
  Echo(asio::io_context& loop, const TempDir& directory, bool clear_first)
      : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
        context_(server_context(directory)),
        stream_(loop, context_) {
    acceptor_.async_accept(stream_.lowest_layer(), [this, clear_first](std::error_code error) {
      if (error) return;
      if (clear_first)
        read_clear();
      else
        handshake();
    });
  }
  HostPort at() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
  void close() {
    std::error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

  bool clear = true;
  bool answers = true;
  std::string heard;

 private:
  void read_clear() {
    stream_.next_layer().async_read_some(
        asio::buffer(buffer_), [this](std::error_code error, std::size_t size) {
          if (error) return;
          heard.append(buffer_, size);
          if (heard.ends_with("STARTTLS")) {
            asio::write(stream_.next_layer(), asio::buffer(std::string("PROCEED")));
            handshake();
          } else {
            read_clear();
          }
        });
  }
  void handshake() {
    stream_.async_handshake(asio::ssl::stream_base::server, [this](std::error_code error) {
      if (error) return;
      clear = false;
      heard.clear();
      echo();
    });
  }
  void echo() {
    stream_.async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t n) {
      if (error) return;
      heard.append(buffer_, n);
      if (!answers) {
        echo();
        return;
      }
      asio::async_write(stream_, asio::buffer(buffer_, n), [this](std::error_code failed, auto) {
        if (!failed) echo();
      });
    });
  }

  tcp::acceptor acceptor_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  char buffer_[4096];
};

struct Line {
  explicit Line(bool clear_first = false) : echo(loop, directory, clear_first) {}
  ~Line() {
    if (connection) connection->drop();
    echo.close();
    loop.restart();
    loop.poll();
  }

  // Calls start_tls() as early as possible.
  void open(const std::string& name, const std::string& ca_file) {
    auto context = make_tls_context(ca_file);
    REQUIRE(context);
    connection = Connection::make(
        loop, {},
        {[=, this] { connection->start_tls(*context, name); },
         [this](std::string_view bytes) { received += bytes; },
         [this](std::string said) { why = std::move(said); }, [this] { secured = true; }});
    connection->connect(lookups, echo.at());
    REQUIRE(pump(loop, [&] { return secured || !why.empty(); }));
  }
  std::string ca_file() const { return directory / "cert.pem"; }

  asio::io_context loop;
  TempDir directory;
  Echo echo;
  Lookups lookups{loop};
  std::shared_ptr<Connection> connection;
  std::string received, why;
  bool secured = false;
};

}  // namespace

TEST_CASE("TLS carries many and few bytes in both directions") {
  Line line;
  line.open("localhost", line.ca_file());
  REQUIRE(line.secured);
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ' ';
  line.connection->send("x");
  line.connection->send(text);
  REQUIRE(pump(line.loop, [&] { return line.received.size() == text.size() + 1; }));
  CHECK(line.received == "x" + text);
  line.echo.close();
  REQUIRE(pump(line.loop, [&] { return !line.why.empty(); }));
  CHECK(line.why == "the server closed the connection");
}

TEST_CASE("bytes sent before hang_up arrive over TLS") {
  Line line;
  line.open("127.0.0.1", line.ca_file());
  REQUIRE(line.secured);
  line.echo.answers = false;
  const std::string text(200'000, 'x');
  line.connection->send(text);
  line.connection->hang_up();
  CHECK(pump(line.loop, [&] { return line.echo.heard.size() == text.size(); }));
}

TEST_CASE("start_tls on an open connection delays bytes until the handshake") {
  Line line(true);
  auto context = make_tls_context(line.ca_file());
  REQUIRE(context);
  line.connection = Connection::make(
      line.loop, {},
      {[&] { line.connection->send("hello STARTTLS"); },
       [&](std::string_view bytes) {
         line.received += bytes;
         if (line.received != "PROCEED") return;
         line.connection->start_tls(*context, "localhost");
         line.connection->send("secret");
       },
       [&](std::string said) { line.why = std::move(said); }, [&] { line.secured = true; }});
  line.connection->connect(line.lookups, line.echo.at());
  REQUIRE(pump(line.loop, [&] { return line.received == "PROCEEDsecret" || !line.why.empty(); }));
  CHECK(line.secured);
  CHECK(line.echo.heard == "secret");
  CHECK_FALSE(line.echo.clear);
}

TEST_CASE("a certificate must be valid for the requested name") {
  Line line;
  SECTION("another host") {
    line.open("example.org", line.ca_file());
    CHECK(line.why == "the server's certificate is not valid for the name example.org");
  }
  SECTION("another address") {
    line.open("127.0.0.2", line.ca_file());
    CHECK(line.why == "the server's certificate is not valid for the name 127.0.0.2");
  }
  SECTION("none") {
    line.open("", line.ca_file());
    CHECK(line.why.starts_with("the server's certificate is not valid for the name"));
  }
  CHECK_FALSE(line.secured);
  CHECK(line.echo.heard.empty());
}

TEST_CASE("an untrusted certificate is refused with advice") {
  Line line;
  line.open("localhost", {});
  CHECK_FALSE(line.secured);
  CHECK(line.why.starts_with("the certificate of localhost is not trusted ("));
  CHECK(line.why.ends_with("pass its certificate with --ca-file FILE"));
}

TEST_CASE("a server without TLS is an error") {
  Line line(true);
  auto context = make_tls_context(line.ca_file());
  asio::io_context& loop = line.loop;
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  tcp::socket server(loop);
  acceptor.async_accept(server, [&](const std::error_code&) {
    asio::write(server, asio::buffer(std::string("220 smtp.example ready\r\n")));
  });
  line.connection = Connection::make(
      loop, {},
      {[&] { line.connection->start_tls(*context, "localhost"); }, [](std::string_view) {},
       [&](std::string said) { line.why = std::move(said); }});
  line.connection->connect(line.lookups, {"127.0.0.1", acceptor.local_endpoint().port()});
  REQUIRE(pump(loop, [&] { return !line.why.empty(); }));
  CHECK(line.why.starts_with("no secure connection to localhost: "));
}

TEST_CASE("no handler is called after a drop or hang_up during the handshake") {
  Line line(true);  // a server that never answers the handshake
  auto context = make_tls_context(line.ca_file());
  bool begun = false;
  line.connection = Connection::make(
      line.loop, {},
      {[&] {
         line.connection->start_tls(*context, "localhost");
         begun = true;
       },
       [](std::string_view) { FAIL(); }, [](const std::string&) { FAIL(); }, [] { FAIL(); }});
  line.connection->connect(line.lookups, line.echo.at());
  REQUIRE(pump(line.loop, [&] { return begun; }));
  SECTION("dropped") {
    line.connection->drop();
  }
  SECTION("hung up") {
    line.connection->hang_up();
  }
  line.connection.reset();
  line.loop.restart();
  line.loop.poll();
}

TEST_CASE("an error names a CA file that cannot be used") {
  const TempDir directory;
  std::ofstream(directory / "no.pem") << "not a certificate\n";
  for (const auto& file : {directory / "none.pem", directory / "no.pem"}) {
    const auto made = make_tls_context(file);
    REQUIRE_FALSE(made);
    CHECK(made.error().message.starts_with("cannot use the ca_file " + file));
  }
}
