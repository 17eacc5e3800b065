// SPDX-License-Identifier: MIT
// Transcripts on real msncd processes: one for the part of each client's name before the dot, on
// its Unix socket ("alice.fifo": on its named pipes), with a real clock and all on one local
// network. What a transcript makes the network report, this causes with further accounts that have
// daemons of their own ("people"):
//
//   person …                      the account exists, and is on the lists at the next LOGIN; with
//   the
//                                 option "private" it gets messages from contacts only
//   refuse 911 …                  the account of the next LOGIN exists, with another password
//   nobody                        there is no such account
//   TYPING, message, STCH, UADD, UDEL, MFLUSH …    that account does it
//   SENT, FAILED, ERR …           happens by itself
//   thrown out                    another daemon logs in to the same account
//
// tell_network() returns when the event has arrived. Of the requests to the network, messages and
// typing notifications are checked at their recipient; the others are taken as expected. Accounts
// that the transcript never logs in have the password "secret".
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

class RealBackend final : public TranscriptBackend {
 public:
  explicit RealBackend(std::string program, std::optional<std::uint64_t> kept_events = {})
      : program_(std::move(program)), kept_events_(kept_events) {}

  void say(const std::string& name, std::string_view bytes) override;
  std::optional<std::string> hear(const std::string& name) override;
  std::optional<std::string> overhear(const std::string& name) override;
  void end(const std::string& name) override;
  bool keeps_time() const override { return false; }
  // Time passes by itself while hear() waits; transcripts with longer waits need a fake clock.
  bool pass(std::chrono::milliseconds time) override { return time <= std::chrono::seconds(2); }
  bool tell_network(const std::string& daemon, std::string_view line) override;
  std::optional<std::string> network_asked(const std::string& daemon,
                                           const std::string& expected) override;

  // Ends all daemons; nothing if each exited with 0.
  std::optional<std::string> close();
  // The daemons' standard error.
  std::string logs() const;

 private:
  struct Actor {
    std::unique_ptr<RealDaemon> daemon;
    std::string email;                // of the last LOGIN
    std::vector<std::string> people;  // "person …" lines since then
    bool refused = false;             // the next LOGIN is to be refused
  };
  struct Client {
    ClientConnection wire;
    std::string request;  // the keyword of the last line said
  };
  std::unique_ptr<RealDaemon> start(const std::string& name,
                                    std::optional<std::uint64_t> kept_events = {});
  Actor& actor(std::string_view name);
  Client& client(const std::string& name);
  RealDaemon& person(const std::string& email);
  // A daemon that logs in to the transcript's accounts before they do, to prepare their lists.
  RealDaemon& helper();
  void before_login(Actor&, std::string_view line);
  void make_person(const std::string& line, const std::string& me);
  bool act(Actor&, std::string_view line);

  const std::string program_;
  const std::optional<std::uint64_t> kept_events_;
  TempDir place_;
  std::string first_;
  std::map<std::string, Actor, std::less<>> actors_;
  std::map<std::string, Client> clients_;
  std::map<std::string, std::unique_ptr<RealDaemon>> people_;  // by address; "": helper()
  std::map<std::string, std::string> passwords_;               // by address
  std::set<std::string> private_;  // who get messages from contacts only
};

}  // namespace msn::test
