// SPDX-License-Identifier: MIT
// What is wanted, command by command.
#include "core/network/msnp/lists.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"

#include <array>
#include <utility>
#include <vector>

namespace msn::network::msnp {
namespace {

// What settles a verb: what it is about.
const std::string about_status = "status", about_nick = "nick", about_privacy = "privacy";
enum class Part { listed, blocked, allowed, name };
constexpr std::array<Part, 4> parts{Part::listed, Part::blocked, Part::allowed, Part::name};

std::string about(const std::string& email, Part part) {
  return email + ' ' + std::to_string(static_cast<int>(part));
}

std::string_view keyword(Verb verb) {
  constexpr std::array<std::string_view, 8> words{"",      "ADD",     "DEL",   "REN",
                                                  "BLOCK", "UNBLOCK", "ALLOW", "DENY"};
  return words[static_cast<std::size_t>(verb)];
}

// Which part of a wish a command about a list brings about; nothing: only what comes with it.
std::optional<Part> part_of(List list) {
  switch (list) {
    case List::forward:
      return Part::listed;
    case List::allow:
      return Part::allowed;
    case List::block:
      return Part::blocked;
    case List::reverse:
    case List::pending:
      break;
  }
  return std::nullopt;
}

std::optional<bool>& wanted(Wish& wish, Part part) {
  return part == Part::listed ? wish.listed : part == Part::allowed ? wish.allowed : wish.blocked;
}

bool& doubt(Wish& wish, Part part) {
  return part == Part::listed    ? wish.doubt.forward
         : part == Part::allowed ? wish.doubt.allow
                                 : wish.doubt.block;
}

// Of which request a part of a wish is the very aim; none: it only came with another.
Verb verb_of(const Wish& wish, Part part, bool on) {
  if (part == Part::listed) return on ? Verb::add : Verb::remove;
  if (part == Part::blocked) return on ? Verb::block : Verb::unblock;
  if (part == Part::name) return Verb::rename;
  const auto by = wish.allowed_by;
  return by == Verb::allow || by == Verb::deny ? by : Verb::none;
}

}  // namespace

void ListDialogue::promise(Token token, const std::string& about) {
  if (ready_)
    promises_.make(token, about, now_ + timing_.patience);
  else
    out_.emplace_back(notice::Answered{token, {}});
}

void ListDialogue::settle(const std::string& about) {
  for (const auto token : promises_.settle(about)) out_.emplace_back(notice::Answered{token, {}});
}

// By the answer, if it is still waited for, else by an event. `number` 0: no answer came.
void ListDialogue::tell_failure(const std::string& about, int number, const std::string& why,
                                const std::string& email, std::string_view request) {
  const auto tokens = promises_.settle(about);
  const auto error =
      number == 0 ? Error{ErrorCode::network, why}
                  : Error{ErrorCode::invalid,
                          "the server refused it: " + std::to_string(number) + ' ' + why, number};
  for (const auto token : tokens) out_.emplace_back(notice::Answered{token, fail(error)});
  if (tokens.empty())
    happened(model::ErrorEvent{
        number == 0 ? "TIMEOUT" : std::to_string(number), why, email, {}, std::string(request)});
}

std::string ListDialogue::fly(Flight flight) {
  flight.deadline = now_ + timing_.transaction;
  flight.trid = ++trid_;
  flights_.emplace(trid_, std::move(flight));
  return std::to_string(trid_);
}

// Serial numbers of MSNP8 stand where transactions do, so the verb must be the right one, too.
bool ListDialogue::is_answer(std::string_view verb, const Flight& flight) {
  switch (flight.kind) {
    case Flight::Kind::status:
      return verb == "CHG";
    case Flight::Kind::nick:
      return verb == "PRP" || verb == "REA";
    case Flight::Kind::open:
      return verb == "BLP";
    case Flight::Kind::ask:
      return verb == "GTC";
    case Flight::Kind::person:
      break;
  }
  switch (flight.step.kind) {
    case Step::Kind::add:
      return verb == "ADC" || verb == "ADD";
    case Step::Kind::remove:
      return verb == "REM";
    case Step::Kind::rename:
      return verb == "SBP" || verb == "REA";
  }
  return false;
}

std::optional<ListDialogue::Flight> ListDialogue::take(const Command& line) {
  const auto trid = parse_number(line.word(1));
  if (!trid) return std::nullopt;
  const auto found = flights_.find(static_cast<std::uint32_t>(*trid));
  if (found == flights_.end()) return std::nullopt;
  if (!error_number(line.verb()) && !is_answer(line.verb(), found->second)) return std::nullopt;
  return std::move(flights_.extract(found).mapped());
}

void ListDialogue::set_status(Token token, model::Status status, SteadyTime now) {
  now_ = now;
  status_.wanted = status;
  status_.due = true;
  if (!ready_) self_.status = status;
  promise(token, about_status);
  advance_settings();
}

void ListDialogue::set_nick(Token token, std::string name, SteadyTime now) {
  now_ = now;
  if (!ready_) self_.nick = name;
  nick_.wanted = std::move(name);
  nick_.due = true;
  promise(token, about_nick);
  advance_settings();
}

void ListDialogue::set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
  now_ = now;
  if (!ready_) self_.privacy = privacy;
  privacy_.wanted = privacy;
  privacy_.due = true;
  promise(token, about_privacy);
  advance_settings();
}

