// SPDX-License-Identifier: MIT
// The descriptors of one client on a stream of bytes: reads and writes that never block, and what
// is waited for.
#pragma once
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/ready_set.hpp"

#include <cstddef>
#include <string_view>

namespace msn::daemon::listen {

class Stream {
 public:
  enum class Kind {
    socket,  // of its own; a hangup is noticed
    fifo,    // non-blocking, both ends held open: it never ends
    shared   // standard input and output: others use them, so they may block
  };
  struct Descriptors {
    Kind kind;
    UniqueFd in;
    UniqueFd out;  // none: `in` is for both
  };
  class Owner {
   public:
    virtual ~Owner() = default;
    // Some of these are true; called again as long as that is waited for.
    virtual void on_ready(bool input, bool output, bool hangup) = 0;
    // There may be input. False: there was none.
    virtual bool try_read() = 0;
  };

  Stream(ReadySet&, Descriptors, Owner&);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // How many bytes there were; 0: the end; or one of these.
  static constexpr std::ptrdiff_t nothing = -1;  // not now
  static constexpr std::ptrdiff_t broken = -2;
  std::ptrdiff_t read(char* to, std::size_t room);
  // How many were taken, or broken.
  std::ptrdiff_t write(std::string_view bytes);
  // False: the peer has closed both directions. Only a socket knows.
  bool is_connected() const;
  bool has_input() const;
  // fifo: throws away what was written and not read, so that the next client finds it empty.
  void discard_output();

  // What to wait for, until the next call. A hangup alone is noticed on a socket only. False: the
  // kernel cannot.
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
