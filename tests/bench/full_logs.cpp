// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

#include <atomic>
#include <thread>
#include <unistd.h>

namespace bench {
namespace {

constexpr std::uint64_t events = 100'000;
constexpr std::size_t event_size = 2600;  // together 248 MiB
constexpr std::size_t silent_clients = 40;
constexpr int rounds = 3;

// Another client, which asks and asks.
class Bystander {
 public:
  explicit Bystander(const Daemon& daemon)
      : connection_(daemon.socket()), asking_([this] { ask(); }) {}
  ~Bystander() { stop(); }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  // How long it waited for the slowest answer, milliseconds.
  double worst() {
    stop();
    return worst_ * 1e3;
  }

 private:
  void ask() {
    while (!over_) {
      const double asked = now();
      connection_.must("HELLO");
      worst_ = std::max(worst_, now() - asked);
      pause_for(0.0005);
    }
  }
  void stop() {
    over_ = true;
    if (asking_.joinable()) asking_.join();
  }

  Connection connection_;
  std::atomic<bool> over_ = false;
  double worst_ = 0;
  std::thread asking_;
};

struct Felt {
  std::vector<double> worst;  // HELLO's slowest answer in each round, milliseconds
  std::vector<double> took;   // what was asked for, seconds

  template <class Work>
  void during(const Daemon& daemon, const Work& work) {
    Bystander bystander(daemon);
    const double begun = now();
    work();
    took.push_back(now() - begun);
    worst.push_back(bystander.worst());
  }
};

void drain(Connection& connection) {
  std::string last;  // of what was read
  static char octets[256 << 10];
  for (;;) {
    const ssize_t got = ::read(connection.fd(), octets, sizeof octets);
    if (got <= 0) throw std::runtime_error("the daemon closed the connection");
    const std::string_view read(octets, static_cast<std::size_t>(got));
    last += read.substr(read.size() - std::min<std::size_t>(read.size(), 80));
    last.erase(0, last.size() - std::min<std::size_t>(last.size(), 160));
    if (last.back() == '\n' && last.find("\nPOLLEND") != last.npos) return;
  }
}

void read_all(Connection& connection, const std::string& request) {
  connection.send(request + "\n");
  drain(connection);
}

double mebibytes(std::uint64_t octets) {
  return static_cast<double>(octets) / (1 << 20);
}

double growth(std::uint64_t before, std::uint64_t peak) {
  return mebibytes(peak - std::min(peak, before));
}

// Each asks for everything and reads nothing, until the daemon produces no more for them.
double crowd(const Daemon& daemon) {
  const std::uint64_t before = memory_of(daemon.pid()).resident;
  std::vector<Connection> silent;
  for (std::size_t i = 0; i < silent_clients; ++i) {
    silent.emplace_back(daemon.socket());
    silent.back().send(i % 2 == 0 ? "POLL FROM=oldest\n" : "POLL PEEK\n");
  }
  for (double used = -1, last = -2; used != last; pause_for(0.2)) {
    last = used;
    used = cpu_of(daemon.pid());
  }
  return growth(before, memory_of(daemon.pid()).resident);
}

std::string figures(const std::string& what, const Felt& felt) {
  return "least of " + std::to_string(felt.worst.size()) + " rounds, median " +
         number(median(felt.worst)) + " ms; " + what + " took " +
         number(median(felt.took) * 1e3, 0) + " ms";
}

void line(Report& report, const std::string& what, const Felt& felt) {
  report.line("full log, " + what + ": slowest HELLO of another", percentile(felt.worst, 0),
              Report::Bound::at_most, 20, " ms", figures(what, felt));
}

}  // namespace

void full_logs(const Programs& programs, Report& report) {
  const Folder folder;
  Daemon daemon(programs, folder, "alice");
  daemon.start();
  daemon.log_in();
  daemon.stop();
  store_events(daemon, events, event_size);

  Felt nothing, login, poll, plain, ack, make, remove;
  std::vector<double> one;
  for (int round = 0; round <= rounds; ++round) {
    daemon.start();
    Connection connection(daemon.socket());
    const auto log_in = [&] {
      connection.must("LOGIN " + daemon.email() + " " + Daemon::password);
    };
    if (round == 0)
      log_in();  // whatever is read the first time
    else
      login.during(daemon, log_in);
    if (round < rounds) daemon.stop();
  }
  Connection connection(daemon.socket());
  nothing.during(daemon, [] { pause_for(1); });
  for (int i = 0; i < 50; ++i) {
    const double asked = now();
    const std::string& answer = connection.poll("POLL FROM=5 MAX=1 ONLY=MSG");
    one.push_back((now() - asked) * 1e3);
    if (answer.substr(0, 5) != "EV 6 ") throw std::runtime_error("answered " + answer);
  }

  std::vector<double> grown;
  const std::string half = std::to_string(events / 2);
  for (int round = 0; round < rounds; ++round) {
    make.during(daemon, [&] { connection.must("QNEW all FROM=oldest"); });
    const std::uint64_t before = memory_of(daemon.pid()).resident;
    (void)peak_of(daemon.pid());
    poll.during(daemon, [&] { read_all(connection, "POLL QUEUE=all"); });
    grown.push_back(growth(before, peak_of(daemon.pid())));
    connection.must("QNEW gone FROM=oldest");
    ack.during(daemon, [&] {
      if (connection.ask("ACK " + half + " QUEUE=gone") != "OK " + half)
        throw std::runtime_error("ACK was refused");
    });
    connection.must("QDEL all");
    remove.during(daemon, [&] {
      connection.must("QDEL gone");
      pause_for(1);
    });
  }
  const double silent = crowd(daemon);
  plain.during(daemon, [&] { read_all(connection, "POLL"); });
  const double idle = mebibytes(memory_of(daemon.pid()).resident);

  report.note("full log: while nothing else was asked for, the slowest HELLO took " +
              number(median(nothing.worst)) +
              " ms; a commit waits for the disk, so other writers on it show in these lines");
  line(report, "LOGIN", login);
  line(report, "POLL of everything", poll);
  line(report, "ACK of half", ack);
  line(report, "QNEW FROM=oldest", make);
  line(report, "QDEL", remove);
  line(report, "plain POLL", plain);
  report.line("full log: LOGIN's answer", percentile(login.took, 0) * 1e3, Report::Bound::at_most,
              150, " ms", "warm, least of " + std::to_string(rounds));
  report.line("full log: POLL FROM=5 MAX=1 ONLY=MSG", median(one), Report::Bound::at_most, 5, " ms",
              "slowest " + number(percentile(one, 1)) + " ms");
  report.line("full log, POLL of everything: memory", percentile(grown, 1), Report::Bound::at_most,
              16, " MiB",
              "the most of " + std::to_string(rounds) + " rounds; in the end " + number(idle) +
                  " MiB are resident");
  report.line("full log, 40 clients that do not read: memory", silent, Report::Bound::at_most, 80,
              " MiB", "");
}

}  // namespace bench
