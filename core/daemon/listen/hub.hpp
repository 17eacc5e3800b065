// SPDX-License-Identifier: MIT
// What all bindings share: the loop, the daemon, the buffers one read and one answer pass through,
// and the clients of all streams with their bounds.
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

  // Is there room for one more connection?
  bool room() const { return clients_.size() < limits_.clients; }
  std::size_t clients() const { return clients_.size(); }
  // `peer`: the user at the other end, where the binding knows it.
  void add(std::shared_ptr<Client>, std::optional<uid_t> peer = {});
  void remove(Client&);
  void drop_all();

  // The log says at debug that a client has come or gone.
  void log_opened(const Connection&, Conversation::Binding, std::optional<uid_t> peer);
  void log_closed(const Connection&);
  std::uint32_t next_number() { return ++last_number_; }  // of a client, in the log

  // What watches the clients of Unix sockets; made when the first listener asks for it.
  Result<ReadySet*> ready_set();

  // Bytes of answers that clients have not read, beyond what their sockets hold.
  void add_owed(std::size_t count) { owed_ += count; }
  void remove_owed(std::size_t count) { owed_ -= count; }
  bool owes_too_much() const { return owed_ >= limits_.owed_to_all; }

  // The client is owed answers: sweep() calls its check_progress() until that returns false.
  void watch(std::shared_ptr<Client>);
  // Calls every watcher; runs by itself each second while there is anything to look after.
  void sweep();
  // Called by sweep() as long as it returns true (still something to look after).
  using Watcher = std::function<bool()>;
  void watch(Watcher);

  // A warning about clients; the same one again and again is told once in ten seconds, so that a
  // flood of them does not become a flood of lines.
  void complain(const std::string& text);

  // One read at a time passes through here, so that an idle client needs no buffer.
  static constexpr std::size_t in_size = 64 * 1024;
  char* in() { return in_.data(); }
  // Answers that are collected for one send; empty between two sends.
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
  std::size_t owed_ = 0;
  std::vector<std::shared_ptr<Client>> watched_;
  std::vector<Watcher> watchers_;
  std::vector<char> in_;
  std::string out_;
  std::string complaint_;
  std::chrono::steady_clock::time_point complained_;
  Timer timer_;
  bool ticking_ = false;
};

}  // namespace msn::daemon::listen
