// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

#include <sys/resource.h>

namespace bench {
namespace {

constexpr int starts = 15;
constexpr std::size_t clients = 9'990;  // the daemon takes 10 000
constexpr double idle_seconds = 3;

void first_answer(const Programs& programs, Report& report) {
  std::vector<double> times;
  for (int i = 0; i < starts; ++i) {
    const Folder folder;
    Daemon daemon(programs, folder, "alice");
    times.push_back(daemon.start() * 1e3);
  }
  report.line(
      "msncd, first answer after its start", median(times), Report::Bound::at_most, 50, " ms",
      "median of " + std::to_string(starts) + ", slowest " + number(percentile(times, 1)) + " ms");
}

void memory_and_cpu(Report& report, Daemon& daemon) {
  pause_for(1);
  const double before = cpu_of(daemon.pid());
  pause_for(idle_seconds);
  const double used = cpu_of(daemon.pid()) - before;
  const Memory memory = memory_of(daemon.pid());
  report.line(
      "msncd, logged in and idle: resident", static_cast<double>(memory.resident) / (1 << 20),
      Report::Bound::at_most, 12, " MiB",
      "private dirty " + number(static_cast<double>(memory.private_dirty) / (1 << 20)) + " MiB");
  report.line("msncd, logged in and idle: CPU", used / idle_seconds * 100, Report::Bound::at_most,
              0.05, " %", number(used * 1e6, 0) + " us in " + number(idle_seconds, 0) + " s");
}

void many_clients(Report& report, Daemon& daemon) {
  const std::string what = "msncd, each of 10 000 idle connections";
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < clients + 100) {
    report.skip(what, "this process may open " + std::to_string(limit.rlim_max) + " files only");
    return;
  }
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const Memory before = memory_of(daemon.pid());
  std::vector<Connection> connections;
  connections.reserve(clients);
  for (std::size_t i = 0; i < clients; ++i) {
    connections.emplace_back(daemon.socket());
    connections.back().must("HELLO");
  }
  pause_for(0.5);
  const Memory after = memory_of(daemon.pid());
  const auto each =
      (static_cast<double>(after.private_dirty) - static_cast<double>(before.private_dirty)) /
      static_cast<double>(clients);
  report.line(what, each, Report::Bound::at_most, 1024, " B",
              "private dirty from " + std::to_string(before.private_dirty >> 10) + " to " +
                  std::to_string(after.private_dirty >> 10) + " KiB");
}

}  // namespace

void idle_daemon(const Programs& programs, Report& report) {
  first_answer(programs, report);
  const Folder folder;
  Daemon daemon(programs, folder, "alice");
  daemon.start();
  daemon.log_in();
  memory_and_cpu(report, daemon);
  many_clients(report, daemon);
}

}  // namespace bench
