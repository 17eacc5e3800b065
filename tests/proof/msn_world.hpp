// SPDX-License-Identifier: MIT
// A session of core/network/msnp in a world made by chance: the servers, the lines between, and the
// clock. Lines are late, cut in pieces or joined; connections break. Nothing of the production code
// reads or writes what passes between the two.
#pragma once
#include "core/network/msnp/session.hpp"
#include "core/protocol/answer.hpp"
#include "tests/proof/random_runs.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::proof {

using namespace std::chrono_literals;
using network::msnp::ConnectionId;
using SteadyTime = std::chrono::steady_clock::time_point;
using Token = std::uint64_t;

// One command on the wire.
struct Line {
  std::vector<std::string> words;
  std::string payload;
  const std::string& word(std::size_t i) const {
    static const std::string none;
    return i < words.size() ? words[i] : none;
  }
  std::string text() const;
};
// Takes the whole commands off the front.
std::vector<Line> take_lines(std::string& bytes);

class World {
 public:
  World(unsigned seed, Story& story);
  virtual ~World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

 protected:
  using Ms = std::chrono::milliseconds;
  struct Connection {
    bool notification = false;
    bool open = false;                                      // the session knows
    bool broken = false;                                    // nothing passes any more
    std::string unread;                                     // of what the session sent
    std::deque<std::pair<SteadyTime, std::string>> coming;  // what the server said
    SteadyTime served_at{};
  };

  // --- for the kind of world
  // A request has reached the server.
  virtual void serve(ConnectionId, const Line&) = 0;
  // The session is about to read these, and has read them.
  virtual void before_reading(ConnectionId, const std::vector<Line>&) {}
  virtual void after_reading(ConnectionId) {}
  // The session sends this.
  virtual void on_request(ConnectionId, const Line&) {}
  virtual void on_event(const model::Event&) = 0;
  virtual void on_answer(const std::string& verb, const Result<void>&) { (void)verb; }
  virtual void on_connect(ConnectionId);
  virtual std::string lists(const std::string& trid) = 0;  // the answer to SYN
  virtual Ms slowness() = 0;                               // of a line on its way to us
  virtual Ms busyness() = 0;                               // of a server, until it serves a request

  // --- what happens
  bool chance(unsigned percent) { return !calm && random.percent(percent); }
  Ms up_to(unsigned ms) { return Ms(calm ? 1 : random.below(ms)); }
  void later(Ms, std::function<void()>);
  void say(ConnectionId, std::string bytes);
  void cut(ConnectionId);
  // Serves what belongs to a login, and OUT; false: something else.
  bool serve_login(ConnectionId, const Line&);
  void log_in();
  // A verb of the session: `call` is given its token.
  void verb(const std::string& what, const std::function<void(Token)>& call);
  void run_for(Ms);
  bool online() const { return session.state() == network::State::online; }
  std::vector<std::string> unanswered() const;

  Chance random;
  Story& story;
  bool calm = false;  // nothing goes wrong, and all is quick
  SteadyTime now{1h};
  network::msnp::Session session;
  std::map<ConnectionId, Connection> connections;
  ConnectionId ns = 0;     // 0: none
  bool logged_in = false;  // says the server

 private:
  struct Asked {
    std::string verb;
    SteadyTime at;
  };
  struct Due {
    SteadyTime at;
    std::uint64_t number;
    std::function<void()> happens;
    bool operator<(const Due& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };
  void tell(const std::string& line);
  void reach(ConnectionId, const Line&);
  void arrive(ConnectionId);
  void gone(ConnectionId);
  void perform();
  void perform(network::msnp::Action&);

  std::priority_queue<Due> due_;
  std::uint64_t last_due_ = 0;
  std::map<Token, Asked> asked_;
  Token last_token_ = 0;
  int idle_wakes_ = 0;  // in a row, without the time moving on
};

}  // namespace msn::proof