// The next command about each setting; settles those that have come about.
void ListDialogue::advance_settings() {
  using Kind = Flight::Kind;
  if (!ready_) return;
  if (!nick_.busy) {
    if (std::exchange(nick_.due, false)) {
      nick_.busy = true;
      say(dialect_.nick(fly({.kind = Kind::nick, .name = *nick_.wanted}), self_.email,
                        *nick_.wanted));
    } else {
      settle(about_nick);
    }
  }
  if (!privacy_.busy) {
    const auto [open, ask] = privacy_.wanted.value_or(model::Privacy{});
    if (privacy_.due && said_open_ != open) {
      privacy_.busy = true;
      said_open_.reset();  // unknown until it answers
      say(command({"BLP", fly({.kind = Kind::open, .on = open}), open ? "AL" : "BL"}));
    } else if (privacy_.due && said_ask_ != ask) {
      privacy_.busy = true;
      said_ask_.reset();
      say(command({"GTC", fly({.kind = Kind::ask, .on = ask}), ask ? "A" : "N"}));
    } else {
      if (std::exchange(privacy_.due, false)) privacy_.wanted.reset();
      settle(about_privacy);
    }
  }
  if (!status_.busy) {
    if (std::exchange(status_.due, false)) {
      status_.busy = true;
      say(dialect_.status(fly({.kind = Kind::status, .status = *status_.wanted}), *status_.wanted));
    } else {
      settle(about_status);
    }
  }
}

std::optional<bool> ListDialogue::will_be_listed(std::string_view email) const {
  const auto* contact = book_.find(email);
  const bool listed = contact && contact->lists.forward;
  const auto wish = wishes_.find(email);
  if (wish == wishes_.end()) return listed;
  if (wish->second.listed) return wish->second.listed;
  if (wish->second.doubt.forward) return std::nullopt;
  return listed;
}

// They may see us, or not; with an answer if they wait for one, unless they only leave our list.
Wish& ListDialogue::consent(const std::string& email, bool allowed, Verb by) {
  auto& wish = wishes_[email];
  wish.allowed = allowed && wish.blocked != true;  // a block takes the consent with it
  wish.allowed_by = by;
  if (by == Verb::remove || by == Verb::unblock) return wish;
  if (!std::exchange(wish.answer, true)) wish.answered = false;
  return wish;
}

void ListDialogue::add(Token token, const std::string& email, const std::string& name,
                       SteadyTime now) {
  now_ = now;
  book_.set_given_name(email, name);
  out_.emplace_back(notice::Remember{});
  deny_by_us(email, false);
  consent(email, true, Verb::add).listed = true;
  promise(token, about(email, Part::listed));
  advance(email);
}

void ListDialogue::remove(Token token, const std::string& email, SteadyTime now) {
  now_ = now;
  deny_by_us(email, true);  // without a pending list they would look as if they asked again
  auto& wish = consent(email, false, Verb::remove);
  wish.listed = false;
  wish.name.reset();
  promise(token, about(email, Part::listed));
  advance(email);
}

void ListDialogue::rename(Token token, const std::string& email, const std::string& name,
                          SteadyTime now) {
  now_ = now;
  // Ours to know whatever the server makes of it: some take it and store nothing.
  book_.set_given_name(email, name);
  out_.emplace_back(notice::Remember{});
  wishes_[email].name = name;
  promise(token, about(email, Part::name));
  advance(email);
}

void ListDialogue::block(Token token, const std::string& email, SteadyTime now) {
  now_ = now;
  consent(email, false, Verb::block).blocked = true;
  promise(token, about(email, Part::blocked));
  advance(email);
}

