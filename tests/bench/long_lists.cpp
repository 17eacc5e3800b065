// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

#include <stdexcept>

namespace bench {
namespace {

constexpr std::uint64_t many_events = 100'000;
constexpr std::uint64_t few_events = 1'000;
constexpr std::uint64_t many_contacts = 10'000;
constexpr std::uint64_t few_contacts = 100;
constexpr int rounds = 7;

double time_poll(Connection& connection, const std::string& request, std::uint64_t expected) {
  const double start = now();
  const std::string& answer = connection.poll(request);
  const double took = now() - start;
  const std::size_t events = occurrences(answer, "MSG 4 3 ");
  if (events != expected) {
    throw std::runtime_error(request + ": " + std::to_string(events) + " events instead of " +
                             std::to_string(expected));
  }
  return took;
}

void long_polls(const Programs& programs, Report& report) {
  const Folder folder;
  Daemon daemon(programs, folder, "alice");
  store_events(daemon, many_events, 0);
  daemon.start();
  daemon.log_in();
  Connection connection(daemon.socket());
  const double plain = time_poll(connection, "POLL", many_events);

  // Each round's queues are new and stand on the same log.
  const std::string& oldest = connection.poll("POLL FROM=oldest MAX=1");
  const std::uint64_t first = std::stoull(oldest.substr(oldest.find("EV ") + 3));
  Rounds each(2);
  Shuffle shuffle(2);
  for (int round = 0; round < rounds; ++round) {
    connection.must("QNEW few FROM=" + std::to_string(first + many_events - few_events - 1) +
                    " ONLY=MSG");
    connection.must("QNEW many FROM=oldest ONLY=MSG");
    double time[2] = {};
    for (const std::size_t which : shuffle.next()) {
      time[which] = which == 0 ? time_poll(connection, "POLL QUEUE=few", few_events) /
                                     static_cast<double>(few_events)
                               : time_poll(connection, "POLL QUEUE=many", many_events) /
                                     static_cast<double>(many_events);
    }
    each.add(0, time[0] * 1e6);
    each.add(1, time[1] * 1e6);
    connection.must("QDEL few");
    connection.must("QDEL many");
  }
  report.line("POLL, an event of 100 000 / of 1 000", each.ratio(1, 0), Report::Bound::at_most, 1.5,
              "x",
              number(each.median_of(1)) + " us / " + number(each.median_of(0)) +
                  " us; plain POLL of 100 000: " + number(plain * 1e3, 0) + " ms");
}

void add_contacts(const Daemon& daemon, std::uint64_t contacts) {
  Connection connection(daemon.socket());
  constexpr std::uint64_t at_once = 100;
  for (std::uint64_t done = 0; done < contacts; done += at_once) {
    std::string batch;
    for (std::uint64_t i = done; i < done + at_once; ++i) {
      const std::string name = "person" + std::to_string(i);
      batch += "ADD " + name + " " + name + "@bench.example\n";
    }
    connection.send(batch);
    for (std::uint64_t i = 0; i < at_once; ++i) {
      if (connection.line() != "OK") throw std::runtime_error("ADD was refused");
    }
  }
  for (const double until = now() + 60; connection.list("GETCL") < contacts;) {
    if (now() > until) throw std::runtime_error("contacts are missing");
    pause_for(0.05);
  }
  connection.poll("POLL");
}

void long_contact_lists(const Programs& programs, Report& report) {
  const Folder folder;
  Daemon few(programs, folder, "few");
  Daemon many(programs, folder, "many");
  few.start();
  many.start();
  few.log_in();
  many.log_in();
  add_contacts(few, few_contacts);
  add_contacts(many, many_contacts);
  Connection to_few(few.socket());
  Connection to_many(many.socket());
  Rounds each(2);
  Shuffle shuffle(2);
  for (int round = 0; round < 5 * rounds; ++round) {
    for (const std::size_t which : shuffle.next()) {
      const double start = now();
      const std::uint64_t contacts = (which == 0 ? to_few : to_many).list("GETCL");
      each.add(which, (now() - start) * 1e6 / static_cast<double>(contacts));
    }
  }
  report.line("GETCL, a contact of 10 000 / of 100", each.ratio(1, 0), Report::Bound::at_most, 1.5,
              "x", number(each.median_of(1)) + " us / " + number(each.median_of(0)) + " us");
}

}  // namespace

void long_lists(const Programs& programs, Report& report) {
  long_polls(programs, report);
  long_contact_lists(programs, report);
}

}  // namespace bench
