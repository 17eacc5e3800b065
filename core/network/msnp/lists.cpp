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

constexpr std::array<List, 3> our_lists{List::forward, List::block, List::allow};

// What settles a verb about a person on a list; nothing: about their name.
std::string about(const std::string& email, std::optional<List> list) {
  return email + ' ' + std::string(list ? list_name(*list) : "name");
}

}  // namespace

void ListDialogue::promise(Token token, const std::string& about) {
  if (ready_)
    promises_.make(token, about, now_ + timing_.patience);
  else
    answer({token}, {});
}

void ListDialogue::answer(const Tokens& tokens, const Result<void>& result) {
  for (const auto token : tokens) out_.emplace_back(Finish{token, result});
}

void ListDialogue::settle(std::string_view about) {
  answer(promises_.settle(std::string(about)), {});
}

// By the answer, if it is still waited for, else by an event. `number` 0: no answer came.
void ListDialogue::tell_failure(std::string_view about, int number, const std::string& why,
                                const std::string& email, std::string_view request) {
  const auto tokens = promises_.settle(std::string(about));
  answer(tokens, number == 0
                     ? fail(ErrorCode::network, why)
                     : fail(ErrorCode::invalid,
                            "the server refused the request: " + std::to_string(number) + ' ' + why,
                            number));
  if (tokens.empty())
    happened(model::ErrorEvent{
        number == 0 ? "TIMEOUT" : std::to_string(number), why, email, {}, std::string(request)});
}

void ListDialogue::ask(Flight flight, std::string command) {
  flight.trid = trid_;
  flights_.add(trid_, command, std::move(flight), now_ + timing_.transaction);
  out_.emplace_back(notice::Say{std::move(command)});
}

// The next command about each setting; settles those that have come about.
void ListDialogue::advance_settings() {
  using Kind = Flight::Kind;
  if (!ready_) return;
  if (!nick_.busy && std::exchange(nick_.due, false)) {
    nick_.busy = true;
    ask({.kind = Kind::nick, .name = *nick_.wanted},
        dialect_.nick(next_trid(), self_.email, *nick_.wanted));
  }
  if (!nick_.busy) settle(nick_.request);
  if (!privacy_.busy && privacy_.due) {
    const auto wanted = *privacy_.wanted;
    privacy_.busy = true;
    if (open_.said != wanted.open) {
      open_.said.reset();  // unknown until it answers
      ask({.kind = Kind::open, .on = wanted.open},
          command({"BLP", next_trid(), wanted.open ? "AL" : "BL"}));
    } else if (ask_.said != wanted.ask) {
      ask_.said.reset();
      ask({.kind = Kind::ask, .on = wanted.ask},
          command({"GTC", next_trid(), wanted.ask ? "A" : "N"}));
    } else {
      privacy_ = {privacy_.request};
    }
  }
  if (!privacy_.busy) settle(privacy_.request);
  if (!status_.busy && std::exchange(status_.due, false)) {
    status_.busy = true;
    ask({.kind = Kind::status, .status = *status_.wanted},
        dialect_.status(next_trid(), *status_.wanted));
  }
  if (!status_.busy) settle(status_.request);
}

const Wish& ListDialogue::wish_for(std::string_view email) const {
  static const Wish none;
  const auto found = wishes_.find(email);
  return found == wishes_.end() ? none : found->second;
}

std::optional<bool> ListDialogue::will_be_listed(std::string_view email) const {
  const auto& [wanted, doubt] = wish_for(email)[List::forward];
  if (wanted) return wanted;
  if (doubt != 0) return std::nullopt;
  return book_.lists(email).forward;
}

void ListDialogue::add(Token token, const std::string& email, const std::string& name,
                       SteadyTime now) {
  give_name(email, name);
  change(token, List::forward, true, email, now);
}

void ListDialogue::rename(Token token, const std::string& email, const std::string& name,
                          SteadyTime now) {
  now_ = now;
  // Ours to know whatever the server makes of it: some take it and store nothing.
  give_name(email, name);
  wishes_[email].name = name;
  promise(token, about(email, {}));
  advance(email);
}

void ListDialogue::change(Token token, List list, bool on, const std::string& email,
                          SteadyTime now) {
  now_ = now;
  const bool blocks = list == List::block && on, unblocks = list == List::block && !on;
  const auto& block = wish_for(email)[List::block];
  if (unblocks && !book_.lists(email).block && block.wanted != true && block.doubt == 0)
    return answer({token}, {});
  const bool allowed = list == List::block ? !on : on;
  // Without a pending list those whom we remove would look as if they asked again.
  if (!blocks) deny_by_us(email, !allowed);
  auto& wish = wishes_[email];
  wish[list].wanted = on;
  wish[List::allow].wanted = allowed && wish[List::block].wanted != true;  // a block takes it away
  wish.consent = request_for(list, on);
  // With an answer if they wait for one, unless they only leave our list.
  if ((on || list == List::allow) && !std::exchange(wish.answer, true)) wish.answered = false;
  if (list == List::forward && !on) wish.name.reset();
  promise(token, about(email, list));
  advance(email);
}

