// SPDX-License-Identifier: MIT
// A real msncd in a process of its own, on a local network, and a connection to it that transcripts
// do not see: it asks for the daemon's history, and makes sure that the daemon has read what others
// sent. Nothing here sleeps: everything is waited for, with a deadline.
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

// As long as an answer may take on a loaded machine under a sanitizer.
inline constexpr std::chrono::seconds patience{30};

// One end of a stream of lines. Throws when the other end does not take what is said.
class Wire {
 public:
  static Wire to_socket(const std::string& path);
  static Wire to_pipes(const std::string& directory);  // protocol 2.2a, without its lock

  void say(std::string_view octets);
  // The next line with its LF; what there is of one when nothing more comes.
  std::optional<std::string> line(std::chrono::milliseconds = patience);

 private:
  int reading() const { return in_ ? in_.get() : out_.get(); }

  UniqueFd out_;
  UniqueFd in_;  // none: out_ does both
  std::string heard_;
};

class RealDaemon {
 public:
  struct Event {
    std::string line;                // as a plain POLL tells it
    std::vector<std::string> lines;  // a MSG's
  };

  // Returns when it listens. Everything of its own goes into `directory`; throws if it cannot.
  RealDaemon(const std::string& program, std::string directory, const std::string& database,
             std::optional<std::uint64_t> kept_events);
  RealDaemon(const RealDaemon&) = delete;
  RealDaemon& operator=(const RealDaemon&) = delete;
  ~RealDaemon();
  // By SIGTERM; nothing: it ended as it should.
  std::optional<std::string> end();

  Wire connect() const { return Wire::to_socket(directory_ + "/sock"); }
  Wire open_pipes() const { return Wire::to_pipes(directory_ + "/pipes"); }

  // The first line of the answer, without its LF; nothing if none came.
  std::string ask(std::string_view request);
  // What has been sent to it before is read now, and answered unless the answer has to wait.
  void settle();
  // Whose event log it is from now on.
  void is_now(const std::string& email) { email_ = email; }
  // The first event that is wanted and was not claimed before; waits for it to come.
  std::optional<Event> claim(const std::function<bool(const Event&)>& wanted);

  std::string log() const;  // what it said on stderr

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
  std::optional<Wire> control_;
  std::string email_;
  std::map<std::string, Seen> seen_;  // by whose log it is
  std::uint64_t exchanges_ = 0;
};

}  // namespace msn::test
