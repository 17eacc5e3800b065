// SPDX-License-Identifier: MIT
// A session without sockets, under a clock that the test turns.
#pragma once
#include "core/network/msnp/session.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace msn::test {

// What the session wants, as text; the newest connection is the one that is spoken on.
class SessionDesk {
 public:
  explicit SessionDesk(double jitter = 0.0)
      : session({{"msn.example", 1863}, {}, [jitter] { return jitter; }}) {}

  std::vector<std::string> take() {
    std::vector<std::string> out;
    for (auto& action : session.take_actions()) {
      if (auto* connect = std::get_if<network::msnp::Connect>(&action)) {
        last = connect->id;
        out.push_back("connect " + connect->to.host + ":" + std::to_string(connect->to.port));
      } else if (auto* send = std::get_if<network::msnp::Send>(&action)) {
        out.push_back(send->octets.substr(0, send->octets.find('\r')));
      } else if (std::get_if<network::msnp::HangUp>(&action)) {
        out.push_back("hang up");
      } else if (auto* fetch = std::get_if<network::msnp::FetchTicket>(&action)) {
        ticket = fetch->number;
        out.push_back("fetch " + fetch->challenge);
      } else if (auto* emit = std::get_if<network::msnp::Emit>(&action)) {
        for (auto& event : emit->events) events.push_back(event);
      } else if (auto* finish = std::get_if<network::msnp::Finish>(&action)) {
        out.push_back("finish " + std::to_string(finish->token) +
                      (finish->result ? "" : " failed"));
      }
    }
    return out;
  }
  std::vector<std::string> hear(const std::string& octets) {
    session.received(last, octets, now);
    return take();
  }
  std::vector<std::string> wait_until(network::msnp::SteadyTime at) {
    now = at;
    session.on_time(now);
    return take();
  }
  // Answers the login dialogue on the newest connection; the lists are these. What follows them.
  std::vector<std::string> answer_login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    ns = last;
    session.connected(last, now);
    hear("VER 1 MSNP11\r\n");
    hear("CVR 2 1 1 1 x x\r\n");
    hear("USR 3 TWN S abc\r\n");
    session.ticket(ticket, std::string("t=1"), now);
    hear("USR 4 OK alice@example.com 1 0\r\n");
    return hear(lists);
  }
  void login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    session.login(1, "alice@example.com", {}, now);
    take();
    answer_login(lists);
    if (session.state() != network::State::online) throw std::runtime_error("no login");
    events.clear();
  }
  void online() {
    login(
        "SYN 5 a b 1 0\r\nLST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 "
        "\r\n");
    session.set_status(2, model::Status::online, now);
    take();
    hear("CHG 6 NLN 0\r\n");
  }

  network::msnp::Session session;
  network::msnp::SteadyTime now{std::chrono::hours(1)};
  network::msnp::ConnectionId last = 0, ns = 0;
  std::uint64_t ticket = 0;
  std::vector<model::Event> events;
};

}  // namespace msn::test