void ListDialogue::deny_by_us(const std::string& email, bool denied) {
  if (book_.is_denied(email) == denied) return;
  book_.deny(email, denied);
  out_.emplace_back(notice::Remember{});
}

void ListDialogue::give_name(const std::string& email, const std::string& name) {
  book_.set_given_name(email, name);
  out_.emplace_back(notice::Remember{});
}

// The name of one who is not on our list (any more).
void ListDialogue::forget_name(const std::string& email) {
  if (!book_.lists(email).forward && !book_.given_name(email).empty()) give_name(email, {});
}

// Sends the next command about a person, or settles what has come about.
void ListDialogue::advance(const std::string& email) {
  const auto found = wishes_.find(email);
  if (!ready_ || found == wishes_.end() || found->second.busy) return;
  auto& wish = found->second;
  const auto& card = book_.card(email);
  const bool renames = dialect_.version() == Version::msnp8 || !card.id.empty();
  if (const auto step = next(wish, book_.lists(email), card.pending, renames))
    return send(email, wish, *step);
  const bool removed = wish[List::forward].wanted == false;
  wish.settle();
  if (wish.empty()) wishes_.erase(found);
  if (removed) forget_name(email);
  for (const auto list : our_lists) settle(about(email, list));
  settle(about(email, {}));
}

void ListDialogue::send(const std::string& email, Wish& wish, const Step& step) {
  const auto& [list, on] = step;
  const auto id = book_.card(email).id;
  wish.busy = true;
  const auto trid = next_trid();
  const auto name = !list                   ? *wish.name
                    : list == List::forward ? book_.given_name(email)
                                            : std::string();
  ask({.email = email, .name = name, .id = id, .step = step},
      !list ? dialect_.rename(trid, email, id, name)
      : on  ? dialect_.add(trid, *list, email, name)
            : dialect_.remove(trid, *list, email, id));
}

// What the answer means, be it yes or no. Is there more to it: is it about one of our lists?
bool ListDialogue::finish(const Flight& flight) {
  const auto& list = flight.step.list;
  auto& wish = wishes_[flight.email];
  wish.busy = false;
  if (!list) {
    if (wish.name == flight.name) wish.name.reset();
  } else if (list == List::reverse) {
    wish.answered = true;
  } else if (list == List::pending) {
    wish.answer = false;
    book_.set(List::pending, flight.email, false);
  } else {
    return true;
  }
  return false;
}

// What the server has now of one of our lists. Was that news?
bool ListDialogue::put(List list, const std::string& email, bool on) {
  if (!book_.set(list, email, on)) return false;
  if (list == List::forward && on) happened(model::ContactAdded{email});
  if (list == List::forward && !on) happened(model::ContactRemoved{email});
  if (list != List::reverse &&
      on == (list == List::block))  // or off one that lets them write to us
    out_.emplace_back(notice::Barred{email});
  return true;
}

