// SPDX-License-Identifier: MIT
// The users that a network reports to this account: contacts and others on its lists.
#pragma once
#include "core/model/status.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace msn::model {

// The lists that a user is on.
struct Lists {
  bool forward = false;  // the contacts of this account
  bool allow = false;    // may see this account's status and write to it
  bool block = false;    // must not see the status or write to this account
  bool reverse = false;  // the user has this account as a contact
  bool any() const { return forward || allow || block || reverse; }
  bool operator==(const Lists&) const = default;
};

struct Contact {
  std::string email;      // lower case
  std::string nick;       // the name that this account gave the user; empty: none
  std::string real_nick;  // the user's own display name; empty: not known
  Status status = Status::offline;
  std::string note;  // the text of the status; empty: none
  Lists lists;
  bool asks = false;     // the user waits for the consent of this account (msncd-protocol(7) 13.10)
  bool awaited = false;  // this account has asked the user for consent
  std::string home_phone, work_phone, mobile_phone;  // empty: not known

  // What GETCL shows (msncd-protocol(7) 6.10): the first of nick, real_nick, email that is known.
  const std::string& shown_nick() const {
    return !nick.empty() ? nick : !real_nick.empty() ? real_nick : email;
  }
};

// All users on any list of this account, by address.
using Roster = std::map<std::string, Contact, std::less<>>;

struct Privacy {
  // PRIV p: every user who is not blocked may see this account's status and write to it; false:
  // only users on the allow list may.
  bool open = true;
  bool ask = true;  // PRIV a: this account is asked when a user adds it
};

}  // namespace msn::model
