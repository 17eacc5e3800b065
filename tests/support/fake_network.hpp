// SPDX-License-Identifier: MIT
// A network that does as it is told: it accepts every verb, remembers it, and says what the test
// makes it say. Answers come one turn later, as the contract wants.
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

  // --- what the test makes it do ---
  // One line of a transcript behind "network: "; false: not understood.
  //   person STATUS EMAIL NICK [stranger] [reverse] [asks] [awaited] [blocked] [homep=…]
  //          [realnick=…] [note=…]
  //                                                        somebody on our lists; "private" (they
  //                                                        hear from contacts only) is no matter
  //   refuse NUMBER TEXT, unreachable TEXT                the next login
  //   silent                                              the next login is answered by a log-off,
  //   speak                                               or now
  //   cannot VERB                                          it is unsupported from now on; also
  //                                                        "register" and "passwd"
  //   limit BYTES                                          of a text
  //   stall, go on                                         verbs stay unanswered; are answered
  //   nobody EMAIL                                         a message there is refused at once
  //   message EMAIL TEXT                                   with \n for line breaks
  //   said EMAIL TEXT                                      to them, by another client of ours
  //   lost, thrown out, reconnecting, back                 the session
  //   any event line of protocol 7 and 13.8
  bool command(std::string_view line);
  void say(std::vector<model::Event> events);
  void say(model::Event event) { say(std::vector<model::Event>{std::move(event)}); }
  void become(State state);
  // The session is over and the network has yet to say so.
  void end_untold();
  network::Listener& listener() { return listener_; }
  model::Contact& person(const std::string& email);

  std::vector<std::string> asked;               // "send bob@example.org hi|there id=x"
  std::vector<std::string> passwords;           // of logins, in their order
  bool accounts_fail = false;                   // REGISTER and PASSWD fail (network)
  std::map<std::string, std::string> accounts;  // made by create_account: address and password
  std::optional<Error> refusal;                 // of the next login
  std::map<std::string, Error> unreachable;     // of messages, by address
  Recalled recalled;                            // what it knows of earlier messages
  bool recalls_late = false;                    // after other requests have come
  int stored = 0;                               // how many batches are stored
  // Asked of by verbs that come in: what the test wants done before the answer.
  std::function<void(const network::OutgoingMessage&)> on_send;

 private:
  void note(std::string verb) { asked.push_back(std::move(verb)); }
  void answer(Done, Result<void> = {});
  void forget_ourselves();
  // Has answered: it cannot do that, or not while it reconnects.
  bool refuses(std::string_view verb, const Done&);
  void update(const model::Event&);

  FakeLoop& loop_;
  network::Listener& listener_;
  State state_ = State::offline;
  network::Abilities abilities_;
  network::Self self_;
  model::Roster people_;                       // what the server knows
  model::Roster roster_;                       // what we know of it
  std::set<std::string, std::less<>> cannot_;  // verbs
  bool silent_ = false;
  Done unanswered_;  // of a login
  Done resumed_;     // ends it as it would have ended
  bool stalled_ = false;
  std::vector<std::function<void()>> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace msn::test