// The server has carried out a command, or says that it is so already.
void ListDialogue::done(const Flight& flight) {
  if (flight.kind != Flight::Kind::person) return setting_done(flight);
  const auto& [list, on] = flight.step;
  const auto& email = flight.email;
  if (finish(flight)) {
    auto& wish = wishes_[email];
    auto& [wanted, doubt] = wish[*list];
    doubt = 0;
    if (wanted == on) wanted.reset();
    put(*list, email, on);
    if (list == List::forward && !on && wanted != true) forget_name(email);
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
      self_.privacy.open = flight.on;
      open_ = {flight.on};
      break;
    case Flight::Kind::ask:
      privacy_.busy = false;
      self_.privacy.ask = flight.on;
      ask_ = {flight.on};
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
  const auto& [list, on] = flight.step;
  if (!list) return false;
  if (!on) return number == 216 || number == 208 || number == 205;
  return number == 215 &&
         (list != List::forward || wish_for(flight.email)[List::forward].doubt != 0);
}

// `number` 0: it has not answered, so that it may have done it all the same.
void ListDialogue::failed(const Flight& flight, int number, const std::string& why) {
  const auto& [list, on] = flight.step;
  const auto& email = flight.email;
  if (number != 0 && list == List::forward && !on && flight.id != book_.card(email).id) {
    wishes_[email].busy = false;  // they are on the list by another id now
    return advance(email);
  }
  const bool listed_already = number == 215 && list == List::forward;
  if (listed_already)  // by the name that they had there
    if (auto name = book_.given_name(email); !name.empty()) wishes_[email].name = std::move(name);
  if (number != 0 && tolerable(flight, number)) return done(flight);
  if (flight.kind != Flight::Kind::person) return setting_failed(flight, number, why);
  std::string_view request;  // that has failed with it
  if (finish(flight)) {
    auto& wish = wishes_[email];
    auto& [wanted, doubt] = wish[*list];
    if (number == 0) doubt = flight.trid;
    if (wanted == on) {  // else the opposite is wanted by now
      wanted.reset();
      request = aim(wish, *list, on);
    }
  }
  if (request.empty()) {
    out_.emplace_back(Note{"a list change for " + visible(email) +
                           " failed: " + (number == 0 ? "" : std::to_string(number) + ' ') + why});
  } else {
    auto& wish = wishes_[email];
    if (wish.consent == request) {  // and what would have come with it
      wish[List::allow].wanted.reset();
      wish.answer = false;
    }
    if (request == "ADD" && number != 0 && !listed_already) forget_name(email);
    // What an event reports when it has come about, an event reports when it has not (protocol
    // 6.6).
    if (list == List::forward) settle(about(email, list));
    tell_failure(about(email, list), number, why, email, request);
  }
  advance(email);
}

void ListDialogue::setting_failed(const Flight& flight, int number, std::string why) {
  const auto give_up = [&](auto& setting) {
    if (number == 0)
      why += "; msncd repeats the request after a reconnect";
    else
      setting.wanted.reset();
    tell_failure(setting.request, number, why, {}, setting.request);
  };
  switch (flight.kind) {
    case Flight::Kind::status:
      status_.busy = false;
      if (status_.due) break;
      give_up(status_);
      if (number != 0) {  // what was in force before a loss is asked for again
        status_.wanted = accepted_status_;
        status_.due = !said_status_ && accepted_status_ && accepted_status_ != flight.status;
        self_.status = status_.due ? accepted_status_ : said_status_;
      }
      if (!status_.due) out_.emplace_back(notice::StatusAnswered{});
      break;
    case Flight::Kind::nick:
      nick_.busy = false;
      if (!nick_.due) give_up(nick_);
      break;
    case Flight::Kind::open:
    case Flight::Kind::ask: {
      privacy_.busy = false;
      const bool open = flight.kind == Flight::Kind::open;
      auto& mode = open ? open_ : ask_;
      mode.said.reset();  // a late answer to an older one may have come
      if (number == 0) mode.doubt = flight.trid;
      if (privacy_.wanted && flight.on != (open ? privacy_.wanted->open : privacy_.wanted->ask))
        break;  // something else is wanted by now
      privacy_.due = false;
      give_up(privacy_);
      break;
    }
    case Flight::Kind::person:
      break;
  }
  advance_settings();
}

void ListDialogue::ready(const Dialect& dialect, const Book::Changes& changes, SteadyTime now) {
  now_ = now;
  ready_ = true;
  dialect_ = dialect;
  each_setting([](auto& setting, auto&) { setting.due = setting.wanted.has_value(); });
  advance_settings();
  std::vector<std::string> wanted;
  for (const auto& [email, wish] : wishes_) wanted.push_back(email);
  for (const auto& email : wanted) advance(email);
  for (const auto& email : book_.named())  // of an ADD that was never answered
    if (will_be_listed(email) == false) forget_name(email);
  for (const auto& email : changes.added_you) answer_waiting(email, true);
  accept_waiting();
}

void ListDialogue::lost() {
  ready_ = false;
  flights_.clear();
  answer(promises_.abandon(), {});
  said_status_.reset();
  open_ = ask_ = {};
  last_listed_.clear();
  for (auto& [email, wish] : wishes_) {
    wish.busy = wish.answered = false;
    for (auto& part : wish.parts) part.doubt = 0;  // the next lists tell
  }
  std::erase_if(wishes_, [](const auto& each) { return each.second.empty(); });
  each_setting([](auto& setting, auto& shown) {
    // Sent and not answered is to be sent again.
    setting.due = std::exchange(setting.busy, false) || setting.due;
    if (setting.wanted) shown = *setting.wanted;
  });
}

void ListDialogue::end() {
  const std::string why = "the session ended before the server answered";
  const auto undone = [&](const std::string& about, const std::string& email,
                          std::string_view request) {
    if (promises_.waits(about)) return;  // the answer tells
    const auto whom = email.empty() ? std::string() : " for " + email;
    happened(model::ErrorEvent{"TIMEOUT", why + whom, email, {}, std::string(request)});
  };
  for (const auto& [email, wish] : wishes_) {
    if (wish[List::forward].wanted == true) forget_name(email);
    for (const auto list : our_lists) {
      if (!wish[list].wanted) continue;
      const auto request = aim(wish, list, *wish[list].wanted);
      if (!request.empty()) undone(about(email, list), email, request);
    }
  }
  each_setting([&](const auto& setting, const auto&) {
    const bool changes = setting.due || setting.busy;
    if (changes && setting.request != status_.request)
      undone(std::string(setting.request), {}, setting.request);
  });
  answer(promises_.abandon(),
         fail(ErrorCode::not_logged_in, "the session ended before the server answered"));
  lost();
  wishes_.clear();
  each_setting([](auto& setting, auto&) { setting = {setting.request}; });
  accepted_status_.reset();
}

std::optional<SteadyTime> ListDialogue::deadline() const {
  return earliest({promises_.deadline(), flights_.deadline()});
}

void ListDialogue::on_time(SteadyTime now) {
  now_ = now;
  answer(promises_.expire(now), {});
  while (const auto late = flights_.expire(now)) failed(*late, 0, "the server did not answer");
}

}  // namespace msn::network::msnp
