// SPDX-License-Identifier: MIT
// One client on a byte stream: a socket, the named pipes, or standard input and output
// (protocol 2.2). Buffers output that the kernel does not accept, and stops reading while the
// client does not read. If the client has closed its sending side, disconnects after all answers.
//
// The hub owns it until drop(); callbacks in progress may keep it alive a little longer.
#pragma once
#include "core/daemon/conversation.hpp"
#include "core/daemon/listen/hub.hpp"
#include "core/daemon/listen/stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::daemon::listen {

// Overwrites a buffer whose contents may include a password.
void wipe(char* bytes, std::size_t count);

class Client final : public Connection,
                     private Stream::Owner,
                     public std::enable_shared_from_this<Client> {
 public:
  // `on_close` is called once, by drop().
  Client(Hub&, ReadySet&, Conversation::Binding, Stream::Descriptors,
         std::function<void()> on_close = {});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Starts reading. Call hub.add() first.
  void start();
  // Disconnects now and ends holds and waits. Unsent answers are lost.
  void drop();
  // Called every second while output is pending. Disconnects a stalled client that has read no
  // output for Limits::stall_timeout. Returns false if no further calls are needed.
  bool check_progress(std::chrono::steady_clock::time_point now);
  void on_answer() override;
  bool is_connected() override { return !disconnected_ && stream_.is_connected(); }
  std::string name() const override { return "client " + std::to_string(number_); }

 private:
  friend class Hub;
  // Allocated only while output is pending or input is held back.
  class Backlog {
   public:
    explicit Backlog(Hub& hub) : hub_(hub) {}
    ~Backlog() { clear_output(); }
    Backlog(const Backlog&) = delete;
    Backlog& operator=(const Backlog&) = delete;

    std::string_view output() const { return std::string_view(output_).substr(taken_); }
    void append(std::string_view bytes);
    void take(std::size_t count);  // removes sent bytes from the front
    void clear_output();

    std::string input;                               // read but not consumed
    std::chrono::steady_clock::time_point progress;  // time of the last sent output

   private:
    Hub& hub_;
    std::string output_;
    std::size_t taken_ = 0;  // bytes of output_ that are sent
  };

  std::size_t unsent() const { return backlog_ ? backlog_->output().size() : 0; }
  std::size_t held_input() const { return backlog_ ? backlog_->input.size() : 0; }
  std::size_t room() const;
  bool is_stalled() const;
  void on_ready(bool input, bool output, bool hangup) override;
  bool try_read() override;
  bool read();
  void flush();
  void advance(std::string_view input = {});
  void push(std::string_view bytes);
  void await_next();
  void on_disconnect();
  void drop_or_reset();
  Backlog& backlog();

  Hub& hub_;
  std::optional<Conversation> conversation_;
  std::unique_ptr<Backlog> backlog_;
  std::size_t place_ = 0;  // index in the hub's list
  Conversation::Binding binding_;
  std::uint32_t number_;  // for the log
  Stream stream_;
  std::function<void()> on_close_;
  bool awaits_input_ = false;  // epoll watches for input
  bool watched_ = false;       // the hub calls check_progress()
  bool input_ended_ = false;   // it has closed its sending side, but may still read
  bool disconnected_ = false;  // it reads no more answers; its requests are still carried out
  bool failed_ = false;        // an exception was caught: do not feed it again
  bool posted_ = false;        // advance() is posted
  bool dropped_ = false;
};

}  // namespace msn::daemon::listen
