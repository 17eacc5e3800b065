// SPDX-License-Identifier: MIT
// The operations of a session.
#include "core/network/local/local_network.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"

#include <asio/post.hpp>

namespace msn::network::local {

LocalNetwork::LocalNetwork(Options options, const Dependencies& dependencies)
    : options_(std::move(options)),
      dependencies_(dependencies),
      inotify_(dependencies_.loop),
      poll_timer_(dependencies_.loop),
      read_timer_(dependencies_.loop),
      reap_timer_(dependencies_.loop),
      worker_(std::make_unique<Worker>(options_.database, dependencies_.loop, dependencies_.log)) {}

LocalNetwork::~LocalNetwork() {
  alive_.reset();
  if (auto session = detach_session()) end_session(std::move(session), {});
  worker_.reset();
}

void LocalNetwork::answer_later(Done done, Result<void> result) {
  asio::post(dependencies_.loop,
             [alive = Alive(alive_), done = std::move(done), result = std::move(result)] {
               if (!alive.expired()) done(result);
             });
}

bool LocalNetwork::in_session(Done& done) {
  if (session_) return true;
  answer_later(std::move(done), fail(ErrorCode::not_logged_in, "not logged in"));
  return false;
}

// Carries out an operation: calls `run` on the worker's thread; then on the loop `apply`, if `run`
// succeeded and the session is still the same, and `done`.
void LocalNetwork::job(Run run, Done done, std::function<void()> apply, Worker::Access access) {
  worker_->add(
      {access,
       [session = session_, run = std::move(run)](Store& store) { return run(store, session->me); },
       [this, epoch = epoch_, done = std::move(done),
        apply = std::move(apply)](Result<void> result) {
         if (result && epoch == epoch_ && apply) apply();
         // Another login has displaced the session; the next read reports that.
         if (!result && result.error().code == ErrorCode::not_logged_in && epoch == epoch_)
           request_read();
         done(std::move(result));
       }});
}

void LocalNetwork::report(std::vector<model::Event> events) {
  if (!events.empty()) dependencies_.listener.on_batch({std::move(events)});
}

void LocalNetwork::set_status(model::Status status, Done done) {
  if (!in_session(done)) return;
  const bool first = !presence_asked_;
  presence_asked_ = true;
  auto present = std::make_shared<std::vector<View>>();
  worker_->add(
      {Worker::Access::write,
       [session = session_, status, first, present, now = dependencies_.clock.now()](Store& store) {
         auto result = store.set_status(session->me, status, now);
         if (!result || !first) return result;
         auto views = store.present(session->me);
         if (!views) return Result<void>(fail(views.error()));
         *present = std::move(*views);
         return result;
       },
       [this, epoch = epoch_, status, first, present, done = std::move(done)](Result<void> result) {
         const bool counts = epoch == epoch_;
         if (counts && result) self_.status = status;
         if (counts && !result && first) presence_asked_ = false;
         const Alive alive = alive_;
         const bool ok = result.has_value();
         done(std::move(result));
         if (!alive.expired() && ok && first && epoch == epoch_) report_present(*present);
       }});
}

void LocalNetwork::set_nick(std::string nick, Done done) {
  if (!in_session(done)) return;
  nick = without_controls(nick);
  job([nick, now = dependencies_.clock.now()](
          Store& store, const Me& me) { return store.set_nick(me, nick, now); },
      std::move(done), [this, nick] { self_.nick = nick; });
}

void LocalNetwork::set_privacy(model::Privacy privacy, Done done) {
  if (!in_session(done)) return;
  job([privacy, now = dependencies_.clock.now()](
          Store& store, const Me& me) { return store.set_privacy(me, privacy, now); },
      std::move(done),
      [this, privacy] {
        self_.privacy = privacy;
        for (auto& [email, contact] : roster_) contact.asks = asks(contact);
      });
}

void LocalNetwork::add(std::string email, std::string nick, Done done) {
  if (!in_session(done)) return;
  if (auto parsed = model::parse_email(email)) email = *parsed;
  nick = without_controls(nick);
  if (equal_ignoring_ascii_case(nick, email)) nick.clear();
  // Count the list in the database only if the limit is near.
  ++adding_;
  const bool maybe_full = roster_.size() + adding_ > max_entries;
  auto added = std::make_shared<std::optional<model::Contact>>();
  worker_->add(
      {Worker::Access::write,
       [session = session_, email, nick, maybe_full, added,
        now = dependencies_.clock.now()](Store& store) -> Result<void> {
         auto result = store.add(session->me, email, nick, maybe_full, now);
         if (!result) return fail(result.error());
         *added = std::move(*result);
         return {};
       },
       [this, epoch = epoch_, email, nick, added, done = std::move(done)](Result<void> result) {
         if (epoch == epoch_) --adding_;
         const auto there = roster_.find(email);
         const bool listed = there != roster_.end() && there->second.lists.forward;
         if (epoch == epoch_ && result && listed && !nick.empty()) there->second.nick = nick;
         if (epoch == epoch_ && result && *added) {
           auto& contact = roster_[(*added)->email];
           (*added)->lists.reverse = contact.lists.reverse;
           if ((*added)->real_nick.empty()) (*added)->real_nick = contact.real_nick;
           contact = std::move(**added);
           denied_.erase(contact.email);
           update_lists(contact.email);
         }
         done(std::move(result));
       }});
}

bool LocalNetwork::asks(const model::Contact& contact) const {
  const auto& [forward, allow, block, reverse] = contact.lists;
  return self_.privacy.ask && reverse && !forward && !allow && !block &&
         !denied_.contains(contact.email);
}

// Call it after the lists of a contact have changed: removes a contact that is on none from the
// roster, and updates Contact::asks.
void LocalNetwork::update_lists(const std::string& email) {
  const auto found = roster_.find(email);
  if (found == roster_.end()) return;
  if (!found->second.lists.any())
    roster_.erase(found);
  else
    found->second.asks = asks(found->second);
}

void LocalNetwork::remove(std::string email, Done done) {
  if (!in_session(done)) return;
  email = to_lower_ascii(email);
  job([email, now = dependencies_.clock.now()](
          Store& store, const Me& me) { return store.remove(me, email, now); },
      std::move(done),
      [this, email] {
        auto& contact = roster_[email];
        contact.email = email;
        contact.lists.forward = contact.lists.allow = false;
        if (contact.lists.reverse) denied_.insert(email);
        contact.nick.clear();
        contact.status = model::Status::offline;
        update_lists(email);
      });
}

void LocalNetwork::rename(std::string email, std::string nick, Done done) {
  if (!in_session(done)) return;
  email = to_lower_ascii(email);
  nick = without_controls(nick);
  if (equal_ignoring_ascii_case(nick, email)) nick.clear();
  job([email, nick](Store& store, const Me& me) { return store.rename(me, email, nick); },
      std::move(done),
      [this, email, nick] {
        if (const auto found = roster_.find(email); found != roster_.end())
          found->second.nick = nick;
      });
}

Abilities LocalNetwork::abilities() const {
  Abilities able;
  able.registers = options_.registration != Registration::none;
  able.changes_password = true;
  return able;
}

// Changes a list that has a limit; `change` returns whether the change was made.
void LocalNetwork::change_list(std::string email, Change change, Done done,
                               std::function<void(model::Contact&)> apply) {
  if (!in_session(done)) return;
  const auto parsed = model::parse_email(email);
  if (!parsed) return answer_later(std::move(done), fail(parsed.error()));
  if (*parsed == session_->me.email)
    return answer_later(std::move(done), fail(ErrorCode::invalid, "that is your own address"));
  auto changed = std::make_shared<bool>(false);
  job(
      [email = *parsed, change, changed, now = dependencies_.clock.now()](
          Store& store, const Me& me) -> Result<void> {
        auto result = (store.*change)(me, email, now);
        if (!result) return fail(result.error());
        *changed = *result;
        return {};
      },
      std::move(done),
      [this, email = *parsed, changed, apply = std::move(apply)] {
        if (!*changed) return;
        auto& contact = roster_[email];
        contact.email = email;
        apply(contact);
        update_lists(email);
      });
}

void LocalNetwork::allow(std::string email, Done done) {
  change_list(std::move(email), &Store::allow, std::move(done), [this](model::Contact& contact) {
    contact.lists.allow = !contact.lists.block;
    denied_.erase(contact.email);
  });
}

void LocalNetwork::deny(std::string email, Done done) {
  change_list(std::move(email), &Store::deny, std::move(done), [this](model::Contact& contact) {
    contact.lists.allow = false;
    denied_.insert(contact.email);
  });
}

void LocalNetwork::block(std::string email, Done done) {
  change_list(std::move(email), &Store::block, std::move(done), [](model::Contact& contact) {
    contact.lists.block = true;
    contact.lists.allow = false;
  });
}

void LocalNetwork::unblock(std::string email, Done done) {
  if (!in_session(done)) return;
  email = to_lower_ascii(email);
  job([email, now = dependencies_.clock.now()](
          Store& store, const Me& me) { return store.unblock(me, email, now); },
      std::move(done),
      [this, email] {
        const auto found = roster_.find(email);
        if (found == roster_.end() || !found->second.lists.block) return;
        found->second.lists.block = false;
        found->second.lists.allow = true;
        denied_.erase(email);
      });
}

void LocalNetwork::send(OutgoingMessage message, Done done) {
  if (!in_session(done)) return;
  message.to = to_lower_ascii(message.to);
  auto sending = std::make_shared<Sending>(Sending::refused);
  const std::string to = message.to;
  job(
      [message = std::move(message), sending, now = dependencies_.clock.now()](
          Store& store, const Me& me) -> Result<void> {
        auto result = store.send(me, message, now);
        if (!result) return fail(result.error());
        *sending = *result;
        return {};
      },
      std::move(done),
      [this, to, sending] {
        if (*sending != Sending::kept) return;
        ++kept_[to];
        ++self_.queued;
      });
}

void LocalNetwork::typing(std::string email, Done done) {
  if (!in_session(done)) return;
  email = to_lower_ascii(email);
  job([email, now = dependencies_.clock.now()](
          Store& store, const Me& me) { return store.typing(me, email, now); },
      std::move(done), {}, Worker::Access::write_unsynced);
}

void LocalNetwork::recall(std::vector<std::string> ids, std::function<void(Recalled)> done) {
  if (!session_) return done(std::nullopt);
  auto open = std::make_shared<Recalled>();
  worker_->add({Worker::Access::read,
                [session = session_, open](Store& store) -> Result<void> {
                  auto tokens = store.open_tokens(session->me);
                  if (!tokens) return fail(tokens.error());
                  *open = std::move(*tokens);
                  return {};
                },
                [open, ids = std::move(ids), done = std::move(done)](const Result<void>& looked) {
                  // After an error assume that the network knows all: none is reported as lost.
                  done(looked ? *open : Recalled(ids));
                }});
}

}  // namespace msn::network::local
