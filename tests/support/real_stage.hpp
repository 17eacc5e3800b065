// SPDX-License-Identifier: MIT
// Transcripts on real msncd processes: one for each name's part before the dot, on its Unix socket
// ("alice.fifo": on its named pipes), in real time and all on one local network. What a transcript
// lets the network say, other people make true with daemons of their own:
//
//   person …                      an account, and the lists as they are at the next LOGIN; private
//                                 among the options: gets messages from contacts only
//   refuse 911 …                  the account of the next LOGIN is there, with another password
//   nobody                        there is no such account
//   TYPING, message, STCH, UADD, UDEL, MFLUSH …    that person does it
//   SENT, FAILED, ERR …           comes by itself
//   thrown out                    somebody logs in as we
//
// It returns when the event has come. What the network was asked is seen where somebody gets a
// message or sees us typing; the rest is believed. Whoever is never logged in by the transcript has
// the password "secret".
#pragma once
#include "tests/support/real_daemon.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/transcript.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

class RealStage final : public Stage {
 public:
  explicit RealStage(std::string program, std::optional<std::uint64_t> kept_events = {})
      : program_(std::move(program)), kept_events_(kept_events) {}

  void say(const std::string& name, std::string_view octets) override;
  std::optional<std::string> hear(const std::string& name) override;
  std::optional<std::string> overhear(const std::string& name) override;
  void end(const std::string& name) override;
  bool keeps_time() const override { return false; }
  // Time passes by itself while an answer is waited for; nobody waits for long.
  bool pass(std::chrono::milliseconds time) override { return time <= std::chrono::seconds(2); }
  bool tell_network(const std::string& daemon, std::string_view line) override;
  std::optional<std::string> network_asked(const std::string& daemon,
                                           const std::string& expected) override;

  // Ends all daemons; nothing: they ended as they should.
  std::optional<std::string> close();
  // What the daemons said on stderr.
  std::string logs() const;

 private:
  struct Actor {
    std::unique_ptr<RealDaemon> daemon;
    std::string email;                // of the last LOGIN
    std::vector<std::string> people;  // "person …" since then
    bool refused = false;             // the next LOGIN is to be refused
  };
  struct Client {
    Wire wire;
    std::string request;  // the keyword of the last line said
  };
  std::unique_ptr<RealDaemon> start(const std::string& name,
                                    std::optional<std::uint64_t> kept_events = {});
  Actor& actor(std::string_view name);
  Client& client(const std::string& name);
  RealDaemon& person(const std::string& email);
  RealDaemon& backstage();
  void before_login(Actor&, std::string_view line);
  void make_person(const std::string& line, const std::string& me);
  bool act(Actor&, std::string_view line);

  const std::string program_;
  const std::optional<std::uint64_t> kept_events_;
  TempDir place_;
  std::string first_;
  std::map<std::string, Actor, std::less<>> actors_;
  std::map<std::string, Client> clients_;
  std::map<std::string, std::unique_ptr<RealDaemon>> people_;  // by address; "": backstage
  std::map<std::string, std::string> passwords_;               // by address
  std::set<std::string> private_;                              // who gets nothing from us
};

}  // namespace msn::test
