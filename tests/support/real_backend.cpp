// SPDX-License-Identifier: MIT
#include "tests/support/real_backend.hpp"

#include "core/base/percent.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace msn::test {
namespace {

void must(RealDaemon& daemon, const std::string& request) {
  const std::string answer = daemon.ask(request);
  if (answer != "OK")
    throw std::runtime_error("a helper's " + visible(request) +
                             " was answered: " + visible(answer));
}

std::string word(std::string_view line, std::size_t index) {
  const auto words = split(line, ' ');
  return index < words.size() ? std::string(words[index]) : std::string();
}

// The text after so many words.
std::string after_words(std::string_view line, std::size_t count) {
  for (; count > 0; --count) line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  return std::string(line);
}

}  // namespace

// --- daemons ---

std::unique_ptr<RealDaemon> RealBackend::start(const std::string& name,
                                               std::optional<std::uint64_t> kept_events) {
  return std::make_unique<RealDaemon>(program_, place_ / name, place_ / "local.db", kept_events);
}

RealBackend::Actor& RealBackend::actor(std::string_view name) {
  std::string key(name.substr(0, name.find('.')));
  if (key.empty()) key = first_.empty() ? "alice" : first_;
  if (first_.empty()) first_ = key;
  Actor& found = actors_[key];
  if (!found.daemon) found.daemon = start(key, kept_events_);
  return found;
}

RealBackend::Client& RealBackend::client(const std::string& name) {
  const auto found = clients_.find(name);
  if (found != clients_.end()) return found->second;
  const RealDaemon& daemon = *actor(name).daemon;
  Client fresh{name.ends_with(".fifo") ? daemon.open_pipes() : daemon.connect(), {}};
  return clients_.emplace(name, std::move(fresh)).first->second;
}

RealDaemon& RealBackend::person(const std::string& email) {
  auto& found = people_[email];
  if (!found) {
    found = start("person-" + std::to_string(people_.size()));
    found->is_now(email);
    must(*found, "LOGIN " + email + ' ' + passwords_.try_emplace(email, "secret").first->second);
  }
  return *found;
}

RealDaemon& RealBackend::helper() {
  auto& found = people_[""];
  if (!found) found = start("helper");
  return *found;
}

// --- clients ---

void RealBackend::say(const std::string& name, std::string_view bytes) {
  Client& speaker = client(name);
  RealDaemon& daemon = *actor(name).daemon;
  if (bytes.starts_with("LOGIN ")) before_login(actor(name), bytes.substr(0, bytes.size() - 1));
  speaker.request = word(bytes.substr(0, bytes.find('\n')), 0);
  speaker.wire.say(bytes);
  daemon.settle();
}

std::optional<std::string> RealBackend::hear(const std::string& name) {
  Client& listener = client(name);
  auto heard = listener.wire.line();
  // OK means that the request was passed on (protocol 6.6, 6.7): wait for the event that shows its
  // result.
  if (heard && heard->starts_with("OK") && (listener.request == "ADD" || listener.request == "DEL"))
    actor(name).daemon->claim([](const RealDaemon::Event& event) {
      return event.line.starts_with("ADDFL ") || event.line.starts_with("DELFL ") ||
             event.line.starts_with("ERR ");
    });
  return heard;
}

std::optional<std::string> RealBackend::overhear(const std::string& name) {
  Client& listener = client(name);
  actor(name).daemon->settle();
  return listener.wire.line(std::chrono::milliseconds(0));
}

void RealBackend::end(const std::string& name) {
  clients_.erase(name);
  actor(name).daemon->settle();
}

// --- the network ---

void RealBackend::before_login(Actor& actor, std::string_view line) {
  const std::string email = to_lower_ascii(word(line, 1));
  if (email.find('@') == email.npos || word(line, 2).empty()) return;
  actor.email = email;
  actor.daemon->is_now(email);
  const auto [known, is_new] =
      passwords_.try_emplace(email, actor.refused ? "secret" : after_words(line, 2));
  const std::string password = known->second;
  if (!actor.people.empty() || (actor.refused && is_new)) {
    actor.daemon->ask("LOGOFF");  // as the LOGIN would; otherwise it is logged off
    must(helper(), "LOGIN " + email + ' ' + password);
    helper().is_now(email);
    for (const std::string& person : actor.people) make_person(person, email);
    must(helper(), "LOGOFF");
  }
  actor.people.clear();
  actor.refused = false;
}

