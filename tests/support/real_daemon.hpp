// SPDX-License-Identifier: MIT
// A real msncd process on a local network, and a control connection to it, which reads the daemon's
// history and makes sure that the daemon has read what other connections sent. Nothing here sleeps:
// every wait is for an event and has a deadline.
#pragma once
#include "core/base/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace msn::test {

// The longest time for an answer, on a loaded machine and under a sanitizer.
inline constexpr std::chrono::seconds patience{30};

// A client's connection. say() throws if the daemon does not read.
class ClientConnection {
 public:
  static ClientConnection to_socket(const std::string& path);
  static ClientConnection to_pipes(
      const std::string& directory);  // protocol 2.2a, without the lock

  void say(std::string_view bytes);
  // The next line with its LF, or an incomplete one if no more arrives in time.
  std::optional<std::string> line(std::chrono::milliseconds = patience);

 private:
  int reading() const { return in_ ? in_.get() : out_.get(); }

  UniqueFd out_;
  UniqueFd in_;  // none: out_ is for both directions
  std::string heard_;
};

class RealDaemon {
 public:
  struct Event {
    std::string line;                // as a plain POLL prints it
    std::vector<std::string> lines;  // a MSG's
  };

  // Starts it with all its files in `directory` and returns when it listens; throws if it does not.
  RealDaemon(const std::string& program, std::string directory, const std::string& database,
             std::optional<std::uint64_t> kept_events);
  RealDaemon(const RealDaemon&) = delete;
  RealDaemon& operator=(const RealDaemon&) = delete;
  ~RealDaemon();
  // Ends it with SIGTERM; nothing if it exited with 0.
  std::optional<std::string> end();

  ClientConnection connect() const { return ClientConnection::to_socket(directory_ + "/sock"); }
  ClientConnection open_pipes() const { return ClientConnection::to_pipes(directory_ + "/pipes"); }

  // The first line of the answer, without its LF; empty if none arrived.
  std::string ask(std::string_view request);
  // Returns when the daemon has read everything that was sent before, and answered what it can.
  void settle();
  // From now on its event log is that of this account.
  void is_now(const std::string& email) { email_ = email; }
  // The first event that is wanted and was not claimed before; waits for it.
  std::optional<Event> claim(const std::function<bool(const Event&)>& wanted);

  std::string log() const;  // its standard error

 private:
  struct Seen {
    std::uint64_t cursor = 0;
    std::vector<Event> unclaimed;
  };
  void start(const std::string& program, const std::string& database);
  bool read_history(Seen&, std::chrono::seconds);

  std::string directory_;
  pid_t pid_ = -1;
  UniqueFd life_;  // a pidfd: readable when it has ended
  std::optional<ClientConnection> control_;
  std::string email_;
  std::map<std::string, Seen> seen_;  // by account
  std::uint64_t exchanges_ = 0;
};

}  // namespace msn::test
