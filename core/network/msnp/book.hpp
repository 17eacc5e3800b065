// SPDX-License-Identifier: MIT
// Our lists: the roster that the daemon sees, what only MSN servers need to know about people, and
// what no server keeps for us between sessions.
#pragma once
#include "core/model/contact.hpp"
#include "core/network/msnp/dialect.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network::msnp {

// Kept on our side from session to session: who had us on their list, so that we can tell who came
// and went meanwhile; the names we gave, since some servers forget them; and whose request we have
// denied, since servers without a pending list go on showing it.
struct Known {
  std::set<std::string, std::less<>> reverse{};
  std::map<std::string, std::string, std::less<>> names{};
  std::set<std::string, std::less<>> denied{};
  bool operator==(const Known&) const = default;
};
// One line each, "reverse <address>", "name <address> <encoded name>", "denied <address>".
// Unreadable lines are skipped.
std::string write_known(const Known&);
Known read_known(std::string_view text);

class Book {
 public:
  struct Card {
    std::string id;        // the server's id of the contact; empty: none
    bool pending = false;  // on the pending list: added us and waits for our answer
    std::uint64_t caps = 0;
  };

  const model::Roster& roster() const { return present_.roster; }
  const model::Contact* find(std::string_view email) const;
  model::Lists lists(std::string_view email) const;  // that they are on
  const Card& card(std::string_view email) const;    // an empty one for strangers
  // Has us on their list, and we have neither allowed nor blocked them.
  bool is_unanswered(std::string_view email) const;
  bool is_denied(std::string_view email) const { return denied_.contains(email); }
  std::string given_name(std::string_view email) const;  // ours for them; empty: none
  std::vector<std::string> named() const;                // those whom we gave a name
  // The address of a contact's id; empty if there is no such contact.
  std::string email_of(std::string_view id) const;

  // Empties everything; what is known from earlier sessions of this account, if anything is.
  void clear(std::optional<Known> known = {});
  Known known() const;

  // The server sends the lists: what follows until end_sync replaces the present ones. Lists that
  // broke off are abandoned, and the present ones stay.
  void begin_sync();
  void abandon_sync();
  bool syncing() const { return syncing_; }
  // What is news. The first lists of a session are compared with what is known from earlier ones;
  // without such knowledge only who waits for an answer counts as new, and contacts never do.
  struct Changes {
    std::vector<std::string> added, removed, added_you, removed_you;
  };
  // A LST line. During a sync into the new lists, else a correction of the present ones.
  Changes put(const ListEntry&);
  Changes end_sync(bool first);

  // Each returns whether anything changed.
  bool set(List, std::string_view email, bool on);
  void deny(std::string_view email, bool denied);
  // Whether people who have us on their list ask at all: else they are answered without us.
  void let_ask(bool);
  void set_id(std::string_view email, std::string_view id);
  void set_name(std::string_view email, std::string name);        // what they call themselves
  void set_given_name(std::string_view email, std::string nick);  // what we call them
  bool set_phone(std::string_view email, std::string_view kind, std::string value);
  bool set_status(std::string_view email, model::Status);
  void set_caps(std::string_view email, std::uint64_t caps);
  void everybody_offline();

 private:
  struct People {
    model::Roster roster;
    std::map<std::string, Card, std::less<>> cards;  // of the same addresses
  };
  bool is_old_news(const model::Contact&, const Card&) const;
  void judge(model::Contact&) const;
  void give_known_name(model::Contact&) const;

  People present_, fresh_;
  std::map<std::string, std::string, std::less<>> given_names_;
  std::set<std::string, std::less<>> denied_;
  // Had us on their list in earlier sessions, and not listed in this one so far.
  std::set<std::string, std::less<>> known_reverse_unseen_;
  bool may_ask_ = true;
  bool no_history_ = true;  // nothing is known from earlier sessions, and no lists have come yet
  bool syncing_ = false;
};

}  // namespace msn::network::msnp
