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
// and went meanwhile; and the names we gave, since some servers forget them.
struct Known {
  std::set<std::string, std::less<>> reverse;
  std::map<std::string, std::string, std::less<>> names;
  bool operator==(const Known&) const = default;
};
// One line each, "reverse <address>" or "name <address> <encoded name>". Unreadable lines are
// skipped.
std::string write_known(const Known&);
Known read_known(std::string_view text);

class Book {
 public:
  struct Card {
    std::string id;        // the server's id of the contact; empty: none
    bool pending = false;  // added us and waits for our answer
    std::uint64_t caps = 0;
  };

  const model::Roster& roster() const { return roster_; }
  const model::Contact* find(std::string_view email) const;
  const Card& card(std::string_view email) const;  // an empty one for strangers
  // Added us, and nothing has been done about it.
  bool waits_for_answer(std::string_view email) const;
  // The address of a contact's id; empty if nobody has it.
  std::string email_of(std::string_view id) const;

  // Empties everything; what is known from earlier sessions of this account, if anything is.
  void clear(std::optional<Known> known = {});
  Known known() const;

  // The lists are told anew: what follows until end_sync replaces them. Lists that broke off are
  // abandoned, and the present ones stay.
  void begin_sync();
  void abandon_sync();
  bool syncing() const { return syncing_; }
  std::size_t synced() const { return fresh_.size(); }
  // What is news. The first lists of a session are compared with what is known from earlier ones;
  // without such knowledge only who waits for an answer counts as new, and contacts never do.
  struct Changes {
    std::vector<std::string> added, removed, added_you, removed_you;
  };
  // A LST line. During a sync into the new lists, else a correction of the present ones.
  Changes put(const ListEntry&);
  // `complete`: else who is not among the new lists keeps their place.
  Changes end_sync(bool first, bool complete);

  // Each returns whether anything changed.
  bool set(List, std::string_view email, bool on);
  void set_id(std::string_view email, std::string_view id);
  void set_name(std::string_view email, std::string name);        // what they call themselves
  void set_given_name(std::string_view email, std::string nick);  // what we call them
  bool set_phone(std::string_view email, std::string_view kind, std::string value);
  bool set_status(std::string_view email, model::Status);
  void set_caps(std::string_view email, std::uint64_t caps);
  void everybody_offline();

 private:
  using Cards = std::map<std::string, Card, std::less<>>;
  model::Contact& contact(std::string_view email);
  bool is_old_news(const model::Contact&, const Card&) const;
  void forget_if_unlisted(std::string_view email);

  model::Roster roster_, fresh_;
  Cards cards_, fresh_cards_;
  std::optional<Known> known_;  // of earlier sessions; the names are kept current
  // Who had us on their list in earlier sessions and has not been listed in this one, so far.
  std::set<std::string, std::less<>> unlisted_;
  bool guessing_ = true;  // nothing is known from earlier sessions, nor are the lists complete
  bool syncing_ = false;
};

}  // namespace msn::network::msnp
