// SPDX-License-Identifier: MIT
#include "core/daemon/journal.hpp"
#include "tests/bench/cases.hpp"
#include "tests/support/fake_loop.hpp"
#include "tests/support/no_room.hpp"

namespace bench {
namespace {

using namespace msn;

constexpr std::size_t many = 100'000;  // all that may wait
constexpr std::size_t few = 1'000;
constexpr std::size_t measured = 200;
constexpr int rounds = 5;

class NullObserver final : public daemon::Journal::Observer {
 public:
  void on_stored(const std::vector<store::Record>&, bool) override {}
  void on_closed() override {}
};

// A journal whose disk is full.
class Waiting {
 public:
  Waiting() {
    settings_.log_directory = folder_ / "";
    journal_.observe(observer_);
    if (auto opened = journal_.open("alice@bench.example"); !opened)
      throw std::runtime_error(opened.error().message);
    loop_.run();
  }

  void arrive() {
    std::vector<model::Event> events{model::Typing{"bob@bench.example"}};
    if (!journal_.arrive({std::move(events), {}, {}, {}}))
      throw std::runtime_error("too much waits");
    loop_.run();
  }
  // The timer's try.
  void try_again() {
    clock_.advance(std::chrono::minutes(1));
    timers_.run();
    loop_.run();
  }
  // A client's change, which tries, too.
  void change() {
    store::Changes changes;
    changes.dropped.push_back("nothing");
    journal_.commit(std::move(changes), [](const Result<std::uint64_t>&) {});
    loop_.run();
  }

 private:
  Folder folder_;
  daemon::Settings settings_;
  test::FakeLoop loop_;
  test::FakeClock clock_;
  daemon::Timers timers_{loop_, clock_};
  NullLog quiet_;
  NullObserver observer_;
  daemon::Journal journal_{settings_, loop_, timers_, clock_, quiet_};
};

template <class Work>
double median_time(std::size_t times, const Work& work) {
  std::vector<double> each;
  for (std::size_t i = 0; i < times; ++i) {
    const double begun = now();
    work();
    each.push_back((now() - begun) * 1e6);
  }
  return median(std::move(each));
}

}  // namespace

void full_disks(const Programs&, Report& report) {
  Rounds turn(2);
  Rounds change(2);
  Rounds again(2);
  Shuffle shuffle(2);
  for (int round = 0; round < rounds; ++round) {
    for (const std::size_t which : shuffle.next()) {
      Waiting waiting;
      const test::NoRoom full;
      const std::size_t count = which == 0 ? few : many;
      for (std::size_t i = 0; i < count - measured; ++i) waiting.arrive();
      turn.add(which, median_time(measured, [&] { waiting.arrive(); }));
      change.add(which, median_time(5, [&] { waiting.change(); }));
      again.add(which, median_time(5, [&] { waiting.try_again(); }));
    }
  }
  const auto line = [&](const std::string& what, const Rounds& each) {
    report.line("full disk, 100 000 waiting / 1 000: " + what, each.ratio(1, 0),
                Report::Bound::at_most, 2, "x",
                number(each.median_of(1)) + " us / " + number(each.median_of(0)) + " us");
  };
  line("one more event", turn);
  line("a client's change", change);
  line("the next try", again);
}

}  // namespace bench