void ListDialogue::unblock(Token token, const std::string& email, SteadyTime now) {
  now_ = now;
  const auto* contact = book_.find(email);
  const auto wish = wishes_.find(email);
  const bool pointless =
      !(contact && contact->lists.block) &&
      !(wish != wishes_.end() && (wish->second.doubt.block || wish->second.blocked == true));
  if (pointless) {
    out_.emplace_back(notice::Answered{token, {}});
    return;
  }
  deny_by_us(email, false);
  wishes_[email].blocked = false;
  consent(email, true, Verb::unblock);
  promise(token, about(email, Part::blocked));
  advance(email);
}

void ListDialogue::allow(Token token, const std::string& email, SteadyTime now) {
  now_ = now;
  deny_by_us(email, false);
  consent(email, true, Verb::allow);
  promise(token, about(email, Part::allowed));
  advance(email);
}

void ListDialogue::deny(Token token, const std::string& email, SteadyTime now) {
  now_ = now;
  deny_by_us(email, true);
  consent(email, false, Verb::deny);
  promise(token, about(email, Part::allowed));
  advance(email);
}

void ListDialogue::deny_by_us(const std::string& email, bool denied) {
  if (book_.is_denied(email) == denied) return;
  book_.deny(email, denied);
  out_.emplace_back(notice::Remember{});
}

// Sends the next command about a person, or settles what has come about.
void ListDialogue::advance(const std::string& email) {
  const auto found = wishes_.find(email);
  if (!ready_ || found == wishes_.end() || found->second.busy) return;
  auto& wish = found->second;
  const auto* contact = book_.find(email);
  const auto& card = book_.card(email);
  const bool renames = dialect_.version() == Version::msnp8 || !card.id.empty();
  if (const auto step =
          next(wish, contact ? contact->lists : model::Lists{}, card.pending, renames)) {
    send(email, wish, *step);
    return;
  }
  const bool removed = wish.listed == false;
  const Wish rest{.doubt = wish.doubt, .doubted = wish.doubted};
  if (rest.doubt.any())
    wish = rest;
  else
    wishes_.erase(found);
  if (removed) forget_name(email);
  for (const auto part : parts) settle(about(email, part));
}

void ListDialogue::send(const std::string& email, Wish& wish, Step step) {
  wish.busy = true;
  Flight flight{.kind = Flight::Kind::person, .email = email, .step = step};
  const auto id = book_.card(email).id;
  flight.name = step.kind == Step::Kind::rename ? *wish.name : id;
  const auto trid = fly(std::move(flight));
  if (step.kind == Step::Kind::rename)
    say(dialect_.rename(trid, email, id, *wish.name));
  else if (step.kind == Step::Kind::remove)
    say(dialect_.remove(trid, step.list, email, id));
  else
    say(dialect_.add(trid, step.list, email,
                     step.list == List::forward ? book_.given_name(email) : std::string()));
}

// The server has carried out a command, or says that it is so already.
void ListDialogue::done(const Flight& flight) {
  if (flight.kind != Flight::Kind::person) {
    setting_done(flight);
    return;
  }
  const auto& [kind, list] = flight.step;
  const auto& email = flight.email;
  const bool on = kind == Step::Kind::add;
  auto& wish = wishes_[email];
  wish.busy = false;
  if (kind == Step::Kind::rename) {
    if (wish.name == flight.name) wish.name.reset();
  } else if (list == List::reverse) {
    wish.answered = true;
  } else if (list == List::pending) {
    wish.answer = false;
    book_.set(List::pending, email, false);
  } else {
    const auto part = *part_of(list);
    doubt(wish, part) = false;
    if (wanted(wish, part) == on) wanted(wish, part).reset();
    const bool changed = book_.set(list, email, on);
    if (list == List::forward && !on && wish.listed != true) forget_name(email);
    if (changed && list == List::forward && on) happened(model::ContactAdded{email});
    if (changed && list == List::forward && !on) happened(model::ContactRemoved{email});
    if (changed && on == (list == List::block))  // or off a list that lets them write to us
      out_.emplace_back(notice::Barred{email});
  }
  advance(email);
}

void ListDialogue::setting_done(const Flight& flight) {
  switch (flight.kind) {
    case Flight::Kind::status:
      self_.status = said_status_ = accepted_status_ = flight.status;
      status_.busy = false;
      out_.emplace_back(notice::StatusAnswered{});
      break;
    case Flight::Kind::nick:
      self_.nick = flight.name;
      nick_.busy = false;
      if (!nick_.due) nick_.wanted.reset();
      break;
    case Flight::Kind::open:
      privacy_.busy = false;
      said_open_ = self_.privacy.open = flight.on;
      break;
    case Flight::Kind::ask:
      privacy_.busy = false;
      said_ask_ = self_.privacy.ask = flight.on;
      book_.let_ask(flight.on);
      if (!wants_to_be_asked()) accept_waiting();
      break;
    case Flight::Kind::person:
      break;
  }
  advance_settings();
}

