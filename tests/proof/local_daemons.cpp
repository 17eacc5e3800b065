// SPDX-License-Identifier: MIT
// Two to four real daemons on one local database, used at random and killed at random moments.
// Whatever happens:
// - a text that was answered OK is in its reader's log once, or its sender gets FAILED. A request
//   without an answer is repeated with the same token and is no exception;
// - SENT comes when the text is in the reader's log, not before;
// - texts from one person to another come in order. A text fails if its reader had blocked the
//   sender, and only then;
// - no acknowledged event is handed out again;
// - in the end each sees and hears the others, and sees it when one is killed; all databases are
//   sound.
// The seed decides what they are asked and when they are killed, but not how fast they are.
#include "core/base/text.hpp"
#include "tests/proof/random_runs.hpp"
#include "tests/support/real_daemon.hpp"
#include "tests/support/temp_dir.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace msn::proof {
namespace {

using test::ClientConnection;
using test::RealDaemon;

const std::array<std::string, 4> names{"alice", "bob", "carol", "dave"};

struct Letter {
  std::size_t from = 0, to = 0;
  std::string token;
  bool accepted = false;
  std::optional<bool> blocked;  // had the reader blocked the sender; nothing: it is not certain
  unsigned wishes = 0;          // Block's, when it was first sent
  bool failed = false;          // so says the answer to its repetition
};

// Whether one has blocked another; nothing: a request about it was not answered.
struct Block {
  std::optional<bool> is = false;
  unsigned wishes = 0;  // BLOCK and UNBLOCK requests
};

struct Request {
  enum class Kind { plain, send, block, poll, acknowledge } kind = Kind::plain;
  std::string line;
  std::size_t letter = 0;  // send
  std::size_t other = 0;   // block
  bool wanted = false;
  std::uint64_t cursor = 0;  // acknowledge
};

struct Event {
  std::uint64_t cursor = 0;
  std::vector<std::string> words;  // of its line
  std::string text;                // a MSG's
};

struct Person {
  std::string email;
  std::unique_ptr<RealDaemon> daemon;  // none: it was killed
  std::optional<ClientConnection> wire;
  std::deque<Request> asked;  // and not answered yet
  std::uint64_t acknowledged = 0;
};

class Daemons {
 public:
  Daemons(std::string program, unsigned seed, Story& story)
      : program_(std::move(program)), random_(seed), story_(story) {
    people_.resize(2 + random_.below(3));
    for (std::size_t i = 0; i < people_.size(); ++i) people_[i].email = names[i] + "@example.org";
  }

  void run(unsigned steps) try {
    for (std::size_t me = 0; me < people_.size(); ++me) come_in(me);
    for (std::size_t me = 0; me < people_.size(); ++me) hear_all(me);  // the accounts are made
    for (unsigned i = 0; i < steps; ++i) step(someone());
    end();
  } catch (...) {
    for (std::size_t me = 0; me < people_.size(); ++me) {
      if (!people_[me].daemon) continue;
      const auto log = people_[me].daemon->log();
      story_.tell(names[me] +
                  "'s log: " + log.substr(log.size() - std::min<std::size_t>(log.size(), 500)));
    }
    throw;
  }

 private:
  std::size_t someone() { return random_.below(static_cast<unsigned>(people_.size())); }
  std::size_t someone_but(std::size_t me) {
    const auto other = random_.below(static_cast<unsigned>(people_.size()) - 1);
    return other < me ? other : other + 1;
  }

  void step(std::size_t me) {
    if (!people_[me].daemon) {
      if (random_.percent(60)) come_in(me);
      return;
    }
    const auto other = someone_but(me);
    const auto what = random_.below(100);
    if (what < 40) {
      for (auto count = 1 + random_.below(20); count > 0; --count) send(me, someone_but(me));
    } else if (what < 52) {
      wish_block(me, other, random_.percent(50));
    } else if (what < 60) {
      static const std::array<std::string, 3> statuses{"online", "away", "invisible"};
      ask(me, {Request::Kind::plain, "STATUS " + random_.one_of(statuses)});
    } else if (what < 75) {
      poll(me);
    } else if (what < 78) {
      ask(me, {Request::Kind::plain, "TYPE " + people_[other].email});
    } else if (what < 82) {
      ask(me,
          {Request::Kind::plain, (random_.percent(50) ? "DEL " : "ADD X ") + people_[other].email});
    } else if (what < 85) {
      log_in(me);
      hear_all(me);
    } else {
      // Anywhere in what it has been asked, or while the last texts come to it.
      const bool reader = !letters_.empty() && random_.percent(50);
      const auto victim = reader ? letters_.back().to : me;
      if (!people_[victim].daemon) return;
      if (!reader) hear_some(victim);
      kill(victim);
    }
    const auto listener = someone();
    if (people_[listener].daemon) hear_some(listener);
  }

