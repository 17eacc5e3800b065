// SPDX-License-Identifier: MIT
// Shared by all bindings: the loop, the daemon, one read buffer and one output buffer, and the list
// of stream clients with its limits. Loop thread only.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/daemon/conversation.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/listen/limits.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace msn::daemon::listen {

class Client;
class ReadySet;

// The loop's own executor instead of any_io_executor: smaller sockets, no virtual calls.
using Executor = asio::io_context::executor_type;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

class Hub {
 public:
  // Whether a user may connect.
  using Allowed = std::function<bool(uid_t peer)>;
  Hub(asio::io_context&, Daemon&, const Clock&, Log&, Limits, Allowed);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  asio::io_context& loop() { return loop_; }
  Daemon& daemon() { return daemon_; }
  const Clock& clock() const { return clock_; }
  Log& log() { return log_; }
  const Limits& limits() const { return limits_; }
  bool allowed(uid_t peer) const { return allowed_(peer); }

  // True if one more connection is allowed.
  bool has_room() const { return clients_.size() < limits_.clients; }
  std::size_t clients() const { return clients_.size(); }
  // `peer`: the client's user, if the binding knows it.
  void add(std::shared_ptr<Client>, std::optional<uid_t> peer = {});
  void remove(Client&);
  void drop_all();

  // Log at level debug that a client has connected or disconnected.
  void log_opened(const Connection&, Conversation::Binding, std::optional<uid_t> peer);
  void log_closed(const Connection&);
  std::uint32_t next_number() { return ++last_number_; }  // identifies a client in the log

  // The epoll set of all stream clients, created by the first call.
  Result<ReadySet*> ready_set();

  // Bytes of answers that are buffered for all clients, beyond what their sockets hold.
  void add_unsent(std::size_t count) { unsent_ += count; }
  void remove_unsent(std::size_t count) { unsent_ -= count; }
  bool has_too_much_unsent() const { return unsent_ >= limits_.total_unsent; }

  // Call when the client has pending output: sweep() calls check_progress() until it returns false.
  void watch(std::shared_ptr<Client>);
  // Checks the watched clients and calls the watchers. Runs every second while there are any.
  void sweep();
  // Called by sweep() until it returns false.
  using Watcher = std::function<bool()>;
  void watch(Watcher);

  // Logs a warning about clients, unless it repeats the last one within ten seconds.
  void warn(const std::string& text);

  // The read buffer of all clients, so that an idle client needs none.
  static constexpr std::size_t in_size = 64 * 1024;
  char* in() { return in_.data(); }
  // Collects answers for one send. Empty between sends.
  std::string& out() { return out_; }
  void clear_out();

 private:
  void tick();

  asio::io_context& loop_;
  Daemon& daemon_;
  const Clock& clock_;
  Log& log_;
  Limits limits_;
  Allowed allowed_;
  std::unique_ptr<ReadySet> ready_set_;
  std::vector<std::shared_ptr<Client>> clients_;
  std::uint32_t last_number_ = 0;
  std::size_t unsent_ = 0;
  std::vector<std::shared_ptr<Client>> watched_;
  std::vector<Watcher> watchers_;
  std::vector<char> in_;
  std::string out_;
  std::string last_warning_;
  std::chrono::steady_clock::time_point warned_at_;
  Timer timer_;
  bool ticking_ = false;
};

}  // namespace msn::daemon::listen