// The server says no because it is so already.
bool ListDialogue::tolerable(const Flight& flight, int number) const {
  if (flight.kind == Flight::Kind::open || flight.kind == Flight::Kind::ask) return number == 218;
  if (flight.kind != Flight::Kind::person) return false;
  if (flight.step.kind == Step::Kind::remove)
    return number == 216 || number == 208 || number == 205;
  const auto wish = wishes_.find(flight.email);
  const bool doubtful = wish != wishes_.end() && wish->second.doubt.forward;
  return flight.step.kind == Step::Kind::add && number == 215 &&
         (flight.step.list != List::forward || doubtful);
}

// `number` 0: it has not answered, so that it may have done it all the same.
void ListDialogue::failed(const Flight& flight, int number, const std::string& why) {
  const bool of_old = flight.kind == Flight::Kind::person && flight.step.list == List::forward &&
                      flight.step.kind == Step::Kind::remove &&
                      flight.name != book_.card(flight.email).id;
  if (number != 0 && of_old) {  // they are on the list by another id now
    wishes_[flight.email].busy = false;
    advance(flight.email);
    return;
  }
  const bool listed_already =
      number == 215 && flight.kind == Flight::Kind::person && flight.step.list == List::forward;
  if (listed_already)  // by the name that they had there
    if (auto name = book_.given_name(flight.email); !name.empty())
      wishes_[flight.email].name = std::move(name);
  if (number != 0 && tolerable(flight, number)) {
    done(flight);
    return;
  }
  if (flight.kind != Flight::Kind::person) {
    setting_failed(flight, number, why);
    return;
  }
  const auto& [kind, list] = flight.step;
  const std::string& email = flight.email;
  const bool on = kind == Step::Kind::add;
  auto& wish = wishes_[email];
  wish.busy = false;
  const auto part = kind == Step::Kind::rename ? std::nullopt : part_of(list);
  auto verb = Verb::none;
  if (kind == Step::Kind::rename) {
    if (wish.name == flight.name) wish.name.reset();
  } else if (list == List::reverse) {
    wish.answered = true;
  } else if (list == List::pending) {
    wish.answer = false;
    book_.set(List::pending, email, false);
  } else {
    if (number == 0) {
      doubt(wish, *part) = true;
      wish.doubted = flight.trid;
    }
    if (wanted(wish, *part) == on) {  // else the opposite is wanted by now
      wanted(wish, *part).reset();
      verb = verb_of(wish, *part, on);
    }
  }
  if (verb == Verb::none) {
    out_.emplace_back(Note{"a change of the lists for " + visible(email) +
                           " failed: " + (number == 0 ? "" : std::to_string(number) + ' ') + why});
  } else {
    if (wish.allowed_by == verb) {  // and what would have come with it
      wish.allowed.reset();
      wish.answer = false;
    }
    if (verb == Verb::add && !listed_already) forget_name(email);
    // What an event reports when it has come about, an event reports when it has not
    // (protocol 6.6).
    if (*part == Part::listed) settle(about(email, *part));
    tell_failure(about(email, *part), number, why, email, keyword(verb));
  }
  advance(email);
}

void ListDialogue::setting_failed(const Flight& flight, int number, std::string why) {
  const auto give_up = [&](auto& setting, const std::string& about, std::string_view request) {
    if (number == 0)
      why += "; it is asked again after a reconnect";
    else
      setting.wanted.reset();
    tell_failure(about, number, why, {}, request);
  };
  switch (flight.kind) {
    case Flight::Kind::status:
      status_.busy = false;
      if (status_.due) break;
      give_up(status_, about_status, "STATUS");
      if (number != 0) {  // what was in force before a loss is asked for again
        status_.wanted = accepted_status_;
        status_.due = !said_status_ && accepted_status_ && accepted_status_ != flight.status;
        self_.status = status_.due ? accepted_status_ : said_status_;
      }
      if (!status_.due) out_.emplace_back(notice::StatusAnswered{});
      break;
    case Flight::Kind::nick:
      nick_.busy = false;
      if (!nick_.due) give_up(nick_, about_nick, "NICK");
      break;
    case Flight::Kind::open:
    case Flight::Kind::ask: {
      privacy_.busy = false;
      const bool open = flight.kind == Flight::Kind::open;
      (open ? said_open_ : said_ask_).reset();  // a late answer to an older one may have come
      if (privacy_.wanted && flight.on != (open ? privacy_.wanted->open : privacy_.wanted->ask))
        break;  // something else is wanted by now
      privacy_.due = false;
      give_up(privacy_, about_privacy, "PRIV");
      break;
    }
    case Flight::Kind::person:
      break;
  }
  advance_settings();
}

