// SPDX-License-Identifier: MIT
// Random changes of lists and settings on an MSN server that is slow, answers after every time
// limit, and breaks off before and after it has done what it was asked. After a calm time
// - roster and settings are the server's, and so is what events have reported of the lists;
// - the server has the last wish for each contact and each setting, if that was answered OK and no
//   event has reported since that it did not come about.
#include "tests/proof/msn_world.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace msn::proof {
namespace {

using model::Status;

const std::array<std::string, 3> people{"bob@example.com", "carol@example.com", "dave@example.com"};
constexpr auto limit = 30s;  // Timing::transaction

class Lists : World {
 public:
  Lists(unsigned seed, Story& all) : World(seed, all), pending_list_(seed % 2 == 1) {}

  void run(unsigned steps) {
    calm = true;
    log_in();
    run_for(2s);
    set_status(Status::online, "NLN");
    run_for(2s);
    calm = false;
    for (unsigned i = 0; i < steps; ++i) {
      claim(session.state() != network::State::offline, "the session ended");
      use();
      happen();
      run_for(up_to(chance(20) ? 20'000 : 900));
    }
    calm = true;
    run_for(15min);
    check_end();
  }

 private:
  // What the server has of a contact.
  struct Person {
    bool forward = false, allow = false, block = false, reverse = false, pending = false;
    std::string id;
  };
  // Which property of which contact a wish is about; of our own if there is no contact.
  using About = std::pair<std::string, std::string>;
  struct Wish {
    std::string verb;  // unlike any other
    std::string wanted;
    bool promised = false;
  };
  struct Request {
    SteadyTime at;
    About about;
    std::string wanted;
  };
  using Wanted = std::vector<std::pair<About, std::string>>;

  // --- our side

  void wish(const Wanted& all, const std::string& what, const std::function<void(Token)>& call) {
    const auto name = what + " (" + std::to_string(++last_wish_) + ")";
    for (const auto& [about, wanted] : all) {
      const auto& [who, property] = about;
      if (property == "forward") wishes_.erase({who, "name"});
      // What comes with it may be another consent than the one asked for last.
      if (property == "forward" || property == "block") wishes_.erase({who, "allow"});
      wishes_[about] = {name, wanted, false};
    }
    verb(name, call);
  }

  void set_status(Status status, const std::string& code) {
    wish({{{"", "status"}, code}}, "STATUS " + code,
         [&](Token token) { session.set_status(token, status, now); });
  }

  void use() {
    const auto& who = random.one_of(people);
    const auto what = random.below(100);
    if (what < 15) {
      wish({{{who, "block"}, "yes"}}, "BLOCK " + who,
           [&](Token token) { session.block(token, who, now); });
    } else if (what < 30) {
      wish({{{who, "block"}, "no"}}, "UNBLOCK " + who,
           [&](Token token) { session.unblock(token, who, now); });
    } else if (what < 45) {
      wish({{{who, "forward"}, "yes"}}, "ADD " + who,
           [&](Token token) { session.add(token, who, who, now); });
    } else if (what < 60) {
      wish({{{who, "forward"}, "no"}}, "DEL " + who,
           [&](Token token) { session.remove(token, who, now); });
    } else if (what < 69) {
      consent(session, who, random.percent(50));
    } else if (what < 74) {
      const auto name = "N" + std::to_string(last_wish_);
      wish({{{who, "name"}, name}}, "REN " + who,
           [&](Token token) { session.rename(token, who, name, now); });
    } else if (what < 84) {
      const bool open = random.percent(50), ask = random.percent(50);
      wish({{{"", "open"}, open ? "AL" : "BL"}, {{"", "ask"}, ask ? "A" : "N"}}, "PRIV",
           [&](Token token) {
             session.set_privacy(token, {open, ask}, now);
           });
    } else if (what < 89) {
      const auto name = "A" + std::to_string(last_wish_);
      wish({{{"", "nick"}, name}}, "NICK",
           [&](Token token) { session.set_nick(token, name, now); });
    } else if (what < 94) {
      if (random.percent(50))
        set_status(Status::away, "AWY");
      else
        set_status(Status::invisible, "HDN");
    }
  }

  // Of a session that has ALLOW and DENY.
  template <class Any>
  void consent(Any& any, const std::string& who, bool allowed) {
    if constexpr (requires { any.allow(Token(), who, now); }) {
      wish({{{who, "allow"}, allowed ? "yes" : "no"}}, (allowed ? "ALLOW " : "DENY ") + who,
           [&](Token token) {
             if (allowed)
               any.allow(token, who, now);
             else
               any.deny(token, who, now);
           });
      // One who is blocked, or about to be, is not allowed as well.
      const auto found = session.roster().find(who);
      bool blocked = found != session.roster().end() && found->second.lists.block;
      for (const auto& [trid, request] : requests_)
        blocked |= request.about == About{who, "block"} && request.wanted == "yes";
      if (allowed && blocked) wishes_.erase({who, "allow"});
    }
  }

  void on_answer(const std::string& verb, const Result<void>& result) override {
    // The contact is not on the list, which is what DEL wanted.
    const bool gone =
        !result && result.error().code == ErrorCode::unknown_contact && verb.starts_with("DEL");
    for (auto& [about, wish] : wishes_)
      if (wish.verb == verb) wish.promised = result || gone;
  }

  void on_event(const model::Event& event) override {
    if (const auto* added = std::get_if<model::AddedYou>(&event)) {
      claim(reported_reverse_.insert(added->email).second, "UADD twice: " + added->email);
      wishes_.erase({added->email, "allow"});  // who asks again may be allowed by our settings
    } else if (const auto* removed = std::get_if<model::RemovedYou>(&event)) {
      claim(reported_reverse_.erase(removed->email) == 1, "UDEL without UADD: " + removed->email);
    } else if (const auto* listed = std::get_if<model::ContactAdded>(&event)) {
      claim(reported_forward_.insert(listed->email).second, "ADDFL twice: " + listed->email);
    } else if (const auto* unlisted = std::get_if<model::ContactRemoved>(&event)) {
      claim(reported_forward_.erase(unlisted->email) == 1,
            "DELFL without ADDFL: " + unlisted->email);
    } else if (const auto* error = std::get_if<model::ErrorEvent>(&event)) {
      if (error->code == "TIMEOUT") withdraw_promises();
    }
  }

  // Something was not answered in time. It is about the last wish if that is what was asked for.
  void withdraw_promises() {
    for (const auto& [trid, request] : requests_) {
      const auto found = wishes_.find(request.about);
      if (now - request.at < limit || found == wishes_.end()) continue;
      if (found->second.wanted != request.wanted) continue;
      for (auto& [about, wish] : wishes_)
        if (wish.verb == found->second.verb) wish.promised = false;
    }
  }

  // --- the server

  Ms busyness() override { return up_to(logged_in && chance(5) ? 45'000 : 20); }
  Ms slowness() override { return up_to(chance(6) ? 25'000 : chance(10) ? 40'000 : 60); }

  std::string lists(const std::string& trid) override {
    status_.clear();
    std::string all;
    unsigned count = 0;
    for (const auto& [who, person] : persons_) {
      const int bits = person.forward * 1 + person.allow * 2 + person.block * 4 +
                       person.reverse * 8 + person.pending * 16;
      if (bits == 0) continue;
      ++count;
      all += "LST N=" + who + " F=N" + (person.forward ? " C=" + person.id : "") + " " +
             std::to_string(bits) + "\r\n";
    }
    return "SYN " + trid + " a b " + std::to_string(count) + " 0\r\nGTC " + ask_ + "\r\nBLP " +
           open_ + "\r\n" + (nick_.empty() ? "" : "PRP MFN " + nick_ + "\r\n") + all;
  }

  void on_connect(ConnectionId id) override {
    requests_.clear();
    World::on_connect(id);
  }

  void on_request(ConnectionId, const Line& line) override {
    static const std::map<std::string, std::string> properties{
        {"CHG", "status"}, {"PRP", "nick"}, {"BLP", "open"}, {"GTC", "ask"},
        {"FL", "forward"}, {"AL", "allow"}, {"BL", "block"}, {"SBP", "name"}};
    const auto& what = line.word(0);
    const bool of_list = what == "ADC" || what == "REM";
    const auto property = properties.find(of_list ? line.word(2) : what);
    if (property == properties.end()) return;
    const auto who = of_list ? person_in(line.word(3)) : "";
    const std::string wanted = what == "ADC"   ? "yes"
                               : what == "REM" ? "no"
                               : what == "PRP" ? line.word(3)
                                               : line.word(2);
    requests_[line.word(1)] = {now, {who, property->second}, wanted};
  }

  void before_reading(ConnectionId, const std::vector<Line>& lines) override {
    for (const auto& line : lines)
      if (line.word(0) != "QNG") requests_.erase(line.word(1));
  }

  // "N=address", an address, or an id that a contact has or had.
  std::string person_in(const std::string& word) const {
    const auto id = ids_.find(word);
    return id != ids_.end() ? id->second : word.starts_with("N=") ? word.substr(2) : word;
  }

  void serve(ConnectionId id, const Line& line) override {
    if (serve_login(id, line)) return;
    if (chance(1)) return cut(id);
    const auto answer = obey(line);
    if (answer.empty() || chance(1)) return cut(id);
    say(id, answer + "\r\n");
  }

  // The answer; none: it hangs up.
  std::string obey(const Line& line) {
    const auto& what = line.word(0);
    const auto& trid = line.word(1);
    if (what == "ADC" || what == "REM") return change_list(line);
    if (what == "BLP" || what == "GTC") {
      auto& mode = what == "BLP" ? open_ : ask_;
      if (mode == line.word(2)) return "218 " + trid;
      mode = line.word(2);
    }
    if (what == "CHG") status_ = line.word(2);
    if (what == "PRP") nick_ = line.word(3);
    std::string same = what + " " + trid;
    for (std::size_t i = 2; i < line.words.size(); ++i) same += " " + line.words[i];
    return same;
  }

  std::string change_list(const Line& line) {
    const auto& trid = line.word(1);
    const auto& list = line.word(2);
    const auto who = person_in(line.word(3));
    auto& person = persons_[who];
    if (ids_.contains(line.word(3)) && person.id != line.word(3)) return "208 " + trid;
    bool& on = list == "FL"   ? person.forward
               : list == "AL" ? person.allow
               : list == "BL" ? person.block
               : list == "RL" ? person.reverse
                              : person.pending;
    const bool add = line.word(0) == "ADC";
    // Who waits for an answer is on both lists; else there is nothing to answer.
    if (list == "RL" && add && !person.pending) return pending_list_ ? "" : "201 " + trid;
    if (on == add && list != "RL") return (add ? "215 " : "216 ") + trid;
    on = add;
    if (list != "FL") return line.word(0) + " " + trid + " " + list + " " + line.word(3);
    const auto id = std::exchange(person.id, add ? next_id(who) : "");
    return line.word(0) + " " + trid + " FL " + (add ? "N=" + who + " F=N C=" + person.id : id);
  }

  std::string next_id(const std::string& who) {
    const auto id = "94da7824-b64e-44ad-b267-" + std::to_string(100'000'000'000 + ids_.size());
    ids_[id] = who;
    return id;
  }

  // --- what others do

  void happen() {
    if (ns == 0 || !logged_in) return;
    const auto& who = random.one_of(people);
    auto& person = persons_[who];
    const auto what = random.below(100);
    if (what < 8 && !person.reverse && !person.pending) {
      person.reverse = true;
      person.pending = pending_list_;
      say(ns, "ADC 0 RL N=" + who + " F=N\r\n");
    } else if (what >= 8 && what < 14 && (person.reverse || person.pending)) {
      person.reverse = person.pending = false;
      say(ns, "REM 0 RL " + who + "\r\n");
    } else if (what == 14) {
      cut(ns);
    }
  }

  // --- in the end

  void check_end() {
    claim(online(), "not online in the end");
    for (const auto& each : unanswered()) throw Broken(each + " is never answered");
    for (const auto& who : people) {
      const auto& theirs = persons_[who];
      const auto found = session.roster().find(who);
      const auto contact = found == session.roster().end() ? model::Contact() : found->second;
      const auto& ours = contact.lists;
      const bool reverse = theirs.reverse || theirs.pending;
      const auto lists = who + ": the server has " +
                         named(theirs.forward, theirs.allow, theirs.block, reverse) + ", we have " +
                         named(ours.forward, ours.allow, ours.block, ours.reverse);
      claim(ours.forward == theirs.forward && ours.allow == theirs.allow &&
                ours.block == theirs.block && ours.reverse == reverse,
            lists);
      claim(reported_forward_.contains(who) == theirs.forward,
            "ADDFL and DELFL are wrong, " + lists);
      claim(reported_reverse_.contains(who) == reverse, "UADD and UDEL are wrong, " + lists);
      check_wish({who, "forward"}, theirs.forward ? "yes" : "no");
      check_wish({who, "block"}, theirs.block ? "yes" : "no");
      if (!theirs.block) check_wish({who, "allow"}, theirs.allow ? "yes" : "no");
      // An ADD that was reported as failed may have taken the name with it.
      if (theirs.forward && wishes_[{who, "forward"}].promised)
        check_wish({who, "name"}, contact.nick);
    }
    const auto& self = session.self();
    claim(self.privacy.open == (open_ == "AL") && self.privacy.ask == (ask_ == "A"),
          "the server's privacy is " + open_ + " " + ask_ + ", and we have another");
    claim(self.nick == nick_, "the server's name is " + nick_ + ", ours " + self.nick);
    check_wish({"", "open"}, open_);
    check_wish({"", "ask"}, ask_);
    check_wish({"", "nick"}, nick_);
    check_wish({"", "status"}, status_);
  }

  static std::string named(bool forward, bool allow, bool block, bool reverse) {
    return std::string(forward ? "FL " : "") + (allow ? "AL " : "") + (block ? "BL " : "") +
           (reverse ? "RL" : "");
  }

  void check_wish(const About& about, const std::string& has) {
    const auto found = wishes_.find(about);
    if (found == wishes_.end() || !found->second.promised) return;
    claim(found->second.wanted == has, found->second.verb + " was promised, and the server has " +
                                           about.second + " " + has + " of " + about.first);
  }

  const bool pending_list_;  // as some servers have one
  std::map<About, Wish> wishes_;
  unsigned last_wish_ = 0;
  std::map<std::string, Request> requests_;  // not answered, by transaction
  std::set<std::string> reported_forward_, reported_reverse_;
  std::map<std::string, Person> persons_;
  std::string open_ = "AL", ask_ = "A", nick_, status_;
  std::map<std::string, std::string> ids_;  // of contacts, present and former
};

}  // namespace
}  // namespace msn::proof

int main(int count, char** words) {
  using namespace msn::proof;
  return run_seeds(
      {words + 1, words + count}, words[0], 1, 1000, 200,
      [](unsigned seed, unsigned steps, Story& story) { Lists(seed, story).run(steps); });
}
