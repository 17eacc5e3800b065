// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

#include <fstream>

namespace bench {
namespace {

constexpr int rounds = 300;
constexpr int rounds_with_events = 150;
constexpr int events = 20;
constexpr int rounds_of_history = 20;
constexpr int history = 10'000;

std::string milliseconds(double seconds) {
  return number(seconds * 1e3) + " ms";
}

void empty_queue(const Programs& programs, Report& report, const Folder& folder,
                 const Daemon& daemon) {
  const std::string input = folder / "request";
  std::ofstream(input) << "POLL\n";
  const bool nc = have_program("nc");
  enum { reference, msnc, netcat };
  Rounds times(3);
  Shuffle shuffle(nc ? 3 : 2);
  for (int round = -5; round < rounds; ++round) {
    for (const std::size_t which : shuffle.next()) {
      double time = 0;
      if (which == reference) {
        time = time_of({programs.ref_poll, daemon.socket(), "POLL HOLD"}, "/dev/null");
      } else if (which == msnc) {
        time = time_of({programs.msnc, "-s", daemon.socket(), "poll"}, "/dev/null");
      } else {
        time = time_of({"nc", "-NU", daemon.socket()}, input);
      }
      if (round >= 0) times.add(which, time);  // the first warm the caches
    }
  }
  report.line(
      "msnc poll, empty queue / static C", times.ratio(msnc, reference), Report::Bound::at_most,
      1.35, "x",
      milliseconds(times.median_of(msnc)) + " / " + milliseconds(times.median_of(reference)));
  if (nc) {
    report.line(
        "msnc poll, empty queue / nc -NU", times.ratio(msnc, netcat), Report::Bound::at_most, 0.9,
        "x", milliseconds(times.median_of(msnc)) + " / " + milliseconds(times.median_of(netcat)));
  } else {
    report.skip("msnc poll, empty queue / nc -NU", "nc is not installed");
  }
}

// Both acknowledge the events, which are sent again each time.
void twenty_events(const Programs& programs, Report& report, Daemon& from, Daemon& to) {
  Connection sender(from.socket());
  Connection receiver(to.socket());
  enum { reference, msnc };
  Rounds times(2);
  Shuffle shuffle(2);
  std::string batch;
  for (int i = 0; i < events; ++i) batch += message_to(to.email(), "event " + std::to_string(i));
  for (int round = -5; round < rounds_with_events; ++round) {
    double time[2] = {};
    for (const std::size_t which : shuffle.next()) {
      receiver.poll("POLL");
      sender.send(batch);
      for (int i = 0; i < events; ++i) (void)sender.line();
      for (const double until = now() + 5; to.pending(receiver) < events && now() < until;) {
      }
      pause_for(0.002);
      time[which] =
          which == reference
              ? time_of({programs.ref_poll, to.socket(), "POLL HOLD"}, "/dev/null")
              : time_of({programs.msnc, "-s", to.socket(), "poll", "--json"}, "/dev/null");
    }
    if (round < 0) continue;
    times.add(reference, time[reference]);
    times.add(msnc, time[msnc]);
  }
  report.line(
      "msnc poll --json, 20 events / static C", times.ratio(msnc, reference),
      Report::Bound::at_most, 1.5, "x",
      milliseconds(times.median_of(msnc)) + " / " + milliseconds(times.median_of(reference)));
}

void whole_history(const Programs& programs, Report& report, const Folder& folder) {
  Daemon daemon(programs, folder, "carol");
  daemon.start();
  daemon.log_in();
  daemon.stop();
  store_events(daemon, history, 0);
  daemon.start();
  daemon.log_in();
  enum { reference, msnc };
  Rounds times(2);
  Shuffle shuffle(2);
  for (int round = -1; round < rounds_of_history; ++round) {
    for (const std::size_t which : shuffle.next()) {
      const double time =
          which == reference
              ? time_of({programs.ref_poll, daemon.socket(), "POLL FROM=oldest"}, "/dev/null")
              : time_of({programs.msnc, "-s", daemon.socket(), "log", "--json"}, "/dev/null");
      if (round >= 0) times.add(which, time);
    }
  }
  report.line(
      "msnc log --json, 10 000 events / static C", times.ratio(msnc, reference),
      Report::Bound::at_most, 6, "x",
      milliseconds(times.median_of(msnc)) + " / " + milliseconds(times.median_of(reference)));
}

}  // namespace

void one_shot_clients(const Programs& programs, Report& report) {
  const Folder folder;
  Daemon alice(programs, folder, "alice");
  Daemon bob(programs, folder, "bob");
  alice.start();
  bob.start();
  alice.log_in();
  bob.log_in();
  acquaint(alice, bob);
  empty_queue(programs, report, folder, bob);
  twenty_events(programs, report, alice, bob);
  whole_history(programs, report, folder);
}

}  // namespace bench