  // --- requests

  void ask(std::size_t me, Request request) {
    auto& person = people_[me];
    story_.tell(names[me] + " > " + request.line.substr(0, request.line.find('\n')));
    person.wire->say(request.line + "\n");
    person.asked.push_back(std::move(request));
  }

  void send(std::size_t me, std::size_t to) {
    const auto& block = blocks_[{to, me}];
    letters_.push_back({me, to, names[me] + "." + std::to_string(letters_.size()), false, block.is,
                        block.wishes, false});
    write(letters_.size() - 1);
  }

  void write(std::size_t letter) {
    const auto& one = letters_[letter];
    ask(one.from,
        {Request::Kind::send,
         "SENDMSG 1 " + people_[one.to].email + " ID=" + one.token + " ONCE\n<" + one.token + ">",
         letter});
  }

  void wish_block(std::size_t me, std::size_t other, bool wanted) {
    auto& block = blocks_[{me, other}];
    ++block.wishes;
    block.is.reset();
    ask(me, {Request::Kind::block, (wanted ? "BLOCK " : "UNBLOCK ") + people_[other].email, 0,
             other, wanted});
  }

  void poll(std::size_t me) {
    ask(me, {Request::Kind::poll, "POLL HOLD MAX=" + std::to_string(1 + random_.below(50))});
  }

  void log_in(std::size_t me) {
    ask(me, {Request::Kind::plain, "LOGIN " + people_[me].email + " secret"});
    ask(me, {Request::Kind::plain, random_.percent(70) ? "STATUS online" : "STATUS invisible"});
  }

  // --- answers

  std::string line(std::size_t me) {
    auto line = people_[me].wire->line();
    claim(line && line->ends_with('\n'), names[me] + "'s daemon does not answer");
    line->pop_back();
    return std::move(*line);
  }

  void hear_all(std::size_t me) { hear(me, people_[me].asked.size()); }
  void hear_some(std::size_t me) {
    hear(me, random_.below(static_cast<unsigned>(people_[me].asked.size()) + 1));
  }
  void hear(std::size_t me, std::size_t count) {
    for (; count > 0; --count) hear_one(me);
  }

  void hear_one(std::size_t me) {
    auto& person = people_[me];
    const auto request = person.asked.front();
    person.asked.pop_front();
    if (request.kind == Request::Kind::poll) {
      const auto events = read_events(me);
      for (const auto& event : events) {
        claim(event.cursor > person.acknowledged,
              names[me] + " is handed out again what was acknowledged");
        look(event, me);
      }
      if (!events.empty() && random_.percent(70))
        ask(me, {Request::Kind::acknowledge, "ACK " + std::to_string(events.back().cursor), 0, 0,
                 false, events.back().cursor});
      return;
    }
    const auto answer = line(me);
    story_.tell(names[me] + " < " + answer);
    const auto ok = answer.starts_with("OK");
    const auto wrong = names[me] + ": " + request.line + ": " + answer;
    if (request.kind == Request::Kind::send) {
      auto& letter = letters_[request.letter];
      letter.failed = answer.starts_with("ERR SEND " + letter.token + " ");
      claim(letter.failed || answer == "OK " + letter.token, wrong);
      letter.accepted = true;
      const auto& block = blocks_[{letter.to, letter.from}];
      if (letter.wishes != block.wishes) letter.blocked.reset();
    } else if (request.kind == Request::Kind::block) {
      claim(ok, wrong);
      auto& block = blocks_[{me, request.other}];
      const auto later = [&](const Request& each) {
        return each.kind == Request::Kind::block && each.other == request.other;
      };
      if (std::none_of(person.asked.begin(), person.asked.end(), later)) block.is = request.wanted;
    } else if (request.kind == Request::Kind::acknowledge) {
      claim(ok, wrong);
      person.acknowledged = request.cursor;
    } else {
      claim(ok || answer == "ERR UNK USER", wrong);
    }
  }

