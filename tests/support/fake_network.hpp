// SPDX-License-Identifier: MIT
// A network under the test's control: it accepts and records every request, and reports what the
// test makes it report. It answers one turn of the loop later, as the contract demands.
#pragma once
#include "core/network/network.hpp"
#include "tests/support/fake_loop.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::test {

class FakeNetwork final : public network::Network {
 public:
  using State = network::State;
  FakeNetwork(FakeLoop& loop, network::Listener& listener) : loop_(loop), listener_(listener) {
    abilities_.registers = abilities_.changes_password = true;
  }
  ~FakeNetwork() override;

  network::Abilities abilities() const override { return abilities_; }
  State state() const override { return state_; }
  const network::Self& self() const override { return self_; }
  const model::Roster& roster() const override { return roster_; }
  void login(network::Credentials, Done) override;
  void logoff(Done) override;
  void create_account(network::Credentials, Done) override;
  void change_password(network::Secret old, network::Secret next, Done) override;
  void set_status(model::Status, Done) override;
  void set_nick(std::string nick, Done) override;
  void set_privacy(model::Privacy, Done) override;
  void add(std::string email, std::string nick, Done) override;
  void remove(std::string email, Done) override;
  void rename(std::string email, std::string nick, Done) override;
  void allow(std::string email, Done) override;
  void deny(std::string email, Done) override;
  void block(std::string email, Done) override;
  void unblock(std::string email, Done) override;
  void send(network::OutgoingMessage, Done) override;
  void typing(std::string email, Done) override;
  void recall(std::vector<std::string>, std::function<void(Recalled)> done) override {
    if (recalls_late)
      loop_.post([this, done = std::move(done)] { loop_.post([this, done] { done(recalled); }); });
    else
      done(recalled);
  }

  // --- for the test ---
  // One line of a transcript, without "network: "; false if it is not understood.
  //   person STATUS EMAIL NICK [stranger] [reverse] [asks] [awaited] [blocked] [homep=…]
  //          [realnick=…] [note=…]
  //                                                        a contact; "private" (gets messages
  //                                                        from contacts only) has no effect here
  //   refuse NUMBER TEXT, unreachable TEXT                the next login
  //   silent                                              the next login is answered by a log-off,
  //   speak                                               or by this line
  //   cannot VERB                                          unsupported from now on; also
  //                                                        "register" and "passwd"
  //   limit BYTES                                          of a text
  //   stall, go on                                         requests stay unanswered; are answered
  //   nobody EMAIL                                         messages to this address are refused
  //   message EMAIL TEXT                                   with \n for line breaks
  //   said EMAIL TEXT                                      sent by another client of this account
  //   lost, thrown out, reconnecting, back                 the session
  //   any event line of protocol 7 and 13.8
  bool command(std::string_view line);
  void say(std::vector<model::Event> events);
  void say(model::Event event) { say(std::vector<model::Event>{std::move(event)}); }
  void become(State state);
  // The session has ended, and the network has not reported it yet.
  void end_untold();
  network::Listener& listener() { return listener_; }
  model::Contact& person(const std::string& email);

  std::vector<std::string> asked;               // "send bob@example.org hi|there id=x"
  std::vector<std::string> passwords;           // of logins, in their order
  bool accounts_fail = false;                   // REGISTER and PASSWD fail (network)
  std::map<std::string, std::string> accounts;  // made by create_account: address and password
  std::optional<Error> refusal;                 // of the next login
  std::map<std::string, Error> unreachable;     // of messages, by address
  Recalled recalled;                            // its answer to recall()
  bool recalls_late = false;                    // answers recall() after later requests
  int stored = 0;                               // how many batches are stored
  // Called by send() before its answer.
  std::function<void(const network::OutgoingMessage&)> on_send;

 private:
  void note(std::string verb) { asked.push_back(std::move(verb)); }
  void answer(Done, Result<void> = {});
  void forget_ourselves();
  // True if it has answered that it cannot do that, or not while it reconnects.
  bool refuses(std::string_view verb, const Done&);
  void update(const model::Event&);

  FakeLoop& loop_;
  network::Listener& listener_;
  State state_ = State::offline;
  network::Abilities abilities_;
  network::Self self_;
  model::Roster people_;                       // the server's lists
  model::Roster roster_;                       // the lists as the daemon sees them
  std::set<std::string, std::less<>> cannot_;  // verbs
  bool silent_ = false;
  Done unanswered_;  // of a login
  Done resumed_;     // ends the stalled login
  bool stalled_ = false;
  std::vector<std::function<void()>> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace msn::test
