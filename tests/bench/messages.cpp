// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

#include <poll.h>
#include <thread>

namespace bench {
namespace {

constexpr int single = 500;
constexpr int pipelined = 20'000;
constexpr int throughput_rounds = 3;

struct Times {
  std::vector<double> reached;  // from SENDMSG to the other daemon's answer, milliseconds
  std::vector<double> behind;   // from SENDMSG's answer to that, milliseconds; 0 if it came first
};

Times one_by_one(Daemon& from, Daemon& to) {
  Connection sender(from.socket());
  Connection receiver(to.socket());
  Times times;
  const std::string message = message_to(to.email(), "are you there?");
  for (int i = 0; i < single; ++i) {
    receiver.send("POLL WAIT=10\n");
    pause_for(0.003);  // it waits by now
    const double sent = now();
    double answered = 0;
    double arrived = 0;
    sender.send(message);
    pollfd ends[] = {{sender.fd(), POLLIN, 0}, {receiver.fd(), POLLIN, 0}};
    while (answered == 0 || arrived == 0) {
      if (::poll(ends, 2, 15'000) <= 0) throw std::runtime_error("a message did not arrive");
      const double moment = now();
      if (answered == 0 && (ends[0].revents & POLLIN) != 0) {
        if (sender.line().substr(0, 2) != "OK") throw std::runtime_error("SENDMSG was refused");
        answered = moment;
        ends[0].fd = -1;
      }
      if (arrived == 0 && (ends[1].revents & POLLIN) != 0) {
        if (occurrences(receiver.poll_answer(), " MSG ") != 1) {
          throw std::runtime_error("not one message");
        }
        arrived = moment;
        ends[1].fd = -1;
      }
    }
    times.reached.push_back((arrived - sent) * 1e3);
    times.behind.push_back(std::max(0.0, arrived - answered) * 1e3);
  }
  return times;
}

// Messages per second from the first request to the last one read by the other side.
double all_at_once(Daemon& from, Daemon& to) {
  Connection sender(from.socket());
  Connection receiver(to.socket());
  std::string batch;
  for (int i = 0; i < pipelined; ++i) {
    batch += message_to(to.email(), "message number " + std::to_string(i) + " of many");
  }
  const double start = now();
  std::thread writer([&] { sender.send(batch); });
  std::thread answers([&] {
    for (int i = 0; i < pipelined; ++i) (void)sender.line();
  });
  int arrived = 0;
  std::size_t empty = 0;
  while (arrived < pipelined && empty < 3) {
    const auto count = static_cast<int>(occurrences(receiver.poll("POLL WAIT=5"), " MSG "));
    empty = count == 0 ? empty + 1 : 0;
    arrived += count;
  }
  const double took = now() - start;
  writer.join();
  answers.join();
  if (arrived != pipelined) {
    throw std::runtime_error("of " + std::to_string(pipelined) + " messages " +
                             std::to_string(arrived) + " arrived");
  }
  return pipelined / took;
}

}  // namespace

void messages(const Programs& programs, Report& report) {
  const Folder folder;
  Daemon alice(programs, folder, "alice");
  Daemon bob(programs, folder, "bob");
  alice.start();
  bob.start();
  alice.log_in();
  bob.log_in();
  acquaint(alice, bob);

  const Times times = one_by_one(alice, bob);
  report.line("SENDMSG to the other daemon's queue", median(times.reached), Report::Bound::at_most,
              10, " ms",
              "median of " + std::to_string(single) + ", p99 " +
                  number(percentile(times.reached, 0.99)) + " ms");
  report.line("SENDMSG's answer to POLL WAIT's answer, p99", percentile(times.behind, 0.99),
              Report::Bound::at_most, 10, " ms",
              "median " + number(median(times.behind)) + " ms, slowest " +
                  number(percentile(times.behind, 1)) + " ms");

  std::vector<double> rates;
  for (int i = 0; i < throughput_rounds; ++i) rates.push_back(all_at_once(alice, bob));
  report.line("messages end to end, pipelined, durability full", median(rates),
              Report::Bound::at_least, 5000, "/s",
              "median of " + std::to_string(throughput_rounds) + " times " +
                  std::to_string(pipelined) + ", " + number(percentile(rates, 0), 0) + " to " +
                  number(percentile(rates, 1), 0));
}

}  // namespace bench
