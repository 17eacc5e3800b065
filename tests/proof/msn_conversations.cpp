// SPDX-License-Identifier: MIT
// Random conversations on an MSN server. Whatever the server and the contacts do:
// - a text with an identity has exactly one outcome, SENT or FAILED; SENT only when the server has
//   acknowledged all of it. A text without one is acknowledged or reported as lost;
// - no text is begun twice, or after its outcome, or in a conversation with anyone but its reader,
//   or before an earlier text to the same reader;
// - a text that a contact writes is reported once, and none of a blocked contact; a blocked
//   contact's call is not answered;
// - each verb is answered once and in time. In the end nothing is queued, each contact has the
//   status that was last reported, and the next text arrives.
#include "tests/proof/msn_world.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace msn::proof {
namespace {

using model::Status;

const std::array<std::string, 4> people{"bob@example.com", "carol@example.com", "dave@example.com",
                                        "eve@example.com"};
const std::string& bob = people[0];
const std::string& plain = people[2];  // texts to this one have no identity

class Conversations : World {
 public:
  using World::World;

  void run(unsigned steps) {
    for (unsigned i = 0; i < steps; ++i) {
      if (session.state() == network::State::offline) come_in();
      use();
      if (chance(2)) {  // more than may be in progress at once
        const auto& reader = random.one_of(people);
        for (int n = 100; n > 0; --n) send(reader, 40);
      }
      for (unsigned n = random.below(3); n > 0; --n) happen();
      run_for(up_to(chance(20) ? 15'000 : 800));
    }
    calm = true;
    run_for(10min);
    check_end();
    check_next();
  }

 private:
  struct Text {
    std::string to;
    std::size_t size = 0;
    bool accepted = false, begun = false;
    int outcomes = 0;
    std::size_t written = 0;                          // of its bytes
    unsigned parts = 0, acknowledged = 0, heard = 0;  // by the server, and so heard by the session
  };
  struct Room {
    std::set<std::string> inside;                // says the server
    std::set<std::string> known;                 // says what the session has read
    std::vector<std::set<std::string>> lately;   // the same, while it reads
    std::map<std::string, unsigned> of_request;  // which text
    unsigned text = 0;                           // begun last
    bool entered = false, left = false;
    std::set<std::string> expected;  // texts of others in what is being read
  };

  // --- our side

  void come_in() {
    if (session.state() != network::State::reconnecting) reported_.clear();
    log_in();
    run_for(up_to(5000));
    status(Status::online);
  }

  void status(Status wanted) {
    verb("STATUS " + std::string(model::status_name(wanted)),
         [&](Token token) { session.set_status(token, wanted, now); });
  }

  void send(const std::string& to, unsigned percent_long = 10) {
    const unsigned number = ++last_text_;
    const auto name = std::to_string(number);
    std::string text = name + "#";
    text.append(chance(percent_long) ? random.below(8000) : random.below(30), 'x');
    texts_[number] = {to, text.size()};
    verb("SENDMSG " + name + " " + to, [&](Token token) {
      session.send(token, {to, {text}, to == plain ? "" : name}, now);
    });
  }

  void use() {
    const auto hidden = random.percent(50) ? Status::invisible : Status::offline;
    const auto& who = random.one_of(people);
    const auto what = random.below(100);
    if (what < 60) {
      send(who);
    } else if (what < 65) {
      verb("TYPE " + who, [&](Token token) { session.typing(token, who, now); });
    } else if (what < 72) {
      status(random.percent(20) ? hidden : random.percent(50) ? Status::away : Status::online);
    } else if (what < 75) {
      verb("BLOCK " + who, [&](Token token) { session.block(token, who, now); });
    } else if (what < 79) {
      verb("UNBLOCK " + who, [&](Token token) { session.unblock(token, who, now); });
    } else if (what < 81) {
      verb("NICK", [&](Token token) { session.set_nick(token, "A" + std::to_string(token), now); });
    } else if (what < 82) {
      verb("PRIV", [&](Token token) {
        session.set_privacy(token, {random.percent(50), true}, now);
      });
    } else if (what < 83) {
      verb("DEL " + who, [&](Token token) { session.remove(token, who, now); });
    } else if (what < 85) {
      verb("ADD " + who, [&](Token token) { session.add(token, who, "X", now); });
    } else if (what < 86) {
      verb("REN " + who, [&](Token token) { session.rename(token, who, "R", now); });
    } else if (what < 87 && chance(30)) {
      come_in();
    } else if (what < 88 && chance(30)) {
      verb("LOGOFF", [&](Token token) { session.logoff(token, now); });
    }
  }

  void on_answer(const std::string& verb, const Result<void>& result) override {
    if (verb.starts_with("SENDMSG ")) texts_[number_in(verb, 8)].accepted = result.has_value();
  }

  void on_event(const model::Event& event) override {
    if (const auto* sent = std::get_if<model::Sent>(&event)) {
      const auto& text = outcome(sent->id, sent->email);
      claim(text.written == text.size && text.acknowledged == text.parts,
            "SENT of a text that is not acknowledged: " + sent->id);
    } else if (const auto* failed = std::get_if<model::Failed>(&event)) {
      outcome(failed->id, failed->email);
    } else if (const auto* change = std::get_if<model::StatusChange>(&event)) {
      reported_[change->email] = change->status;
      if (change->email == plain) lost_ += change->discarded.value_or(0);
    } else if (const auto* closed = std::get_if<model::Closed>(&event)) {
      if (closed->email == plain) lost_ += closed->lost.value_or(0);
    } else if (const auto* error = std::get_if<model::ErrorEvent>(&event)) {
      // One for each text without an identity that the network refuses.
      if (error->code == "217" || error->code == "913" || error->code == "282") ++lost_;
    } else if (const auto* added = std::get_if<model::ContactAdded>(&event)) {
      reported_[added->email] = "offline";
    } else if (const auto* removed = std::get_if<model::ContactRemoved>(&event)) {
      reported_[removed->email] = "offline";
    } else if (const auto* message = std::get_if<model::Message>(&event)) {
      claim(!blocked(message->email), "a text of a blocked contact is reported");
      claim(written_by_others_.erase(message->text) == 1,
            "a text of a contact is reported twice: " + message->text);
      for (auto& [id, room] : rooms_) room.expected.erase(message->text);
    }
  }

  Text& outcome(const std::string& id, const std::string& to) {
    auto& text = texts_[number_in(id, 0)];
    claim(text.to == to, "the outcome of " + id + " names another reader");
    claim(++text.outcomes == 1, id + " has two outcomes");
    return text;
  }

  static unsigned number_in(const std::string& words, std::size_t at) {
    return static_cast<unsigned>(std::stoul(words.substr(at)));
  }

  bool blocked(const std::string& who) const {
    const auto found = session.roster().find(who);
    return found != session.roster().end() && found->second.lists.block;
  }

  // --- the servers

  Ms slowness() override { return up_to(chance(3) ? (chance(20) ? 40'000 : 20'000) : 60); }

  Ms busyness() override { return up_to(chance(1) ? 8'000 : 10); }

  std::string lists(const std::string& trid) override {
    hidden_ = true;
    announcing_ = false;
    std::string all = "SYN " + trid + " a b 3 0\r\n";
    for (std::size_t i = 0; i < 3; ++i)
      all += "LST N=" + people[i] + " F=N C=94da7824-b64e-44ad-b267-38374a9d21a" +
             std::to_string(i) + " 11\r\n";
    return all;
  }

  void on_connect(ConnectionId id) override {
    if (chance(5))
      later(up_to(20'000), [this, id] { cut(id); });
    else if (!chance(2))
      later(up_to(chance(5) ? 16'000 : 1), [this, id] { World::on_connect(id); });
  }

  void serve(ConnectionId id, const Line& line) override {
    if (chance(1))
      cut(id);
    else if (connections[id].notification)
      serve_notification(id, line);
    else
      serve_room(id, line);
  }

  std::string announced(const std::string& who) {
    // With and without the ability to put long texts together.
    return " NLN " + who + " N " + (random.percent(50) ? "32" : "0") + "\r\n";
  }

  void serve_notification(ConnectionId id, const Line& line) {
    const auto& what = line.word(0);
    const auto& trid = line.word(1);
    if (serve_login(id, line)) return;
    if (what == "CHG") {
      if (chance(3)) return say(id, "800 " + trid + "\r\n");
      if (chance(2)) return;
      const bool first = hidden_;
      hidden_ = line.word(2) == "HDN";
      say(id, "CHG " + trid + " " + line.word(2) + " 0\r\n");
      if (first)
        for (const auto& who : online_)
          if (!chance(5)) say(id, "ILN " + trid + announced(who));
      announcing_ = true;
    } else if (what == "XFR") {
      if (hidden_) return say(id, "913 " + trid + "\r\n");
      if (chance(10)) return say(id, (random.percent(50) ? "800 " : "913 ") + trid + "\r\n");
      if (chance(3)) return;
      say(id, "XFR " + trid + " SB sb.example:1864 CKI " + ticket({}) + "\r\n");
    } else if (what == "ADC" || what == "REM") {
      if (chance(5)) return say(id, "600 " + trid + "\r\n");
      if (chance(5)) return;
      std::string rest;
      for (std::size_t i = 2; i < line.words.size(); ++i) rest += " " + line.words[i];
      say(id, what + " " + trid + rest + "\r\n");
    } else {
      std::string rest;
      for (std::size_t i = 2; i < line.words.size(); ++i) rest += " " + line.words[i];
      say(id, what + " " + trid + rest + "\r\n");
    }
  }

  std::string ticket(const std::string& caller) {
    const auto name = "k" + std::to_string(++last_ticket_);
    tickets_[name] = caller;
    return name;
  }

  void serve_room(ConnectionId id, const Line& line) {
    const auto& what = line.word(0);
    const auto& trid = line.word(1);
    auto& room = rooms_[id];
    if (what == "USR" || what == "ANS") {
      const auto found = tickets_.find(line.word(3));
      if (found == tickets_.end() || chance(2)) return say(id, "911 " + trid + "\r\n");
      const auto caller = found->second;
      tickets_.erase(found);
      room.entered = true;
      if (what == "USR") return say(id, "USR " + trid + " OK alice@example.com A\r\n");
      if (!chance(10)) {
        room.inside.insert(caller);
        say(id, "IRO " + trid + " 1 1 " + caller + " N\r\n");
      }
      say(id, "ANS " + trid + " OK\r\n");
    } else if (what == "CAL") {
      const auto& who = line.word(2);
      if (!online_.contains(who) || chance(3)) return say(id, "217 " + trid + "\r\n");
      say(id, "CAL " + trid + " RINGING 1\r\n");
      if (chance(10)) return;
      later(up_to(chance(10) ? 35'000 : 300), [this, id, who = who] {
        if (online_.contains(who)) join(id, who);
      });
    } else if (what == "MSG") {
      if (line.word(2) != "A") return;
      auto& text = texts_[room.of_request[trid]];
      if (chance(3)) return say(id, "NAK " + trid + "\r\n");
      if (chance(2)) return;
      ++text.acknowledged;
      say(id, "ACK " + trid + "\r\n");
    } else if (what == "OUT") {
      cut(id);
    }
  }

  void join(ConnectionId id, const std::string& who) {
    if (!connections.contains(id)) return;
    if (rooms_[id].inside.insert(who).second) say(id, "JOI " + who + " N 0\r\n");
  }

  void on_request(ConnectionId id, const Line& line) override {
    const auto& what = line.word(0);
    if (what == "ANS") {
      const auto caller = tickets_.find(line.word(3));
      if (caller != tickets_.end())
        claim(!blocked(caller->second),
              "a call of " + caller->second + " is answered, who is blocked");
    }
    if (what != "MSG" || line.word(2) != "A") return;
    auto& room = rooms_[id];
    const auto body = line.payload.substr(line.payload.find("\r\n\r\n") + 4);
    const auto mark = body.find('#');
    if (mark != std::string::npos) room.text = number_in(body, 0);
    auto& text = texts_[room.text];
    const auto name = std::to_string(room.text);
    room.of_request[line.word(1)] = room.text;
    ++text.parts;
    text.written += body.size();
    const std::set<std::string> alone{text.to};
    claim(room.known == alone ||
              std::find(room.lately.begin(), room.lately.end(), alone) != room.lately.end(),
          "text " + name + " goes into a room that is not its reader's alone");
    claim(text.outcomes == 0, "text " + name + " is sent after its outcome");
    if (mark == std::string::npos) return;
    claim(!std::exchange(text.begun, true), "text " + name + " is sent twice");
    auto& last = begun_last_[text.to];
    claim(last < room.text, "text " + name + " overtakes " + std::to_string(last));
    last = room.text;
  }

  void before_reading(ConnectionId id, const std::vector<Line>& lines) override {
    if (connections[id].notification) return;
    auto& room = rooms_[id];
    room.lately = {room.known};
    for (const auto& line : lines) {
      const auto& what = line.word(0);
      if (what == "JOI") room.known.insert(line.word(1));
      if (what == "IRO") room.known.insert(line.word(4));
      if (what == "BYE") {
        room.known.erase(line.word(1));
        if (room.known.empty()) room.left = true;  // by us, too
      }
      // Not admitted, the call failed, or the room is empty: the session leaves.
      const bool refused = std::isdigit(static_cast<unsigned char>(what[0])) &&
                           !room.of_request.contains(line.word(1));
      if (refused || (what == "ANS" && room.known.empty())) room.left = true;
      if (what == "ACK") ++texts_[room.of_request[line.word(1)]].heard;
      if (what == "MSG" && !room.left && !blocked(line.word(1)) && may_write(line.word(1)))
        room.expected.insert(line.payload.substr(line.payload.find("\r\n\r\n") + 4));
      room.lately.push_back(room.known);
    }
  }

  bool may_write(const std::string& who) const {
    const auto found = session.roster().find(who);
    return session.self().privacy.open ||
           (found != session.roster().end() && found->second.lists.forward);
  }

  void after_reading(ConnectionId id) override {
    const auto found = rooms_.find(id);
    if (found == rooms_.end()) return;
    found->second.lately.clear();
    claim(found->second.expected.empty(), "a text of a contact was read and not reported");
  }

  // --- what others do
  void happen() {
    if (ns == 0 || !logged_in) return;
    const auto& who = random.one_of(people);
    const auto what = random.below(100);
    if (what < 12) {
      if (online_.erase(who) > 0 && announcing_) say(ns, "FLN " + who + "\r\n");
      return;
    }
    if (what < 35) {
      online_.insert(who);
      if (announcing_) say(ns, "NLN" + announced(who));
      return;
    }
    if (what < 45) {
      const auto name = ticket(who);
      const auto line = "RNG " + name + " sb.example:1864 CKI " + name + " " + who + " N\r\n";
      say(ns, line);
      if (chance(20)) say(ns, line);
      return;
    }
    if (what < 48) return cut(ns);
    if (what < 49) return say(ns, chance(20) ? "OUT OTH\r\n" : "OUT SSD\r\n");
    std::vector<ConnectionId> rooms;
    for (const auto& [id, connection] : connections)
      if (!connection.notification && !connection.broken && rooms_[id].entered) rooms.push_back(id);
    if (rooms.empty()) return;
    const auto id = random.one_of(rooms);
    auto& inside = rooms_[id].inside;
    if (what < 58) {
      join(id, who);
    } else if (what < 72) {
      if (inside.erase(who) > 0 || chance(5)) say(id, "BYE " + who + "\r\n");
    } else if (what < 76) {
      cut(id);
    } else if (inside.contains(who)) {
      const auto text = "theirs " + std::to_string(++last_theirs_);
      written_by_others_.insert(text);
      const auto body = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n" + text;
      say(id, "MSG " + who + " N " + std::to_string(body.size()) + "\r\n" + body);
    }
  }

  // --- in the end

  void check_end() {
    claim(session.self().queued == 0,
          std::to_string(session.self().queued) + " texts are queued forever");
    for (const auto& each : unanswered()) throw Broken(each + " is never answered");
    std::uint64_t accepted = 0, acknowledged = 0;
    for (const auto& [number, text] : texts_) {
      if (text.to == plain) {
        accepted += text.accepted;
        acknowledged += text.accepted && text.written == text.size && text.heard == text.parts;
      } else {
        claim(text.outcomes == (text.accepted ? 1 : 0),
              "text " + std::to_string(number) + " to " + text.to + " has " +
                  std::to_string(text.outcomes) + " outcomes");
      }
    }
    claim(accepted <= acknowledged + lost_ && lost_ <= accepted,
          std::to_string(accepted) + " texts without an identity, " + std::to_string(acknowledged) +
              " acknowledged, " + std::to_string(lost_) + " reported as lost");
    if (!online()) return;
    for (const auto& [who, contact] : session.roster()) {
      if (!contact.lists.forward) continue;
      const auto found = reported_.find(who);
      const std::string reported = found == reported_.end() ? "offline" : found->second;
      claim(reported == model::status_name(contact.status),
            who + " is " + std::string(model::status_name(contact.status)) +
                ", and the last status reported is " + reported);
    }
  }

  // Whatever has happened: a new text arrives.
  void check_next() {
    if (session.state() == network::State::offline) come_in();
    run_for(10min);
    status(Status::online);
    online_.insert(bob);
    if (announcing_) say(ns, "NLN" + announced(bob));
    run_for(15s);
    send(bob);
    run_for(40s);
    const auto& text = texts_[last_text_];
    claim(text.outcomes == 1 && text.heard == text.parts && text.parts > 0,
          "the last text does not arrive");
  }

  std::map<unsigned, Text> texts_;
  unsigned last_text_ = 0;
  std::map<std::string, unsigned> begun_last_;   // by reader
  std::uint64_t lost_ = 0;                       // texts to `plain`, as reported
  std::map<std::string, std::string> reported_;  // the status of each
  std::map<ConnectionId, Room> rooms_;
  std::map<std::string, std::string> tickets_;  // the right to enter a room: who calls; empty: we
  unsigned last_ticket_ = 0, last_theirs_ = 0;
  std::set<std::string> written_by_others_;  // and not reported yet
  std::set<std::string> online_{people[0], people[1], people[2]};
  bool hidden_ = true, announcing_ = false;
};

}  // namespace
}  // namespace msn::proof

int main(int count, char** words) {
  using namespace msn::proof;
  return run_seeds(
      {words + 1, words + count}, words[0], 1, 1000, 200,
      [](unsigned seed, unsigned steps, Story& story) { Conversations(seed, story).run(steps); });
}