  std::vector<Event> read_events(std::size_t me) {
    std::vector<Event> events;
    for (;;) {
      const auto one = line(me);
      const auto words = split(one, ' ');
      if (words[0] == "POLLEND") return events;
      claim(words[0] == "EV" && words.size() >= 4, names[me] + ": POLL: " + one);
      story_.tell(names[me] + " < " + one);
      Event event;
      event.cursor = parse_number(words[1]).value_or(0);
      for (std::size_t i = 3; i < words.size(); ++i) event.words.emplace_back(words[i]);
      if (event.words[0] == "MSG")
        for (auto left = parse_number(event.words[1]).value_or(0); left > 0; --left)
          event.text = line(me);
      events.push_back(std::move(event));
    }
  }

  // After SENT the reader's log has the text.
  void look(const Event& event, std::size_t me) {
    claim(event.words[0] != "GAP", names[me] + " has lost events");
    if (event.words[0] != "SENT") return;
    const auto found = std::find_if(letters_.begin(), letters_.end(), [&](const Letter& letter) {
      return letter.token == event.words[1];
    });
    claim(found != letters_.end() && people_[found->to].email == event.words[2],
          "SENT of what was not sent: " + event.words[1]);
    SQLite::Database log(log_of(found->to));
    log.setBusyTimeout(10'000);
    SQLite::Statement query(log, "SELECT 1 FROM body WHERE instr(CAST(wire AS TEXT), ?)");
    query.bind(1, "<" + found->token + ">");
    claim(query.executeStep(), found->token + " is SENT before " + names[found->to] + " has it");
  }

  std::string log_of(std::size_t me) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place_ / names[me]))
      if (entry.path().filename() == people_[me].email + ".db") return entry.path();
    throw Broken(names[me] + " has no log");
  }

  // --- lives

  void kill(std::size_t me) {
    story_.tell(names[me] + " is killed");
    auto& person = people_[me];
    person.daemon.reset();
    person.wire.reset();
    person.asked.clear();
  }

  // Starts it, logs in, and repeats what was not answered; waits for nothing of that.
  void come_in(std::size_t me) {
    story_.tell(names[me] + " starts");
    auto& person = people_[me];
    person.daemon = std::make_unique<RealDaemon>(program_, place_ / names[me], place_ / "local.db",
                                                 std::nullopt);
    person.wire = person.daemon->connect();
    log_in(me);
    for (std::size_t i = 0; i < letters_.size(); ++i)
      if (letters_[i].from == me && !letters_[i].accepted) write(i);
  }

  // --- in the end

  void end() {
    const auto count = people_.size();
    for (std::size_t me = 0; me < count; ++me)
      if (!people_[me].daemon) come_in(me);
    for (std::size_t me = 0; me < count; ++me) hear_all(me);
    for (std::size_t me = 0; me < count; ++me)
      for (std::size_t other = 0; other < count; ++other)
        if (me != other) wish_block(me, other, false);
    for (std::size_t me = 0; me < count; ++me) {
      for (std::size_t other = 0; other < count; ++other)
        if (me != other) ask(me, {Request::Kind::plain, "ADD X " + people_[other].email});
      ask(me, {Request::Kind::plain, "STATUS busy"});
      ask(me, {Request::Kind::plain, "STATUS online"});
      hear_all(me);
    }
    for (std::size_t me = 0; me < count; ++me)
      for (std::size_t other = 0; other < count; ++other)
        if (me != other) send(me, other);
    for (std::size_t me = 0; me < count; ++me) hear_all(me);

    std::vector<std::vector<Event>> history(count);
    for (std::size_t me = 0; me < count; ++me) history[me] = whole_history(me);
    check(history);
    for (std::size_t me = 0; me < count; ++me) sees_online(me, count - 1);
    const auto victim = someone();
    kill(victim);
    for (std::size_t me = 0; me < count; ++me)
      if (me != victim) sees_online(me, count - 2);
    for (std::size_t me = 0; me < count; ++me) {
      if (me != victim) {
        const auto problem = people_[me].daemon->end();
        claim(!problem, names[me] + "'s daemon: " + problem.value_or(""));
      }
      sound(log_of(me));
    }
    sound(place_ / "local.db");
  }

  // Waits until it tells the outcome of each text.
  std::vector<Event> whole_history(std::size_t me) {
    std::set<std::string> open;
    for (const auto& letter : letters_)
      if (letter.from == me) open.insert(letter.token);
    std::vector<Event> all;
    std::uint64_t cursor = 0;
    for (bool waited = false; !open.empty();) {
      people_[me].wire->say("POLL FROM=" + std::to_string(cursor) + " WAIT=10\n");
      auto more = read_events(me);
      claim(!more.empty() || !waited, "nothing tells what became of " + *open.begin());
      waited = more.empty();
      for (auto& event : more) {
        look(event, me);
        cursor = event.cursor;
        if (event.words[0] == "SENT" || event.words[0] == "FAILED") open.erase(event.words[1]);
        all.push_back(std::move(event));
      }
    }
    return all;
  }

  void check(std::vector<std::vector<Event>>& history) {
    std::map<std::string, std::vector<std::string>> outcomes;
    std::map<std::string, unsigned> arrived;
    for (std::size_t me = 0; me < history.size(); ++me) {
      // What came while the others' were read.
      people_[me].wire->say("POLL FROM=" + std::to_string(history[me].back().cursor) + "\n");
      for (auto& event : read_events(me)) history[me].push_back(std::move(event));
      std::map<std::string, std::size_t> last;  // by sender
      for (const auto& event : history[me]) {
        if (event.words[0] == "SENT" || event.words[0] == "FAILED")
          outcomes[event.words[1]].push_back(event.words[0] +
                                             (event.words.size() > 3 ? " " + event.words[3] : ""));
        if (event.words[0] != "MSG") continue;
        ++arrived[event.text];
        const auto number = std::stoul(event.text.substr(event.text.find('.') + 1));
        auto& before = last[event.text.substr(0, event.text.find('.'))];
        claim(before <= number, event.text + " comes after " + std::to_string(before));
        before = number;
      }
    }
    for (const auto& letter : letters_) {
      const auto& outcome = outcomes[letter.token];
      claim(outcome.size() == 1,
            letter.token + " has " + std::to_string(outcome.size()) + " outcomes");
      const bool sent = outcome.front() == "SENT";
      claim(!letter.failed || !sent, letter.token + " was answered ERR SEND, and is SENT");
      // The daemon was killed when the network did not have it yet.
      const bool interrupted = outcome.front() == "FAILED interrupted";
      const auto times = arrived["<" + letter.token + ">"];
      claim(times == (sent ? 1 : 0), letter.token + " is " + outcome.front() + " and came " +
                                         std::to_string(times) + " times");
      claim(!letter.blocked || *letter.blocked != sent || interrupted,
            letter.token + " is " + outcome.front() + ", and its sender was " +
                (*letter.blocked ? "blocked" : "not blocked"));
    }
  }

  // So many others, sooner or later.
  void sees_online(std::size_t me, std::size_t others) {
    auto& wire = *people_[me].wire;
    std::uint64_t cursor = 0;
    for (bool waited = false;;) {
      wire.say("GETCL\n");
      const auto head = line(me);
      std::size_t online = 0;
      for (auto left = parse_number(head.substr(3)).value_or(0); left > 0; --left)
        online += split(line(me), ' ')[0] == "online";
      if (online == others) return;
      wire.say("POLL FROM=" + std::to_string(cursor) + " WAIT=10 ONLY=STCH\n");
      const auto events = read_events(me);
      claim(!events.empty() || !waited, names[me] + " sees " + std::to_string(online) +
                                            " others, not " + std::to_string(others));
      waited = events.empty();
      if (!events.empty()) cursor = events.back().cursor;
    }
  }

  void sound(const std::string& path) {
    SQLite::Database database(path);
    const auto verdict = database.execAndGet("PRAGMA integrity_check").getString();
    claim(verdict == "ok", path + ": " + verdict);
  }

  const std::string program_;
  Chance random_;
  Story& story_;
  test::TempDir place_;
  std::vector<Person> people_;
  std::vector<Letter> letters_;
  std::map<std::pair<std::size_t, std::size_t>, Block> blocks_;  // of the first, about the second
};

}  // namespace
}  // namespace msn::proof

// usage: local_daemons MSNCD [FROM [TO [STEPS [-v]]]]
int main(int count, char** words) {
  using namespace msn::proof;
  if (count < 2) return 2;
  return run_seeds({words + 2, words + count}, std::string(words[0]) + " " + words[1], 1, 16, 60,
                   [&](unsigned seed, unsigned steps, Story& story) {
                     Daemons(words[1], seed, story).run(steps);
                   });
}
