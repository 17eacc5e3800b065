// SPDX-License-Identifier: MIT
// The account's lists as the server has them: forward (FL), allow (AL), block (BL), reverse (RL)
// and pending list (PL), with names and presence of the users on them.
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

// What the state directory keeps of an account between sessions, because servers do not.
struct SavedLists {
  // The users on the reverse list: the next login reports who was added or removed since.
  std::set<std::string, std::less<>> reverse{};
  // Names given by the account (ADD, REN), by address: some servers do not store them.
  std::map<std::string, std::string, std::less<>> names{};
  // Users whose request was denied: servers without a pending list show such a request forever.
  std::set<std::string, std::less<>> denied{};
  bool operator==(const SavedLists&) const = default;
};
// One line each: "reverse <address>", "name <address> <encoded name>", "denied <address>".
// Invalid lines are skipped.
std::string write_saved_lists(const SavedLists&);
SavedLists read_saved_lists(std::string_view text);

class ContactLists {
 public:
  // Properties of a user that only MSN servers have.
  struct Details {
    std::string id;          // contact ID of the server; empty: none
    bool pending = false;    // on the pending list
    std::uint64_t caps = 0;  // client capabilities, from NLN and ILN
  };

  // All users on any list, by address.
  const model::Roster& roster() const { return current_.roster; }
  // Owned by this object, valid until it changes; null if the user is on no list.
  const model::Contact* find(std::string_view email) const;
  model::Lists lists(std::string_view email) const;
  const Details& details(std::string_view email) const;  // empty if the user is on no list
  // On the reverse list and neither on the allow nor on the block list.
  bool is_unanswered(std::string_view email) const;
  bool is_denied(std::string_view email) const { return denied_.contains(email); }
  std::string given_name(std::string_view email) const;  // empty: none
  std::vector<std::string> with_given_name() const;      // addresses
  // The address of a contact ID; empty if unknown.
  std::string email_of(std::string_view id) const;

  // Removes everything and starts a session with the saved lists; nullopt: nothing was saved.
  void clear(std::optional<SavedLists> saved = {});
  SavedLists saved() const;

  // SYN: the lists received until end_sync replace the current ones. abandon_sync keeps the current
  // ones.
  void begin_sync();
  void abandon_sync();
  bool syncing() const { return syncing_; }
  // Changes to report to clients. After the first SYN of a session, these are only the differences
  // between the reverse list and the saved one; without a saved one, only users who wait for an
  // answer count as added.
  struct Changes {
    std::vector<std::string> added, removed, added_you, removed_you;
  };
  // A LST line: part of the lists of a SYN, or a correction of the current lists.
  Changes put(const ListEntry&);
  Changes end_sync(bool first);

  // Changes one membership, and removes a user who is then on no list. Returns whether it was a
  // change. Adding to the pending list also adds to the reverse list; for removing from the pending
  // list the result is always false.
  bool set(List, std::string_view email, bool on);
  // Records whether the account has denied this user.
  void deny(std::string_view email, bool denied);
  // Whether users need consent (GTC A). If not, no contact counts as asking for it.
  void set_may_ask(bool);
  void set_id(std::string_view email, std::string_view id);
  void set_name(std::string_view email, std::string name);        // chosen by the contact
  void set_given_name(std::string_view email, std::string nick);  // chosen by the account
  // `kind`: PHH, PHW or PHM; returns false for another kind or an unknown user.
  bool set_phone(std::string_view email, std::string_view kind, std::string value);
  bool set_status(std::string_view email, model::Status);  // true if it was a change
  void set_caps(std::string_view email, std::uint64_t caps);
  void set_all_offline();

 private:
  struct Users {
    model::Roster roster;
    std::map<std::string, Details, std::less<>> details;  // of the same addresses
  };
  bool already_reported(const model::Contact&, const Details&) const;
  void update_asks(model::Contact&) const;
  void use_given_name(model::Contact&) const;

  Users current_, incoming_;
  std::map<std::string, std::string, std::less<>> given_names_;
  std::set<std::string, std::less<>> denied_;
  // On the saved reverse list, and not received from the server in this session so far.
  std::set<std::string, std::less<>> saved_reverse_unseen_;
  bool may_ask_ = true;
  bool nothing_saved_ = true;  // nothing was saved, and no lists have been received yet
  bool syncing_ = false;
};

}  // namespace msn::network::msnp
