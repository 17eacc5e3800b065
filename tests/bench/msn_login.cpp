// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"
#include "tests/bench/msn_plain.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t contacts = 1'000;
constexpr int rounds = 15;
constexpr int talks = 300;
constexpr std::size_t readers = 300;             // more than there may be conversations
constexpr std::size_t waiting_readers = 10'000;  // as many as may wait
constexpr double settling = 0.05;                // seconds after which a daemon has started up

std::string milliseconds(double seconds) {
  return number(seconds * 1e3) + " ms";
}

double time_login(Connection& connection, const Daemon& daemon) {
  const double begun = now();
  connection.must("LOGIN " + daemon.email() + " " + Daemon::password);
  const double took = now() - begun;
  if (connection.list("GETCL") != contacts) throw std::runtime_error("contacts are missing");
  connection.must("LOGOFF");
  return took;
}

// Side by side, in each round: the first login of a new msncd, and the same dialogue with the same
// server by the least code, which has the same bytes to fetch, asks nexus and login as well (a TLS
// connection each, the certificate verified) and makes nothing of what it gets.
void login(Report& report, Daemon& daemon, const MsnServer& server) {
  const std::string password = "open%20sesame";
  const std::size_t octets = plain_login(server, daemon.email(), password, 0).octets;
  enum { msncd, plain, hasty, shuffled, again = shuffled, transfer, https, cases };
  Rounds times(cases);
  Shuffle shuffle(shuffled);
  for (int round = -2; round < rounds; ++round) {
    double time[cases] = {};
    for (const std::size_t which : shuffle.next()) {
      if (which == plain) {
        const PlainLogin least = plain_login(server, daemon.email(), password, octets);
        time[transfer] = least.transfer;
        time[https] = least.https;
        time[plain] = least.transfer + least.https;
        continue;
      }
      daemon.start();
      if (which == msncd) pause_for(settling);
      Connection connection(daemon.socket());
      time[which] = time_login(connection, daemon);
      if (which == msncd) time[again] = time_login(connection, daemon);
      daemon.stop();
    }
    for (std::size_t i = 0; i < cases && round >= 0; ++i) times.add(i, time[i]);
  }
  report.line("LOGIN, 1000 contacts / plain transfer + HTTPS", times.ratio(msncd, plain),
              Report::Bound::at_most, 3, "x",
              milliseconds(times.median_of(msncd)) + " / (" +
                  milliseconds(times.median_of(transfer)) + " for " + std::to_string(octets >> 10) +
                  " KiB + " + milliseconds(times.median_of(https)) +
                  " for 2 GETs); the next LOGIN " + milliseconds(times.median_of(again)) +
                  ", one right after the start " + milliseconds(times.median_of(hasty)) + " (" +
                  number(times.ratio(hasty, plain)) + "x)");
}

void memory(Report& report, Daemon& daemon) {
  daemon.start();
  daemon.log_in();
  pause_for(1);
  const Memory memory = memory_of(daemon.pid());
  report.line(
      "msncd, 1000 contacts on an MSN server: resident",
      static_cast<double>(memory.resident) / (1 << 20), Report::Bound::at_most, 24, " MiB",
      "private dirty " + number(static_cast<double>(memory.private_dirty) / (1 << 20)) + " MiB");
}

void conversation(Report& report, const Daemon& from, const Daemon& to) {
  Connection sender(from.socket());
  Connection waiter(from.socket());
  std::vector<double> times;
  const auto send = [&](const std::string& id) {
    waiter.send("POLL WAIT=10 ONLY=SENT,FAILED\n");
    pause_for(0.002);  // it waits by now
    const double begun = now();
    sender.send("SENDMSG 1 " + to.email() + " ID=" + id + "\nare you there?\n");
    if (sender.line() != "OK " + id) throw std::runtime_error("SENDMSG was refused");
    const std::string& told = waiter.poll_answer();
    if (occurrences(told, " SENT " + id + " ") != 1) throw std::runtime_error("not sent: " + told);
    return now() - begun;
  };
  const double first = send("first");
  for (int i = 0; i < talks; ++i) times.push_back(send(std::to_string(i)) * 1e3);
  Connection receiver(to.socket());
  const auto arrived = occurrences(receiver.poll("POLL"), "MSG 4 3 ");
  if (arrived != talks + 1) throw std::runtime_error("messages are missing");
  report.line("SENDMSG ID= to SENT by an MSN server, p99", percentile(times, 0.99),
              Report::Bound::at_most, 10, " ms",
              "median of " + std::to_string(talks) + " " + number(median(times)) +
                  " ms; the first, with its switchboard, " + milliseconds(first));
}

