// SPDX-License-Identifier: MIT
#include "tests/bench/world.hpp"

#include "core/store/event_log.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail("too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Folder::Folder() {
  char name[] = "/tmp/msnc-bench-XXXXXX";
  if (!::mkdtemp(name)) fail("mkdtemp");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Connection::Connection(const std::string& socket) : fd_(connect_to(socket)) {
  if (fd_ < 0) fail("connect to " + socket);
}

Connection::Connection(Connection&& other) noexcept
    : fd_(other.fd_), buffer_(std::move(other.buffer_)), answer_(std::move(other.answer_)) {
  other.fd_ = -1;
}

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
}

void Connection::send(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Connection::read_more() {
  static thread_local char octets[256 << 10];
  const ssize_t got = ::read(fd_, octets, sizeof octets);
  if (got < 0) fail("read");
  buffer_.append(octets, static_cast<std::size_t>(got));
  return got > 0;
}

std::string Connection::line() {
  std::size_t looked = 0;
  for (;;) {
    const auto end = buffer_.find('\n', looked);
    if (end != std::string::npos) {
      std::string result = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return result;
    }
    looked = buffer_.size();
    if (!read_more()) throw std::runtime_error("the daemon closed the connection");
  }
}

std::string Connection::ask(const std::string& request) {
  send(request + "\n");
  return line();
}

void Connection::must(const std::string& request) {
  const std::string answer = ask(request);
  if (answer.substr(0, 2) != "OK") throw std::runtime_error(request + " was answered " + answer);
}

const std::string& Connection::poll(const std::string& request) {
  send(request + "\n");
  return poll_answer();
}

// The answer ends with a whole line that begins with POLLEND; nothing else is pending, so only the
// last line need be looked at.
const std::string& Connection::poll_answer() {
  for (;;) {
    if (!buffer_.empty() && buffer_.back() == '\n') {
      const auto before =
          buffer_.size() < 2 ? std::string::npos : buffer_.rfind('\n', buffer_.size() - 2);
      const std::size_t start = before == std::string::npos ? 0 : before + 1;
      const std::string_view last = std::string_view(buffer_).substr(start);
      if (last.substr(0, 7) == "POLLEND") break;
      if (start == 0 && last.substr(0, 4) == "ERR ") throw std::runtime_error(buffer_);
    }
    if (!read_more()) throw std::runtime_error("the daemon closed the connection");
  }
  answer_.swap(buffer_);
  buffer_.clear();
  return answer_;
}

std::uint64_t Connection::list(const std::string& request) {
  const std::string head = ask(request);
  const auto space = head.find(' ');
  if (head.substr(0, 2) == "ER" || space == std::string::npos) {
    throw std::runtime_error(request + " was answered " + head);
  }
  const std::uint64_t entries = std::stoull(head.substr(space + 1));
  std::uint64_t seen = 0;
  std::size_t at = 0;
  while (seen < entries) {
    const auto end = buffer_.find('\n', at);
    if (end != std::string::npos) {
      at = end + 1;
      ++seen;
    } else {
      at = buffer_.size();
      const auto begun = buffer_.rfind('\n');
      at = begun == std::string::npos ? 0 : std::max(begun + 1, std::size_t{0});
      if (!read_more()) throw std::runtime_error("the daemon closed the connection");
    }
  }
  buffer_.erase(0, at);
  return entries;
}

Daemon::Daemon(const Programs& programs, const Folder& folder, const std::string& name,
               Placement placement, std::vector<std::string> network)
    : program_(programs.msncd),
      folder_(folder / name),
      name_(name),
      network_(std::move(network)),
      socket_(folder / ("msncd/" + name + ".sock")),  // as where the programs look by themselves
      email_(name + "@bench.example"),
      placement_(placement) {
  if (network_.empty()) network_ = {"--local-db", folder / "local.db"};
  for (const std::string& directory : {folder_, folder / "msncd"}) {
    std::filesystem::create_directory(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
  }
  // Room for the events that the bench puts there; everything else is as it comes.
  std::ofstream(folder_ + "/config")
      << "retention_events = 1000000\n[network.local]\nregister = login\n";
}

double Daemon::start() {
  const double begun = now();
  std::vector<std::string> words{
      program_,   "--account",         name_,      "--state-dir",     folder_,
      "--config", folder_ + "/config", "--listen", "unix:" + socket_, "--log-level",
      "error"};
  words.insert(words.end(), network_.begin(), network_.end());
  child_ = Child(words, "/dev/null", folder_ + "/words", true, placement_);
  await_socket(socket_);
  return now() - begun;
}

std::string Daemon::log_file() const {
  return folder_ + "/" + name_ + "/" + msn::store::log_file_name(email_);
}

void Daemon::log_in() {
  Connection connection(socket_);
  connection.must("LOGIN " + email_ + " " + password);
  connection.must("STATUS online");
}

std::uint64_t Daemon::pending(Connection& connection) {
  const std::string head = connection.ask("QLIST");
  if (head.substr(0, 3) != "QL ") throw std::runtime_error("QLIST was answered " + head);
  std::uint64_t result = 0;
  for (int left = std::stoi(head.substr(3)); left > 0; --left) {
    const std::string entry = connection.line();
    if (entry.substr(0, 2) == "- ") result = std::stoull(entry.substr(2));
  }
  return result;
}

void acquaint(Daemon& one, Daemon& other) {
  Connection first(one.socket());
  Connection second(other.socket());
  first.must("ADD other " + other.email());
  second.must("ADD other " + one.email());
  // The presence of each reaches the other; then nothing is pending.
  for (Connection* connection : {&first, &second}) {
    for (const double until = now() + 5; now() < until;) {
      if (occurrences(connection->poll("POLL WAIT=1"), "STCH ") > 0) break;
    }
  }
  pause_for(0.3);
  first.poll("POLL EV");
  second.poll("POLL EV");
}

void store_events(const Daemon& daemon, std::uint64_t count, std::size_t size) {
  namespace store = msn::store;
  const std::filesystem::path path = daemon.log_file();
  std::filesystem::create_directories(path.parent_path());
  std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all);
  msn::SystemClock clock;
  msn::NullLog quiet;
  auto log = store::EventLog::open(path, store::Durability::normal, {}, clock, quiet);
  if (!log) throw std::runtime_error(log.error().message);
  for (std::uint64_t done = 0; done < count;) {
    store::Changes changes;
    for (int i = 0; i < 1000 && done < count; ++i, ++done) {
      std::string wire =
          "MSG 4 3 bob@bench.example\nMIME-Version: 1.0\n"
          "Content-Type: text/plain; charset=UTF-8\n\nmessage number " +
          std::to_string(done);
      wire.resize(std::max(size, wire.size() + 1) - 1, '.');
      changes.records.push_back({0, clock.now(), "MSG", "bob@bench.example", wire + "\n"});
    }
    if (auto kept = (*log)->commit(changes); !kept) throw std::runtime_error(kept.error().message);
  }
}

void await_socket(const std::string& path) {
  for (const double until = now() + 10; now() < until; ::usleep(200)) {
    const int fd = connect_to(path);
    if (fd < 0) continue;
    char octet = 0;
    const bool answers = ::send(fd, "HELLO\n", 6, MSG_NOSIGNAL) == 6 && ::read(fd, &octet, 1) == 1;
    ::close(fd);
    if (answers) return;
  }
  throw std::runtime_error("nothing answers on " + path);
}

std::string message_to(const std::string& email, const std::string& text) {
  return "SENDMSG 1 " + email + "\n" + text + "\n";
}

std::size_t occurrences(const std::string& text, std::string_view what) {
  std::size_t result = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) {
    ++result;
  }
  return result;
}

}  // namespace bench
