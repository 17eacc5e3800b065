// SPDX-License-Identifier: MIT
// A session without sockets: the test plays the servers and moves the clock.
#pragma once
#include "core/network/msnp/session.hpp"
#include "core/protocol/answer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace msn::test {

using Lines = std::vector<std::string>;
using Events = std::vector<model::Event>;

class Desk {
 public:
  using ConnectionId = network::msnp::ConnectionId;
  using SteadyTime = network::msnp::SteadyTime;

  explicit Desk(double jitter = 0.0)
      : session({{"msn.example", 1863}, {}, [jitter] { return jitter; }}) {}

  // The actions of the session as text; its events are appended to `events`.
  Lines take() {
    using namespace network::msnp;
    Lines out;
    for (auto& action : session.take_actions()) {
      if (auto* connect = std::get_if<Connect>(&action)) {
        last = connect->id;
        out.push_back("connect " + connect->to.host + ":" + std::to_string(connect->to.port));
      } else if (auto* send = std::get_if<Send>(&action)) {
        out.push_back(send->bytes.substr(0, send->bytes.find('\r')));
      } else if (std::get_if<HangUp>(&action)) {
        out.push_back("hang up");
      } else if (auto* fetch = std::get_if<FetchTicket>(&action)) {
        ticket = fetch->number;
        out.push_back("fetch " + fetch->challenge);
      } else if (auto* emit = std::get_if<Emit>(&action)) {
        for (auto& event : emit->events) events.push_back(event);
        if (emit->remember) remembered = *emit->remember;
      } else if (auto* keep = std::get_if<Remember>(&action)) {
        remembered = keep->text;
      } else if (auto* finish = std::get_if<Finish>(&action)) {
        out.push_back("finish " + std::to_string(finish->token) +
                      (finish->result ? "" : " failed"));
        if (!finish->result) errors.push_back(finish->result.error());
      }
    }
    return out;
  }
  // The events since the last call, in the format of the pipe.
  Lines told() {
    Lines out;
    for (const auto& event : std::exchange(events, {})) {
      out.push_back(protocol::encode_event(event));
      out.back().pop_back();
    }
    return out;
  }
  // Bytes of a server: on the newest connection, on the given one, or on the notification
  // connection.
  Lines hear(const std::string& bytes) { return hear_on(last, bytes); }
  Lines hear_on(ConnectionId id, const std::string& bytes) {
    session.received(id, bytes, now);
    return take();
  }
  Lines hear_ns(const std::string& bytes) { return hear_on(ns, bytes); }
  Lines close(ConnectionId id) {
    session.closed(id, "gone", now);
    return take();
  }
  Lines wait_until(SteadyTime at) {
    now = at;
    session.on_time(now);
    return take();
  }
  // Moves the clock from deadline to deadline; the server answers PNG.
  Lines pass(std::chrono::milliseconds time) {
    Lines out;
    const auto end = now + time;
    for (auto at = session.deadline(); at && *at <= end; at = session.deadline())
      for (auto& line : wait_until(std::max(now, *at))) {
        if (line == "PNG")
          hear_ns("QNG 60\r\n");
        else
          out.push_back(std::move(line));
      }
    now = end;
    return out;
  }
  std::int64_t seconds_to_deadline() const {
    REQUIRE(session.deadline());
    return std::chrono::duration_cast<std::chrono::seconds>(*session.deadline() - now).count();
  }

  // Answers the login dialogue on the newest connection up to USR OK. `trid`: of VER.
  void answer_user(const std::string& version = "MSNP11",
                   const std::string& ok = "alice@example.com 1 0", int trid = 1) {
    ns = last;
    session.connected(last, now);
    const auto next = [&trid] { return std::to_string(trid++); };
    hear_ns("VER " + next() + " " + version + "\r\n");
    hear_ns("CVR " + next() + " 1 1 1 x x\r\n");
    hear_ns("USR " + next() + " TWN S abc\r\n");
    session.ticket(ticket, std::string("t=1"), now);
    hear_ns("USR " + next() + " OK " + ok + "\r\n");
  }
  Lines answer_login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    answer_user();
    return hear_ns(lists);
  }
  void login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    session.login(1, "alice@example.com", {}, now);
    take();
    answer_login(lists);
    REQUIRE(session.state() == network::State::online);
    events.clear();
  }
  // Logged in and online, with Bob on the list. The next transaction is 7.
  void online(const std::string& lists = bob_listed()) {
    login(lists);
    session.set_status(2, model::Status::online, now);
    take();
    hear_ns("CHG 6 NLN 0\r\n");
  }
  // The connection to the notification server is lost.
  void lose() {
    close(ns);
    REQUIRE(session.state() == network::State::reconnecting);
  }
  // Moves the clock to the next deadline, the reconnect.
  Lines reconnect() { return wait_until(*session.deadline()); }
  // Alice calls Bob and sends the text "hi" with ID "hi", transaction 3, which is not acknowledged.
  ConnectionId call_bob(int trid = 7) {
    session.send(99, {"bob@example.com", {"hi"}, "hi"}, now);
    take();
    hear_ns("XFR " + std::to_string(trid) + " SB 192.0.2.1:1864 CKI t\r\n");
    session.connected(last, now);
    hear("USR 1 OK alice@example.com A\r\n");
    hear("CAL 2 RINGING 1\r\nJOI bob@example.com Bob\r\n");
    return last;
  }
  // Bob calls Alice.
  ConnectionId bob_calls() {
    hear_ns("RNG 17 192.0.2.1:1864 CKI t bob@example.com Bob\r\n");
    session.connected(last, now);
    take();
    hear("IRO 1 1 1 bob@example.com Bob\r\nANS 1 OK\r\n");
    return last;
  }

  static std::string bob_listed() {
    return "SYN 5 a b 1 0\r\n"
           "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n";
  }
  static std::string text_from(const std::string& email, const std::string& text) {
    const auto body = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" + text;
    return "MSG " + email + " Name " + std::to_string(body.size()) + "\r\n" + body;
  }

  network::msnp::Session session;
  SteadyTime now{std::chrono::hours(1)};
  ConnectionId last = 0, ns = 0;
  std::uint64_t ticket = 0;
  Events events;
  std::vector<Error> errors;  // of the requests that failed
  std::string remembered;     // the saved lists
};

}  // namespace msn::test
