// SPDX-License-Identifier: MIT
#include "tests/bench/cases.hpp"

namespace bench {
namespace {

constexpr int rounds = 7;
constexpr const char* slice = "250";  // milliseconds

struct Setting {
  const char* name;
  const char* connections;
  const char* pipeline;
  Placement placement;
};

constexpr Setting settings[] = {
    {"1 connection, one CPU", "1", "1", {0}},
    {"50 connections", "50", "1", {-1}},
    {"50 connections, one CPU", "50", "1", {0}},
    {"16 pipelined, one CPU", "1", "16", {0}},
    {"50 connections, 16 pipelined", "50", "16", {-1}},
    {"connect, one request, close", "close", "1", {0}},
};

struct Server {
  const char* name;
  const char* request;
  std::string socket;
  pid_t pid;
};

std::string thousands(double rate) {
  return number(rate / 1e3, 1) + " k/s";
}

}  // namespace

void exchange_rates(const Programs& programs, Report& report) {
  if (!have_program("redis-server")) {
    for (const Setting& setting : settings) {
      report.skip(std::string("HELLO, POLL / redis PING: ") + setting.name,
                  "redis-server is not installed");
    }
    return;
  }
  const Folder folder;
  Daemon daemon(programs, folder, "alice");
  daemon.start();
  daemon.log_in();
  Connection(daemon.socket()).poll("POLL");
  const Child redis({"redis-server", "--port", "0", "--unixsocket", folder / "redis.sock", "--save",
                     "", "--appendonly", "no"},
                    "/dev/null", folder / "redis.words", true);
  const Child echo({programs.echo, folder / "echo.sock"}, "/dev/null", folder / "echo.words", true);
  await_socket(folder / "redis.sock");
  await_socket(folder / "echo.sock");

  enum { of_redis, of_echo, of_hello, of_poll, servers };
  const Server all[servers] = {{"redis", "PING", folder / "redis.sock", redis.pid()},
                               {"echo", "PING", folder / "echo.sock", echo.pid()},
                               {"HELLO", "HELLO", daemon.socket(), daemon.pid()},
                               {"POLL", "POLL", daemon.socket(), daemon.pid()}};
  for (const Setting& setting : settings) {
    for (const Server& server : all) place(server.pid, setting.placement);
    Rounds rates(servers);
    Shuffle shuffle(servers);
    for (int round = 0; round < rounds; ++round) {
      for (const std::size_t which : shuffle.next()) {
        const Server& server = all[which];
        rates.add(which, std::stod(output_of({programs.load, server.socket, server.request,
                                              setting.connections, setting.pipeline, slice},
                                             setting.placement)));
      }
    }
    const std::string others = "redis " + thousands(rates.median_of(of_redis)) + ", C echo " +
                               thousands(rates.median_of(of_echo));
    for (const std::size_t which : {std::size_t{of_hello}, std::size_t{of_poll}}) {
      report.line(std::string(all[which].name) + " / redis PING: " + setting.name,
                  rates.ratio(which, of_redis), Report::Bound::at_least, 1, "x",
                  thousands(rates.median_of(which)) + "; " + others);
    }
  }
}

}  // namespace bench
