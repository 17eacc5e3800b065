// SPDX-License-Identifier: MIT
// kill -9 at any moment: committed events survive, in order.
#include "tests/store/support.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace msn::store;
using namespace msn::store::test;

namespace {

struct Promise {
  std::uint64_t last = 0;
  std::uint64_t taken = 0;
};

// The child, until it is killed: commits events and takes together, and after each commit writes to
// the pipe what is committed.
[[noreturn]] void work(const std::string& path, Durability durability, Retention retention,
                       int report) {
  msn::test::FakeClock clock;
  msn::NullLog quiet;
  auto opened = EventLog::open(path, durability, retention, clock, quiet);
  if (!opened) ::_exit(1);
  EventLog& log = **opened;
  Promise promise{log.last_cursor(), log.queue("-")->cursor};
  for (std::uint64_t round = 0;; ++round) {
    Changes changes;
    for (std::uint64_t i = 0; i < 1 + round % 7; ++i)
      changes.records.push_back({0, {}, "MSG", "bob@example.org", std::string(round % 300, 'x')});
    const auto pending = log.pending_cursors("-", {}, 1 + round % 7);
    if (!pending) ::_exit(3);
    if (round % 3 != 0) changes.takes = {{"-", *pending}};
    if (round % 50 == 10) changes.created = {{"jobs", {}, Start::oldest}};
    if (round % 50 == 40) changes.dropped = {"jobs"};
    if (!log.commit(changes)) ::_exit(5);
    promise.last = changes.records.back().cursor;
    if (round % 3 != 0 && !pending->empty()) promise.taken = pending->back();
    if (::write(report, &promise, sizeof promise) != sizeof promise) ::_exit(6);
  }
}

}  // namespace

TEST_CASE_METHOD(Fixture, "every committed event exists after kill -9 at a random moment") {
  durability = GENERATE(Durability::full, Durability::normal);
  retention.events = 500;
  std::uint64_t random = 4711;
  std::uint64_t known = 0;
  for (int round = 0; round < 12; ++round) {
    int pipe_ends[2];
    REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) work(path(), durability, retention, pipe_ends[1]);
    ::close(pipe_ends[1]);
    random = random * 6364136223846793005u + 1442695040888963407u;
    // After this many commits and a random time.
    Promise promise;
    for (std::uint64_t i = 0; i < 1 + (random >> 60) * 4; ++i)
      REQUIRE(::read(pipe_ends[0], &promise, sizeof promise) == sizeof promise);
    for (volatile std::uint64_t spin = (random >> 40) % 200'000; spin > 0;) spin = spin - 1;
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    while (::read(pipe_ends[0], &promise, sizeof promise) == sizeof promise) {
    }
    ::close(pipe_ends[0]);

    open();
    INFO("round " << round << ", promised " << promise.last << ", taken " << promise.taken);
    CHECK(words.text().empty());
    CHECK(queue().gap == 0);
    CHECK_FALSE(queue().gap_unknown);
    CHECK(log->last_cursor() >= promise.last);
    CHECK(queue().cursor >= promise.taken);
    // The pending events are consecutive: nothing is lost, repeated or reordered.
    CHECK(cursors() == range(queue().cursor + 1, log->last_cursor()));
    CHECK(log->last_cursor() > known);
    known = log->last_cursor();
    close();
  }
}
