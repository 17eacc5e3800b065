// SPDX-License-Identifier: MIT
// Daemons without sockets: each with a fake network, all on one fake loop and clock, their event
// logs in a temporary directory.
#pragma once
#include "core/daemon/conversation.hpp"
#include "core/daemon/daemon.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_network.hpp"
#include "tests/support/no_room.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/transcript.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::test {

// One client of a daemon. It reads an answer's first `room` bytes at once, and the rest of a long
// answer piece by piece, one in each turn of the loop.
class FakeClient final : public daemon::Connection {
 public:
  using Binding = daemon::Conversation::Binding;
  FakeClient(daemon::Daemon& daemon, FakeLoop& loop, Binding binding = Binding::stream)
      : loop_(loop), conversation(std::in_place, daemon, *this, binding) {}

  void on_answer() override {
    loop_.post([this, there = std::weak_ptr<bool>(there_)] {
      if (!there.expired()) say({});
    });
  }
  bool is_connected() override { return connected; }
  // Sends the bytes; `heard` gets what is answered at once.
  void say(std::string_view bytes) {
    if (!conversation) return;
    unread += bytes;
    std::string out;
    unread.erase(0, conversation->feed(unread, out, room));
    if (!out.empty()) ++writes;
    heard += out;
    if (conversation->delivered() || out.size() >= room) on_answer();
  }
  // Sends the bytes, runs the loop until it is idle, and returns all that was received.
  std::string ask(std::string_view bytes) {
    say(bytes);
    loop_.run();
    return listen();
  }
  std::string listen() { return std::exchange(heard, {}); }

 private:
  FakeLoop& loop_;
  std::shared_ptr<bool> there_ = std::make_shared<bool>();

 public:
  std::size_t room = 64 * 1024;  // bytes that it reads at a time
  std::string unread;            // sent, but not consumed by the daemon yet
  std::string heard;
  int writes = 0;
  bool connected = true;  // false: it has closed the connection; the daemon has not noticed yet
  std::optional<daemon::Conversation> conversation;
};

struct FakeDaemon {
  FakeDaemon(FakeLoop& loop, FakeClock& clock, store::Retention retention = {});
  // As after a kill -9 or an orderly end: the event log on disk is all that remains.
  void restart();
  // From now on the disk is full; it has room again.
  void fill_disk() { full_.emplace(); }
  void free_disk() { full_.reset(); }

  FakeClient client(FakeClient::Binding binding = FakeClient::Binding::stream) {
    return FakeClient(*daemon, loop, binding);
  }

  FakeLoop& loop;
  FakeClock& clock;
  TempDir directory;
  RememberingLog log;
  daemon::Settings settings;
  std::string status;  // the last line that on_status() got
  std::unique_ptr<daemon::Daemon> daemon;
  FakeNetwork* network = nullptr;

 private:
  std::optional<NoRoom> full_;
};

// Advances the clock in steps, so that each of a daemon's timers runs when it is due.
void pass(FakeLoop&, FakeClock&, const std::function<void()>& wake, Milliseconds);

// Plays transcripts in this process.
class FakeBackend final : public TranscriptBackend {
 public:
  explicit FakeBackend(store::Retention retention = {}) : retention_(retention) {}
  void say(const std::string& name, std::string_view bytes) override;
  std::optional<std::string> hear(const std::string& name) override;
  std::optional<std::string> overhear(const std::string& name) override { return hear(name); }
  void end(const std::string& name) override;
  bool pass(std::chrono::milliseconds) override;
  bool keeps_time() const override { return true; }
  bool tell_network(const std::string& daemon, std::string_view line) override;
  std::optional<std::string> network_asked(const std::string& daemon,
                                           const std::string& expected) override;

 private:
  FakeDaemon& daemon(std::string_view name);
  FakeClient& client(const std::string& name);

  const store::Retention retention_;
  FakeLoop loop_;
  FakeClock clock_;
  std::string first_;
  std::map<std::string, std::unique_ptr<FakeDaemon>, std::less<>> daemons_;
  std::map<std::string, std::unique_ptr<FakeClient>> clients_;
};

}  // namespace msn::test