// The name of one who is not on our list (any more).
void ListDialogue::forget_name(const std::string& email) {
  const auto* contact = book_.find(email);
  if ((contact && contact->lists.forward) || book_.given_name(email).empty()) return;
  book_.set_given_name(email, {});
  out_.emplace_back(notice::Remember{});
}

void ListDialogue::ready(const Dialect& dialect, const Book::Changes& changes, SteadyTime now) {
  now_ = now;
  ready_ = true;
  dialect_ = dialect;
  status_.due = status_.wanted.has_value();
  nick_.due = nick_.wanted.has_value();
  privacy_.due = privacy_.wanted.has_value();
  advance_settings();
  std::vector<std::string> wanted;
  for (const auto& [email, wish] : wishes_) wanted.push_back(email);
  for (const auto& email : wanted) advance(email);
  for (const auto& email : changes.added_you) answer_waiting(email, true);
  accept_waiting();
}

void ListDialogue::lost() {
  ready_ = false;
  flights_.clear();
  for (const auto token : promises_.abandon()) out_.emplace_back(notice::Answered{token, {}});
  said_status_.reset();
  said_open_ = said_ask_ = std::nullopt;
  last_listed_.clear();
  for (auto& [email, wish] : wishes_) {
    wish.busy = wish.answered = false;
    wish.doubt = {};  // the next lists tell
  }
  std::erase_if(wishes_, [](const auto& each) { return each.second.empty(); });
  // Sent and not answered is to be sent again.
  status_.due = std::exchange(status_.busy, false) || status_.due;
  nick_.due = std::exchange(nick_.busy, false) || nick_.due;
  privacy_.due = std::exchange(privacy_.busy, false) || privacy_.due;
  if (status_.wanted) self_.status = status_.wanted;
  if (nick_.wanted) self_.nick = *nick_.wanted;
  if (privacy_.wanted) self_.privacy = *privacy_.wanted;
}

void ListDialogue::end() {
  const std::string why = "the session ended before the server answered";
  const auto undone = [&](const std::string& about, const std::string& email,
                          std::string_view request) {
    if (promises_.waits(about)) return;  // the answer tells
    const auto whom = email.empty() ? std::string() : " for " + email;
    happened(model::ErrorEvent{"TIMEOUT", why + whom, email, {}, std::string(request)});
  };
  for (auto& [email, wish] : wishes_) {
    if (wish.listed == true) forget_name(email);
    for (const auto part : {Part::listed, Part::blocked, Part::allowed}) {
      if (!wanted(wish, part)) continue;
      const auto verb = verb_of(wish, part, *wanted(wish, part));
      if (verb != Verb::none) undone(about(email, part), email, keyword(verb));
    }
  }
  if (nick_.due || nick_.busy) undone(about_nick, {}, "NICK");
  if (privacy_.due || privacy_.busy) undone(about_privacy, {}, "PRIV");
  for (const auto token : promises_.abandon())
    out_.emplace_back(
        notice::Answered{token, fail(ErrorCode::not_logged_in, "the session ended meanwhile")});
  ready_ = false;
  flights_.clear();
  wishes_.clear();
  status_ = {};
  accepted_status_ = said_status_ = std::nullopt;
  nick_ = {};
  privacy_ = {};
  said_open_ = said_ask_ = std::nullopt;
  last_listed_.clear();
}

std::optional<SteadyTime> ListDialogue::deadline() const {
  auto first = promises_.deadline();
  if (!flights_.empty() && (!first || flights_.begin()->second.deadline < *first))
    first = flights_.begin()->second.deadline;
  return first;
}

void ListDialogue::on_time(SteadyTime now) {
  now_ = now;
  for (const auto token : promises_.expire(now)) out_.emplace_back(notice::Answered{token, {}});
  while (!flights_.empty() && flights_.begin()->second.deadline <= now) {
    const auto late = flights_.extract(flights_.begin());
    failed(late.mapped(), 0, "the server did not answer");
  }
}

}  // namespace msn::network::msnp
