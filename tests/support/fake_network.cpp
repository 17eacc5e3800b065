// SPDX-License-Identifier: MIT
#include "tests/support/fake_network.hpp"

#include "core/base/percent.hpp"
#include "core/base/text.hpp"
#include "core/protocol/answer_reader.hpp"

namespace msn::test {
namespace {

// Of 13.9, for what cannot be carried out while reconnecting.
constexpr const char* lost = "the connection to the network is lost; msncd reconnects by itself";

}  // namespace

FakeNetwork::~FakeNetwork() {
  *alive_ = false;
}

void FakeNetwork::answer(Done done, Result<void> result) {
  auto action = [alive = alive_, done = std::move(done), result = std::move(result)] {
    if (*alive) done(result);
  };
  if (stalled_)
    waiting_.push_back(std::move(action));
  else
    loop_.post(std::move(action));
}

void FakeNetwork::login(network::Credentials credentials, Done done) {
  note("login " + credentials.email);
  passwords.push_back(credentials.password.text());
  const auto refused = std::exchange(refusal, {});
  const bool keeps = state_ == State::reconnecting && self_.email == credentials.email;
  state_ = State::connecting;
  const bool silent = std::exchange(silent_, false);
  auto end = [this, email = credentials.email, refused, keeps, done](const Result<void>&) {
    if (refused) {
      state_ = keeps && refused->code == ErrorCode::network ? State::reconnecting : State::offline;
      return answer(done, fail(*refused));
    }
    forget_ourselves();
    self_.email = email;
    state_ = State::online;
    roster_ = people_;
    for (auto& [address, contact] : roster_) contact.status = model::Status::offline;
    done({});
  };
  if (silent) {
    unanswered_ = std::move(done);
    resumed_ = std::move(end);
  } else {
    answer(std::move(end));
  }
}

void FakeNetwork::logoff(Done done) {
  note("logoff");
  if (unanswered_)
    answer(std::exchange(unanswered_, {}), fail(ErrorCode::network, "the network's own words"));
  answer([this, done](const Result<void>&) {
    state_ = State::offline;
    roster_.clear();
    forget_ourselves();
    done({});
  });
}

void FakeNetwork::create_account(network::Credentials credentials, Done done) {
  if (!abilities_.registers)
    return Network::create_account(std::move(credentials), std::move(done));
  note("register " + credentials.email);
  if (accounts_fail) return answer(std::move(done), fail(ErrorCode::network, "no room"));
  const auto [account, fresh] = accounts.emplace(credentials.email, credentials.password.text());
  if (fresh) return answer(std::move(done));
  answer(std::move(done),
         fail(ErrorCode::exists, "there is an account " + account->first + " already"));
}

void FakeNetwork::change_password(network::Secret old, network::Secret next, Done done) {
  if (!abilities_.changes_password)
    return Network::change_password(std::move(old), std::move(next), std::move(done));
  note("passwd");
  if (accounts_fail) return answer(std::move(done), fail(ErrorCode::network, "no room"));
  if (old.text() != passwords.back())
    return answer(std::move(done), fail(ErrorCode::login_refused, "Authentication failed", 911));
  passwords.back() = next.text();
  answer(std::move(done));
}

void FakeNetwork::forget_ourselves() {
  network::Self empty;
  empty.server = std::move(self_.server);
  self_ = std::move(empty);
}

void FakeNetwork::set_status(model::Status status, Done done) {
  note("status " + std::string(model::status_name(status)));
  const bool first = !std::exchange(self_.status, status).has_value();
  answer(std::move(done));
  if (!first || state_ != State::online) return;
  std::vector<model::Event> events;
  for (const auto& [email, contact] : people_)
    if (contact.lists.forward && contact.status != model::Status::offline)
      events.push_back(
          model::StatusChange{email, std::string(model::status_name(contact.status)), {}});
  if (!events.empty()) say(std::move(events));
}

void FakeNetwork::set_nick(std::string nick, Done done) {
  note("nick " + nick);
  self_.nick = std::move(nick);
  answer(std::move(done));
}

void FakeNetwork::set_privacy(model::Privacy privacy, Done done) {
  note(std::string("privacy ") + (privacy.open ? "1 " : "0 ") + (privacy.ask ? "1" : "0"));
  self_.privacy = privacy;
  answer(std::move(done));
}

bool FakeNetwork::refuses(std::string_view verb, const Done& done) {
  if (cannot_.count(verb) > 0)
    answer(done, fail(ErrorCode::unsupported, "this network cannot " + std::string(verb)));
  else if (state_ == State::reconnecting)
    answer(done, fail(ErrorCode::network, lost));
  else
    return false;
  return true;
}

void FakeNetwork::add(std::string email, std::string nick, Done done) {
  if (refuses("add", done)) return;
  note("add " + email + " " + nick);
  answer(std::move(done));
  const auto found = roster_.find(email);
  if (found != roster_.end() && found->second.lists.forward)
    return say(model::ErrorEvent{"215", "User already there", email, {}, "ADD"});
  model::Contact& contact = person(email);
  contact.nick = nick == email ? "" : nick;
  contact.lists.forward = contact.lists.allow = true;
  say(model::ContactAdded{email});
}

void FakeNetwork::remove(std::string email, Done done) {
  if (refuses("remove", done)) return;
  note("remove " + email);
  answer(std::move(done));
  say(model::ContactRemoved{email});
}

void FakeNetwork::rename(std::string email, std::string nick, Done done) {
  if (refuses("rename", done)) return;
  note("rename " + email + " " + nick);
  person(email).nick = nick;
  answer(std::move(done));
}

void FakeNetwork::allow(std::string email, Done done) {
  if (refuses("allow", done)) return;
  note("allow " + email);
  person(email).asks = false;
  person(email).lists.allow = true;
  answer(std::move(done));
}

void FakeNetwork::deny(std::string email, Done done) {
  if (refuses("deny", done)) return;
  note("deny " + email);
  person(email).asks = false;
  person(email).lists.allow = false;
  answer(std::move(done));
}

void FakeNetwork::block(std::string email, Done done) {
  if (refuses("block", done)) return;
  note("block " + email);
  person(email).lists.block = true;
  answer(std::move(done));
}

void FakeNetwork::unblock(std::string email, Done done) {
  if (refuses("unblock", done)) return;
  note("unblock " + email);
  person(email).lists.block = false;
  answer(std::move(done));
}

void FakeNetwork::send(network::OutgoingMessage message, Done done) {
  std::string text;
  for (const std::string& line : message.lines) text += (text.empty() ? "" : "|") + line;
  note("send " + message.to + " " + text + (message.id.empty() ? "" : " id=" + message.id));
  if (on_send) on_send(message);
  const auto refused = unreachable.find(message.to);
  if (refused != unreachable.end())
    answer(std::move(done), fail(refused->second));
  else
    answer(std::move(done));
}

void FakeNetwork::typing(std::string email, Done done) {
  if (refuses("typing", done)) return;
  note("typing " + email);
  answer(std::move(done));
}

model::Contact& FakeNetwork::person(const std::string& email) {
  people_[email].email = email;
  model::Contact& contact = roster_[email];
  contact.email = email;
  return contact;
}

void FakeNetwork::update(const model::Event& event) {
  const std::string email = model::event_email(event);
  if (std::holds_alternative<model::ContactRemoved>(event)) {
    roster_[email].lists.forward = roster_[email].lists.allow = false;
    if (!roster_[email].lists.any()) roster_.erase(email);
    people_.erase(email);
  } else if (std::holds_alternative<model::ContactAdded>(event)) {
    person(email).lists.forward = true;
  } else if (std::holds_alternative<model::AddedYou>(event)) {
    person(email).lists.reverse = true;
  } else if (std::holds_alternative<model::RemovedYou>(event)) {
    person(email).lists.reverse = false;
  } else if (const auto* change = std::get_if<model::StatusChange>(&event)) {
    const auto status = model::status_from_name(change->status);
    if (status && roster_.count(email) > 0) roster_[email].status = *status;
  }
}

void FakeNetwork::say(std::vector<model::Event> events) {
  for (const model::Event& event : events) update(event);
  listener_.on_batch({std::move(events), {}, [this] { ++stored; }});
}

void FakeNetwork::become(State state) {
  state_ = state;
  if (state == State::offline) roster_.clear();
  listener_.on_state(state);
}

void FakeNetwork::end_untold() {
  state_ = State::offline;
  roster_.clear();
}

bool FakeNetwork::command(std::string_view line) {
  const auto words = split(line, ' ');
  const std::string_view verb = words[0];
  const auto word = [&](std::size_t index) {
    return index < words.size() ? std::string(words[index]) : std::string();
  };
  const auto after = [&](std::size_t index) {
    std::size_t at = 0;
    for (; index > 0; --index) {
      at = line.find(' ', at);
      if (at++ == line.npos) return std::string();
    }
    return std::string(line.substr(at));
  };
  if (verb == "person") {
    model::Contact& contact = people_[word(2)];
    contact.email = word(2);
    contact.nick = percent_decode(word(3));
    contact.status = model::status_from_name(word(1)).value();
    contact.lists.forward = contact.lists.allow = true;
    for (std::size_t i = 4; i < words.size(); ++i) {
      const std::string_view option = words[i];
      const std::string value(option.substr(std::min(option.find('=') + 1, option.size())));
      if (option == "reverse") contact.lists.reverse = true;
      if (option == "stranger") contact.lists.forward = contact.lists.allow = false;
      if (option == "asks") contact.asks = true;
      if (option == "awaited") contact.awaited = true;
      if (option.starts_with("note=")) contact.note = percent_decode(value);
      if (option == "blocked") contact.lists.block = true;
      if (option.starts_with("homep=")) contact.home_phone = percent_decode(value);
      if (option.starts_with("workp=")) contact.work_phone = percent_decode(value);
      if (option.starts_with("mobilep=")) contact.mobile_phone = percent_decode(value);
      if (option.starts_with("realnick=")) contact.real_nick = percent_decode(value);
    }
    if (state_ == State::online) {
      roster_[word(2)] = contact;
      roster_[word(2)].status = model::Status::offline;
    }
  } else if (verb == "refuse") {
    refusal = Error{ErrorCode::login_refused, after(2), std::stoi(word(1))};
  } else if (verb == "unreachable") {
    refusal = Error{ErrorCode::network, after(1), 0};
  } else if (verb == "silent") {
    silent_ = true;
  } else if (verb == "stall") {
    stalled_ = true;
  } else if (line == "go on") {
    stalled_ = false;
    for (auto& action : std::exchange(waiting_, {})) loop_.post(std::move(action));
  } else if (verb == "nobody") {
    unreachable[word(1)] = Error{ErrorCode::unknown_contact, {}, 0};
  } else if (verb == "message") {
    say(model::Message{word(1), {}, after(2), {}});
  } else if (verb == "said") {
    say(model::Said{{word(1), {}, after(2), {}}});
  } else if (verb == "cannot") {
    cannot_.emplace(word(1));
    if (word(1) == "register") abilities_.registers = false;
    if (word(1) == "passwd") abilities_.changes_password = false;
  } else if (verb == "limit") {
    abilities_.text_limit = std::stoull(word(1));
  } else if (verb == "server") {
    self_.server = word(1);
  } else if (verb == "queued") {
    self_.queued = std::stoull(word(1));
  } else if (verb == "lost") {
    say(model::Closed{});
    become(State::offline);
  } else if (line == "thrown out") {
    say({network::logged_in_elsewhere(), model::Closed{}});
    become(State::offline);
  } else if (verb == "speak") {
    unanswered_ = nullptr;
    answer(std::exchange(resumed_, {}));
  } else if (verb == "reconnecting") {
    say(model::Closed{});
    become(State::reconnecting);
  } else if (verb == "back") {
    say(model::Opened{});
    become(State::online);
  } else {
    model::Event event = protocol::decode_event_line(line);
    if (std::holds_alternative<model::Unknown>(event)) return false;
    say(std::move(event));
  }
  return true;
}

}  // namespace msn::test
