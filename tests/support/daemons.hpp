// SPDX-License-Identifier: MIT
// Daemons without sockets for tests: each with a fake network, all on one fake loop and clock,
// their event logs in a directory of the test's own.
#pragma once
#include "core/daemon/conversation.hpp"
#include "core/daemon/daemon.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_network.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/transcript.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::test {

// An event log whose disk fills up and whose commits are counted.
class FlakyLog final : public store::EventLog {
 public:
  struct Control {
    bool append_fails = false;
    bool commit_fails = false;
    bool take_fails = false;
    int commits = 0;  // that had something to write
    int appends = 0;
    int throws = 0;  // so many calls of queues() throw
  };
  FlakyLog(std::unique_ptr<EventLog> log, Control& control)
      : log_(std::move(log)), control_(control) {}

  Result<void> append(std::vector<store::Record>& records) override {
    if (control_.append_fails) return fail(ErrorCode::internal, "no space left");
    ++control_.appends;
    dirty_ = true;
    return log_->append(records);
  }
  void set_mark(std::string mark) override {
    dirty_ = true;
    log_->set_mark(std::move(mark));
  }
  const std::string& mark() const override { return log_->mark(); }
  Result<void> commit() override {
    if (control_.commit_fails) return fail(ErrorCode::internal, "no space left");
    if (std::exchange(dirty_, false)) ++control_.commits;
    return log_->commit();
  }
  Result<void> change(store::Durability durability, store::Retention retention) override {
    return log_->change(durability, retention);
  }
  std::vector<store::QueueState> queues() const override {
    if (control_.throws > 0) {
      --control_.throws;
      throw std::runtime_error("a defect");
    }
    return log_->queues();
  }
  const store::QueueState* queue(std::string_view name) const override { return log_->queue(name); }
  std::uint64_t last_cursor() const override { return log_->last_cursor(); }
  std::uint64_t oldest_cursor() const override { return log_->oldest_cursor(); }
  Result<void> create_queue(std::string_view name, Start start, std::uint64_t cursor,
                            const std::vector<std::string>& only) override {
    dirty_ = true;
    return log_->create_queue(name, start, cursor, only);
  }
  Result<void> drop_queue(std::string_view name) override {
    dirty_ = true;
    return log_->drop_queue(name);
  }
  Result<void> read_queue(std::string_view name, const store::Selection& selection,
                          const Visitor& visitor) override {
    return log_->read_queue(name, selection, visitor);
  }
  Result<void> read_history(const store::Selection& selection, const Visitor& visitor) override {
    return log_->read_history(selection, visitor);
  }
  Result<std::uint64_t> count(std::string_view name, const store::Selection& selection) override {
    return log_->count(name, selection);
  }
  Result<std::uint64_t> take(std::string_view name, const std::vector<std::uint64_t>& cursors,
                             bool told_gap) override {
    if (control_.take_fails) return fail(ErrorCode::internal, "no space left");
    dirty_ = true;
    return log_->take(name, cursors, told_gap);
  }
  std::optional<Missing> missing_after(std::uint64_t cursor) const override {
    return log_->missing_after(cursor);
  }

 private:
  std::unique_ptr<EventLog> log_;
  Control& control_;
  bool dirty_ = false;
};

// One client: what it heard, in whole lines or not. It reads everything at once, but what comes
// after the first piece of a long answer only as fast as the loop turns.
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
  // Says it, and hears what is answered at once.
  void say(std::string_view octets) {
    if (!conversation) return;
    unread += octets;
    std::string out;
    unread.erase(0, conversation->feed(unread, out, room));
    if (!out.empty()) ++writes;
    heard += out;
    if (conversation->delivered() || out.size() >= room) on_answer();
  }
  // Says it, lets the loop run dry, and tells what came.
  std::string ask(std::string_view octets) {
    say(octets);
    loop_.run();
    return listen();
  }
  std::string listen() { return std::exchange(heard, {}); }

 private:
  FakeLoop& loop_;
  std::shared_ptr<bool> there_ = std::make_shared<bool>();

 public:
  std::size_t room = 64 * 1024;  // what it takes at a time
  std::string unread;            // said, but not consumed
  std::string heard;
  int writes = 0;
  std::optional<daemon::Conversation> conversation;
};

struct FakeDaemon {
  FakeDaemon(FakeLoop& loop, FakeClock& clock, store::Retention retention = {});
  // As after a kill -9, or an orderly end.
  void restart();

  FakeClient client(FakeClient::Binding binding = FakeClient::Binding::stream) {
    return FakeClient(*daemon, loop, binding);
  }

  FakeLoop& loop;
  FakeClock& clock;
  TempDir directory;
  RememberingLog log;
  FlakyLog::Control disk;
  daemon::Settings settings;
  std::string status;  // the last line told to on_status
  std::unique_ptr<daemon::Daemon> daemon;
  FakeNetwork* network = nullptr;
};

// Moves time in steps, so that a daemon's timers run when they are due.
void pass(FakeLoop&, FakeClock&, const std::function<void()>& wake, Milliseconds);

// Transcripts in this process.
class FakeStage final : public Stage {
 public:
  explicit FakeStage(store::Retention retention = {}) : retention_(retention) {}
  void say(const std::string& name, std::string_view octets) override;
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
