// SPDX-License-Identifier: MIT
#include "tests/proof/msn_world.hpp"

#include <algorithm>
#include <sstream>
#include <variant>

namespace msn::proof {
namespace {

constexpr auto patience = 3s;  // Timing::accept_after: clients give up after 5 s

}  // namespace

std::string Line::text() const {
  std::string all;
  for (const auto& each : words) all += (all.empty() ? "" : " ") + each;
  return all;
}

std::vector<Line> take_lines(std::string& bytes) {
  std::vector<Line> lines;
  for (;;) {
    const auto end = bytes.find("\r\n");
    if (end == std::string::npos) return lines;
    Line line;
    std::istringstream words(bytes.substr(0, end));
    for (std::string word; words >> word;) line.words.push_back(word);
    std::size_t length = 0;
    if (line.word(0) == "MSG" || line.word(0) == "QRY") length = std::stoul(line.words.back());
    if (bytes.size() < end + 2 + length) return lines;
    line.payload = bytes.substr(end + 2, length);
    bytes.erase(0, end + 2 + length);
    lines.push_back(std::move(line));
  }
}

World::World(unsigned seed, Story& all)
    : random(seed),
      story(all),
      session({{"msn.example", 1863}, {}, [this] { return random.below(1000) / 1000.0; }}) {}

void World::tell(const std::string& line) {
  story.tell(std::to_string(std::chrono::duration_cast<Ms>(now - SteadyTime(1h)).count()) + " " +
             line);
}

void World::later(Ms time, std::function<void()> happens) {
  due_.push({now + time, ++last_due_, std::move(happens)});
}

// --- the wire

void World::say(ConnectionId id, std::string bytes) {
  const auto found = connections.find(id);
  if (found == connections.end() || found->second.broken) return;
  auto& coming = found->second.coming;
  const auto before = coming.empty() ? now : coming.back().first;
  const auto at = std::max(before, now + slowness());
  coming.emplace_back(at, std::move(bytes));
  later(std::chrono::duration_cast<Ms>(at - now), [this, id] { arrive(id); });
}

// The server does one thing after the other, and takes its time.
void World::reach(ConnectionId id, const Line& line) {
  auto& connection = connections[id];
  if (connection.broken) return;
  if (line.word(0) == "PNG") {  // is answered however much there is to do, as a rule
    if (chance(4)) return;
    connection.coming.emplace_front(now, "QNG 60\r\n");
    later(1ms, [this, id] { arrive(id); });
    return;
  }
  connection.served_at = std::max(connection.served_at, now) + busyness();
  later(std::chrono::duration_cast<Ms>(connection.served_at - now), [this, id, line] {
    const auto found = connections.find(id);
    if (found != connections.end() && !found->second.broken) serve(id, line);
  });
}

void World::arrive(ConnectionId id) {
  auto found = connections.find(id);
  if (found == connections.end() || found->second.broken) return;
  auto& coming = found->second.coming;
  std::string bytes;
  while (!coming.empty() && (coming.front().first <= now || (!bytes.empty() && chance(30)))) {
    bytes += coming.front().second;
    coming.pop_front();
  }
  if (bytes.empty()) return;  // it has come with what was before it
  auto copy = bytes;
  const auto lines = take_lines(copy);
  for (const auto& line : lines) tell("  " + std::to_string(id) + " < " + line.text());
  before_reading(id, lines);
  const auto half = chance(20) ? random.below(static_cast<unsigned>(bytes.size())) : 0;
  if (half > 0) {
    session.received(id, bytes.substr(0, half), now);
    perform();
  }
  if (connections.contains(id)) {
    session.received(id, bytes.substr(half), now);
    perform();
  }
  after_reading(id);
}

void World::cut(ConnectionId id) {
  const auto found = connections.find(id);
  if (found == connections.end() || found->second.broken) return;
  found->second.broken = true;
  if (id == ns) logged_in = false;
  later(up_to(200), [this, id] {
    if (!connections.contains(id)) return;
    tell("  " + std::to_string(id) + " breaks");
    gone(id);
    session.closed(id, "cut", now);
    perform();
  });
}

void World::gone(ConnectionId id) {
  connections.erase(id);
  if (id != ns) return;
  ns = 0;
  logged_in = false;
}

// --- what the session wants

void World::perform() {
  for (auto& action : session.take_actions()) perform(action);
}

void World::perform(network::msnp::Action& action) {
  using namespace network::msnp;
  if (auto* connect = std::get_if<Connect>(&action)) {
    auto& made = connections[connect->id];
    made.notification = connect->to.port == 1863;
    if (made.notification) {
      ns = connect->id;
      logged_in = false;
    }
    tell("  " + std::to_string(connect->id) + " connects to " + connect->to.host);
    on_connect(connect->id);
  } else if (auto* send = std::get_if<Send>(&action)) {
    const auto& [id, written] = *send;
    const auto found = connections.find(id);
    claim(found != connections.end() && found->second.open,
          "something is sent on a connection that is not there: " + written);
    auto bytes = written;
    const auto lines = take_lines(bytes);
    claim(bytes.empty(), "half a command is sent: " + written);
    for (const auto& line : lines) {
      tell("  " + std::to_string(id) + " > " + line.text());
      on_request(id, line);
      reach(id, line);
    }
  } else if (auto* hang_up = std::get_if<HangUp>(&action)) {
    tell("  " + std::to_string(hang_up->id) + " is closed by us");
    gone(hang_up->id);
  } else if (auto* fetch = std::get_if<FetchTicket>(&action)) {
    later(up_to(500), [this, number = fetch->number] {
      session.ticket(
          number, chance(5) ? Result<std::string>(fail(ErrorCode::network, "no")) : "ticket", now);
      perform();
    });
  } else if (auto* emit = std::get_if<Emit>(&action)) {
    for (const auto& event : emit->events) {
      auto line = protocol::encode_event(event);
      tell(line.substr(0, line.find('\n')));
      on_event(event);
    }
  } else if (auto* report = std::get_if<Report>(&action)) {
    tell("state " + std::to_string(static_cast<int>(report->state)));
  } else if (auto* finish = std::get_if<Finish>(&action)) {
    const auto found = asked_.find(finish->token);
    claim(found != asked_.end(),
          "token " + std::to_string(finish->token) + " is answered twice, or was not asked");
    const auto asked = found->second;
    asked_.erase(found);
    tell("= " + asked.verb + ": " + (finish->result ? "OK" : finish->result.error().message));
    claim(asked.verb == "LOGIN" || now - asked.at <= patience,
          asked.verb + " is answered too late");
    on_answer(asked.verb, finish->result);
  }
}

void World::on_connect(ConnectionId id) {
  later(up_to(100), [this, id] {
    const auto found = connections.find(id);
    if (found == connections.end() || found->second.broken) return;
    found->second.open = true;
    session.connected(id, now);
    perform();
  });
}

void World::verb(const std::string& what, const std::function<void(Token)>& call) {
  tell("> " + what);
  asked_[++last_token_] = {what, now};
  call(last_token_);
  perform();
}

std::vector<std::string> World::unanswered() const {
  std::vector<std::string> all;
  for (const auto& [token, asked] : asked_) all.push_back(asked.verb);
  return all;
}

// --- the login

void World::log_in() {
  verb("LOGIN", [&](Token token) {
    session.login(token, "alice@example.com", network::msnp::SavedLists{}, now);
  });
}

bool World::serve_login(ConnectionId id, const Line& line) {
  const auto& verb = line.word(0);
  const auto& trid = line.word(1);
  if (verb == "VER") {
    say(id, "VER " + trid + " MSNP11\r\n");
  } else if (verb == "CVR") {
    say(id, "CVR " + trid + " 1 1 1 x x\r\n");
  } else if (verb == "USR" && line.word(3) == "I") {
    if (chance(3))
      say(id, "XFR " + trid + " NS other.example:1863 0 x\r\n");
    else
      say(id, "USR " + trid + " TWN S abc\r\n");
  } else if (verb == "USR") {
    say(id, "USR " + trid + " OK alice@example.com 1 0\r\n");
  } else if (verb == "SYN") {
    logged_in = true;
    say(id, lists(trid));
  } else if (verb == "OUT") {
    cut(id);
  } else {
    return false;
  }
  return true;
}

// --- time

void World::run_for(Ms time) {
  const auto end = now + time;
  for (;;) {
    const auto deadline = session.deadline();
    const bool theirs = !due_.empty() && due_.top().at <= end;
    const bool ours = deadline && *deadline <= end;
    if (!theirs && !ours) break;
    if (ours && (!theirs || *deadline <= due_.top().at)) {
      idle_wakes_ = *deadline <= now ? idle_wakes_ + 1 : 0;
      claim(idle_wakes_ < 1000, "a deadline that has passed does not go away");
      now = std::max(now, *deadline);
      session.on_time(now);
      perform();
    } else {
      auto next = due_.top();
      due_.pop();
      now = std::max(now, next.at);
      next.happens();
    }
  }
  now = end;
}

}  // namespace msn::proof
