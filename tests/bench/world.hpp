// SPDX-License-Identifier: MIT
// The servers under test, each in a folder of this run, and a plain blocking client for them.
#pragma once
#include "tests/bench/process.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Programs {
  std::string msnc;
  std::string msncd;
  std::string ref_poll;
  std::string echo;
  std::string load;
  std::string msn_server;
};

// A folder that goes away with the object, 0700.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class Connection {
 public:
  explicit Connection(const std::string& socket);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  int fd() const { return fd_; }
  void send(std::string_view octets);
  std::string line();                           // without its LF
  std::string ask(const std::string& request);  // one line each way
  void must(const std::string& request);        // as ask(), throws unless OK
  // Sends a POLL and reads up to POLLEND; what was read.
  const std::string& poll(const std::string& request);
  // The same for a request that was sent before.
  const std::string& poll_answer();
  // Reads a list up to its last entry; the number of entries.
  std::uint64_t list(const std::string& request);

 private:
  bool read_more();

  int fd_ = -1;
  std::string buffer_;
  std::string answer_;
};

// One msncd with its own state; killed with the object.
class Daemon {
 public:
  // `network`: flags in place of the local network's.
  Daemon(const Programs&, const Folder&, const std::string& name, Placement = {},
         std::vector<std::string> network = {});
  // Starts it again after stop(); returns how long the first answer took.
  double start();
  void stop() { child_.stop(); }
  const std::string& socket() const { return socket_; }
  const std::string& email() const { return email_; }
  std::string log_file() const;  // its event log's
  pid_t pid() const { return child_.pid(); }
  static constexpr const char* password = "open sesame";
  void log_in();  // and go online
  std::uint64_t pending(Connection&);

 private:
  std::string program_;
  std::string folder_;
  std::string name_;
  std::vector<std::string> network_;
  std::string socket_;
  std::string email_;
  Placement placement_;
  Child child_;
};

// Each has the other on the list, and nothing is queued.
void acquaint(Daemon&, Daemon&);
// Puts messages from bob into a stopped daemon's log as the daemon itself would have, unread;
// `size`: how long each of them is, as it is kept.
void store_events(const Daemon&, std::uint64_t count, std::size_t size);
// Waits until something answers there; throws after 10 s.
void await_socket(const std::string& path);
std::string message_to(const std::string& email, const std::string& text);
std::size_t occurrences(const std::string& text, std::string_view what);

}  // namespace bench
