// SPDX-License-Identifier: MIT
#include "tests/bench/msn_plain.hpp"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bench {
namespace {

constexpr double patience = 10;  // seconds for the server to answer anything
constexpr int silence = 300;     // milliseconds after which the lists are complete

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

class Tcp {
 public:
  explicit Tcp(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd_);
      fail("connect to port " + std::to_string(port));
    }
  }
  ~Tcp() { ::close(fd_); }
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  int fd() const { return fd_; }
  void send(const std::string& octets) {
    if (::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(octets.size())) {
      fail("send");
    }
  }
  // What is there, at least a byte.
  std::string_view some() {
    const ssize_t got = ::read(fd_, buffer_, sizeof buffer_);
    if (got <= 0) throw std::runtime_error("the MSN server closed the connection");
    return {buffer_, static_cast<std::size_t>(got)};
  }
  std::string ask(const std::string& question) {
    send(question);
    std::string answer;
    while (answer.find("\r\n") == std::string::npos) answer += some();
    return answer;
  }
  bool silent() {
    pollfd end{fd_, POLLIN, 0};
    return ::poll(&end, 1, silence) == 0;
  }

 private:
  int fd_;
  char buffer_[64 << 10];
};

using Context = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using Stream = std::unique_ptr<SSL, void (*)(SSL*)>;

struct Url {
  std::uint16_t port = 0;
  std::string path;
};

Url parse_url(const std::string& url) {  // https://localhost:PORT/PATH
  const auto colon = url.rfind(':');
  const auto slash = url.find('/', colon);
  return {static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))), url.substr(slash)};
}

std::string get(const Url& url, const std::string& ca_file, const std::string& header) {
  const Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) {
    throw std::runtime_error("no certificate");
  }
  Tcp tcp(url.port);
  const Stream stream(SSL_new(context.get()), &SSL_free);
  SSL_set_tlsext_host_name(stream.get(), "localhost");
  SSL_set1_host(stream.get(), "localhost");
  SSL_set_fd(stream.get(), tcp.fd());
  const std::string request = "GET " + url.path +
                              " HTTP/1.1\r\nHost: localhost:" + std::to_string(url.port) +
                              "\r\nUser-Agent: bench\r\nAccept: */*\r\n" + header + "\r\n";
  if (SSL_connect(stream.get()) != 1 ||
      SSL_write(stream.get(), request.data(), static_cast<int>(request.size())) <= 0) {
    throw std::runtime_error("no TLS connection");
  }
  std::string answer;
  char buffer[4096];
  for (int got = 0; (got = SSL_read(stream.get(), buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  SSL_shutdown(stream.get());
  return answer;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto at = text.find(begin);
  if (at == std::string::npos) throw std::runtime_error("the answer has no " + begin);
  const auto from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

}  // namespace

MsnServer::MsnServer(const Programs& programs, const Folder& folder,
                     const std::vector<std::string>& accounts)
    : words_(folder / "msn_server.words") {
  const std::string input = folder / "msn_server.commands";
  const std::string place = folder / "msn_server";
  std::filesystem::create_directory(place);
  if (::mkfifo(input.c_str(), 0600) != 0) fail("mkfifo");
  commands_ = ::open(input.c_str(), O_RDWR | O_CLOEXEC);
  std::vector<std::string> words{programs.msn_server, place};
  words.insert(words.end(), accounts.begin(), accounts.end());
  child_ = Child(words, input, words_, false);
  std::istringstream line(next_line());
  for (std::string word; line >> word;) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (name == "server") server_ = word.substr(equals + 1);
    if (name == "nexus") nexus_ = word.substr(equals + 1);
    if (name == "ca_file") ca_file_ = word.substr(equals + 1);
  }
  if (ca_file_.empty()) throw std::runtime_error("the MSN server did not start");
}

MsnServer::~MsnServer() {
  ::close(commands_);
}

std::string MsnServer::next_line() {
  for (const double until = now() + patience; now() < until; pause_for(0.001)) {
    std::ifstream file(words_);
    file.seekg(static_cast<std::streamoff>(read_));
    std::string line;
    if (!std::getline(file, line) || file.eof()) continue;
    read_ += line.size() + 1;
    return line;
  }
  throw std::runtime_error("the MSN server says nothing");
}

void MsnServer::tell(const std::string& command) {
  const std::string line = command + "\n";
  if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      next_line() != "ok") {
    throw std::runtime_error("the MSN server does not " + command);
  }
}

std::uint16_t MsnServer::port() const {
  return static_cast<std::uint16_t>(std::stoi(server_.substr(server_.rfind(':') + 1)));
}

std::vector<std::string> MsnServer::flags() const {
  return {"--network", "msnp", "--server", server_, "--nexus", nexus_, "--ca-file", ca_file_};
}

PlainLogin plain_login(const MsnServer& server, const std::string& email,
                       const std::string& password, std::size_t octets) {
  PlainLogin result;
  const double begun = now();
  Tcp tcp(server.port());
  tcp.ask("VER 1 MSNP11 CVR0\r\n");
  tcp.ask("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.0.0816 MSMSGS " + email + "\r\n");
  const std::string challenge = between(tcp.ask("USR 3 TWN I " + email + "\r\n"), "TWN S ", "\r\n");

  const double at_nexus = now();
  const std::string nexus = get(parse_url(server.nexus()), server.ca_file(), "");
  const Url login = parse_url(between(nexus, "DALogin=", "\r\n"));
  const std::string answer =
      get(login, server.ca_file(),
          "Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom"
          ",sign-in=" +
              email + ",pwd=" + password + "," + challenge + "\r\n");
  const std::string ticket = between(answer, "from-PP='", "'");
  const double back = now();

  // USR, SBS and the profile; then the lists.
  std::string last = tcp.ask("USR 4 TWN S " + ticket + "\r\n");
  while (last.find("sid: 507\r\n\r\n") == std::string::npos) last += tcp.some();
  tcp.send("SYN 5 0 0\r\n");
  while (octets == 0 ? result.octets == 0 || !tcp.silent() : result.octets < octets) {
    result.octets += tcp.some().size();
  }
  result.https = back - at_nexus;
  result.transfer = now() - begun - result.https;
  return result;
}

}  // namespace bench