// "person STATUS EMAIL NICK [options]", while the helper is logged in as `me`.
void RealBackend::make_person(const std::string& line, const std::string& me) {
  const std::string status = word(line, 1), email = word(line, 2);
  const std::string nick = word(line, 3).empty() ? percent_encode(email) : word(line, 3);
  RealDaemon& they = person(email);
  bool stranger = false;
  for (const std::string_view option : split(line, ' ')) {
    if (option == "stranger") {
      stranger = true;
      if (!word(line, 3).empty()) {
        must(they, "NICK " + nick);
        must(they, "STATUS online");  // until then no other account knows the name
        must(they, "LOGIN " + email + ' ' + passwords_[email]);
      }
    } else if (option == "blocked") {
      must(helper(), "BLOCK " + email);
    } else if (option == "private") {
      must(they, "PRIV 0 1");
      private_.insert(email);
    } else if (option == "reverse") {
      must(they, "ADD me " + me);
      helper().claim([&](const auto& event) { return event.line == "UADD " + email; });
    } else if (option.starts_with("realnick=")) {
      must(they, "NICK " + std::string(option.substr(9)));
    }
  }
  if (!stranger) {
    must(helper(), "ADD " + nick + ' ' + email);
    helper().claim([&](const auto& event) { return event.line == "ADDFL " + email; });
  }
  if (status != "offline") must(they, "STATUS " + status);
}

bool RealBackend::tell_network(const std::string& name, std::string_view line) {
  Actor& one = actor(name);
  const std::string verb = word(line, 0);
  if (verb == "person") {
    if (line.find("p=") != line.npos)
      return false;  // accounts of the local network have no telephone numbers
    one.people.emplace_back(line);
    return true;
  }
  if (line == "refuse 911 Authentication failed") {
    one.refused = true;
    return true;
  }
  if (verb == "nobody") return people_.count(word(line, 1)) == 0;
  if (!act(one, line)) return false;
  const std::string expected = line == "thrown out" ? "SCLOSE MAIN"
                               : verb == "message"  ? "MSG ... ... " + word(line, 1)
                                                    : std::string(line);
  if (one.daemon->claim([&](const auto& event) { return fits(expected, event.line); })) return true;
  throw std::runtime_error(expected + " does not arrive");
}

// Lets the account that the line names do it.
bool RealBackend::act(Actor& one, std::string_view line) {
  const std::string verb = word(line, 0), email = word(line, 1);
  if (verb == "SENT" || verb == "FAILED" || verb == "ERR") return true;
  if (line == "thrown out") {
    must(helper(), "LOGIN " + one.email + ' ' + passwords_[one.email]);
    must(helper(), "LOGOFF");
  } else if (verb == "TYPING") {
    must(person(email), "TYPE " + one.email);
  } else if (verb == "message") {
    const std::string text = after_words(line, 2);
    const auto count = std::to_string(split(text, '\n').size());
    must(person(email), "SENDMSG " + count + ' ' + one.email + '\n' + text);
  } else if (verb == "STCH") {
    must(person(email), "STATUS " + word(line, 2));
  } else if (verb == "MFLUSH") {
    must(person(email), "STATUS online");
  } else if (verb == "UADD") {
    must(person(email), "ADD me " + one.email);
  } else if (verb == "UDEL") {
    must(person(email), "DEL " + one.email);
  } else {
    return false;
  }
  return true;
}

std::optional<std::string> RealBackend::network_asked(const std::string& name,
                                                      const std::string& expected) {
  const std::string verb = word(expected, 0), email = word(expected, 1);
  const auto found = people_.find(email);
  const std::string& me = actor(name).email;
  if (found == people_.end() || private_.count(email) > 0 || (verb != "send" && verb != "typing"))
    return expected;
  const auto seen = found->second->claim([&](const RealDaemon::Event& event) {
    return verb == "typing" ? event.line == "TYPING " + me : fits("MSG ... ... " + me, event.line);
  });
  if (!seen || verb == "typing") return seen ? std::optional(expected) : std::nullopt;
  std::string text;
  const auto empty = std::find(seen->lines.begin(), seen->lines.end(), "");
  for (auto body = empty; body != seen->lines.end() && ++body != seen->lines.end();)
    text += (body == empty + 1 ? "" : "|") + *body;
  // The recipient does not get the identity.
  const auto id = expected.find(" id=");
  return "send " + email + ' ' + text + (id == expected.npos ? "" : expected.substr(id));
}

// --- the end ---

std::optional<std::string> RealBackend::close() {
  clients_.clear();
  std::optional<std::string> wrong;
  for (auto& [name, each] : actors_)
    if (auto problem = each.daemon->end()) wrong = name + "'s daemon: " + *problem;
  for (auto& [email, daemon] : people_)
    if (auto problem = daemon->end()) wrong = "the daemon of " + email + ": " + *problem;
  return wrong;
}

std::string RealBackend::logs() const {
  std::string all;
  for (const auto& [name, each] : actors_)
    if (each.daemon) all += "--- " + name + '\n' + each.daemon->log();
  for (const auto& [email, daemon] : people_)
    if (daemon) all += "--- " + (email.empty() ? "helper" : email) + '\n' + daemon->log();
  return all;
}

}  // namespace msn::test
