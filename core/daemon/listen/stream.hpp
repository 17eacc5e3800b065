// SPDX-License-Identifier: MIT
// The descriptors of one client on a byte stream. Reads and writes never block.
#pragma once
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/ready_set.hpp"

#include <cstddef>
#include <string_view>

namespace msn::daemon::listen {

class Stream {
 public:
  enum class Kind {
    socket,  // not shared; a hangup is detected
    fifo,    // non-blocking; both ends are held open, so there is no end of file
    shared   // standard input and output: shared with other processes, so they may be blocking
  };
  struct Descriptors {
    Kind kind;
    UniqueFd in;
    UniqueFd out;  // none: `in` is used for both directions
  };
  class Owner {
   public:
    virtual ~Owner() = default;
    // At least one argument is true. Called again as long as an event of await() is pending.
    virtual void on_ready(bool input, bool output, bool hangup) = 0;
    // Reads, because there may be input. Returns false if there was none.
    virtual bool try_read() = 0;
  };

  Stream(ReadySet&, Descriptors, Owner&);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // Results of read() and write(): no input now; the connection is broken.
  static constexpr std::ptrdiff_t nothing = -1;  // no input now
  static constexpr std::ptrdiff_t broken = -2;
  // Returns the number of bytes read, 0 at the end of file, or one of these results.
  std::ptrdiff_t read(char* to, std::size_t room);
  // Returns the number of bytes written, or broken.
  std::ptrdiff_t write(std::string_view bytes);
  // False if the peer has closed both directions. Always true for fifo and shared.
  bool is_connected() const;
  bool has_input() const;
  // fifo: discards unread output, so that the next client finds the pipe empty.
  void discard_output();

  // Sets the events to wait for, until the next call. `hangup` alone works on sockets only. Returns
  // false if epoll cannot watch a descriptor.
  bool await(bool input, bool output, bool hangup);
  void close();

 private:
  struct End final : ReadySet::Watched {
    explicit End(Stream& owner) : stream(owner) {}
    void on_ready(std::uint32_t events) override;
    bool try_read() override { return !stream.out_ && stream.owner_.try_read(); }
    Stream& stream;
  };
  int out_fd() const { return out_ ? out_.get() : in_.get(); }
  std::ptrdiff_t write_shared(std::string_view bytes);

  ReadySet& set_;
  Owner& owner_;
  Kind kind_;
  UniqueFd in_, out_;
  End in_end_{*this}, out_end_{*this};
};

}  // namespace msn::daemon::listen
