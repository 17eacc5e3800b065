// SPDX-License-Identifier: MIT
// One client on a stream of bytes (protocol 2.2), a socket, named pipes or standard input: sends
// its answers, keeps what the kernel does not take, stops reading from a client that does not read,
// and ends when a client that sends no more has every answer.
//
// The hub owns it until drop(); callbacks in progress keep it alive a moment longer.
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

// What was read may hold a password: not to be left in a buffer.
void wipe(char* bytes, std::size_t count);

class Client final : public Connection,
                     private Stream::Owner,
                     public std::enable_shared_from_this<Client> {
 public:
  // `on_close` is called once, when it is dropped.
  Client(Hub&, ReadySet&, Conversation::Binding, Stream::Descriptors,
         std::function<void()> on_close = {});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // After hub.add(): begins to read.
  void start();
  // Ends it now, its holds and waits with it; answers it has not taken are lost.
  void drop();
  // Called each second while it is owed answers: drops it if it is stalled and has taken nothing
  // for too long. False: it needs no more looking after.
  bool check_progress(std::chrono::steady_clock::time_point now);
  void on_answer() override;
  bool is_connected() override { return !gone_ && stream_.is_connected(); }
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
    void take(std::size_t count);  // from the front
    void clear_output();

    std::string input;                               // read, but not consumed
    std::chrono::steady_clock::time_point progress;  // when output was last taken

   private:
    Hub& hub_;
    std::string output_;
    std::size_t taken_ = 0;  // of output_
  };

  std::size_t owed() const { return backlog_ ? backlog_->output().size() : 0; }
  std::size_t held_back() const { return backlog_ ? backlog_->input.size() : 0; }
  std::size_t room() const;
  bool is_stalled() const;
  void on_ready(bool input, bool output, bool hangup) override;
  bool try_read() override;
  bool read();
  void flush();
  void advance(std::string_view input = {});
  void push(std::string_view bytes);
  void await_next();
  void depart();
  void give_up();
  Backlog& backlog();

  Hub& hub_;
  std::optional<Conversation> conversation_;
  std::unique_ptr<Backlog> backlog_;
  std::size_t place_ = 0;  // in the hub's list
  Conversation::Binding binding_;
  std::uint32_t number_;  // for the log
  Stream stream_;
  std::function<void()> on_close_;
  bool reads_ = false;    // input is awaited
  bool checked_ = false;  // the hub calls check_progress()
  bool ended_ = false;    // it sends no more, but may still read
  bool gone_ = false;     // it reads no more; what it asked for is carried out all the same
  bool broken_ = false;   // by a defect of ours: not to be fed again
  bool posted_ = false;   // advance() is posted
  bool dropped_ = false;
};

}  // namespace msn::daemon::listen