// The median of the last part over that of the first: a cost that grows with what was sent before.
double growth(const std::vector<double>& times, std::size_t part) {
  const auto size = static_cast<std::ptrdiff_t>(part);
  return median({times.end() - size, times.end()}) / median({times.begin(), times.begin() + size});
}

std::string person(std::size_t i) {  // as the server calls those it has put on a list
  return "person" + std::to_string(i) + "@example.org";
}

// One text to each of many people, each with a call of its own, which they join.
void many_readers(Report& report, MsnServer& server, const Daemon& from) {
  server.tell("joins on");
  Connection sender(from.socket());
  Connection waiter(from.socket());
  std::vector<double> times;
  for (std::size_t i = 1; i <= readers; ++i) {
    const std::string id = "r" + std::to_string(i);
    waiter.send("POLL WAIT=10 ONLY=SENT,FAILED\n");
    pause_for(0.001);  // it waits by now
    const double begun = now();
    sender.send("SENDMSG 1 " + person(i) + " ID=" + id + "\nare you there?\n");
    if (sender.line() != "OK " + id) throw std::runtime_error("SENDMSG was refused");
    const std::string& told = waiter.poll_answer();
    if (occurrences(told, " SENT " + id + " ") != 1) throw std::runtime_error("not sent: " + told);
    times.push_back((now() - begun) * 1e3);
  }
  report.line("SENDMSG to 300 people in a row, the last 100 / the first", growth(times, 100),
              Report::Bound::at_most, 2, "x",
              "median of a call and its answer " + number(median(times)) + " ms");
  server.tell("joins off");
}

// Texts to very many people are accepted while the server is away.
void many_readers_wait(Report& report, MsnServer& server, const Daemon& from) {
  Connection sender(from.socket());
  server.tell("stop");
  Connection waiter(from.socket());
  if (waiter.poll("POLL WAIT=10 ONLY=SCLOSE").find("SCLOSE MAIN") == std::string::npos)
    throw std::runtime_error("the connection was not lost");
  std::vector<double> times, worked;
  double before = cpu_of_loop(from.pid());
  for (std::size_t i = 0; i < waiting_readers; ++i) {
    const double begun = now();
    sender.send("SENDMSG 1 w" + std::to_string(i) + "@bench.example\nare you there?\n");
    if (sender.line() != "OK") throw std::runtime_error("SENDMSG was refused");
    times.push_back((now() - begun) * 1e3);
    const double after = cpu_of_loop(from.pid());
    worked.push_back((after - std::exchange(before, after)) * 1e3);
  }
  // Each text is stored as SAID: now and then a commit has the log's checkpoint to do, too.
  report.line("SENDMSG to 10000 people while reconnecting, the loop's longest work for one",
              *std::max_element(worked.begin(), worked.end()), Report::Bound::at_most, 1, " ms",
              "median " + number(median(worked)) + " ms");
  report.line(
      "SENDMSG to 10000 people while reconnecting, the last 1000 / the first", growth(times, 1'000),
      Report::Bound::at_most, 2, "x",
      "median " + number(median(times)) + " ms, p99 " + number(percentile(times, 0.99)) + " ms");
  server.tell("start");
}

}  // namespace

void msn_servers(const Programs& programs, Report& report) {
  const Folder folder;
  MsnServer server(
      programs, folder,
      {"alice@bench.example", Daemon::password, "bob@bench.example", Daemon::password});
  server.tell("people alice@bench.example " + std::to_string(contacts - 1));
  server.tell("friends alice@bench.example bob@bench.example");
  Daemon alice(programs, folder, "alice", {}, server.flags());
  Daemon bob(programs, folder, "bob", {}, server.flags());
  login(report, alice, server);
  memory(report, alice);
  bob.start();
  bob.log_in();
  conversation(report, alice, bob);
  many_readers(report, server, alice);
  many_readers_wait(report, server, alice);
}

}  // namespace bench
