// SPDX-License-Identifier: MIT
// bench_run MSNC MSNCD TOOLS [TOPIC...]: measures side by side, prints one table.
#include "tests/bench/cases.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace {

struct Topic {
  const char* name;
  void (*measure)(const bench::Programs&, bench::Report&);
};

constexpr Topic topics[] = {
    {"clients", bench::one_shot_clients}, {"idle", bench::idle_daemon},
    {"rates", bench::exchange_rates},     {"messages", bench::messages},
    {"lists", bench::long_lists},         {"log", bench::full_logs},
    {"disk", bench::full_disks},          {"msnp", bench::msn_servers},
};

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr,
                 "usage: bench_run MSNC MSNCD TOOLS "
                 "[clients|idle|rates|messages|lists|log|disk|msnp]\n");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  // Nothing of the user's takes part.
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "MSNC_SOCKET"}) {
    ::unsetenv(name);
  }
  ::setenv("HOME", "/nonexistent", 1);
  const std::string tools = words[3];
  const bench::Programs programs{words[1],
                                 words[2],
                                 tools + "/bench_ref_poll",
                                 tools + "/bench_echo",
                                 tools + "/bench_load",
                                 tools + "/msn_server"};
  bench::Report report;
  for (const Topic& topic : topics) {
    if (count > 4 &&
        std::find(words + 4, words + count, std::string(topic.name)) == words + count) {
      continue;
    }
    try {
      topic.measure(programs, report);
    } catch (const std::exception& error) {
      report.skip(topic.name, error.what());
    }
  }
  utsname machine{};
  ::uname(&machine);
  report.note("ratios are medians over rounds, the cases of a round in random order; " +
              std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)) + " CPUs, " + machine.sysname + " " +
              machine.release);
  report.print();
  return 0;
}
