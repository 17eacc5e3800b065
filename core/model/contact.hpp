// SPDX-License-Identifier: MIT
// People, as a network knows them.
#pragma once
#include "core/model/status.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace msn::model {

// Which of the four lists somebody is on; a person may be on several.
struct Lists {
  bool forward = false;  // our contacts
  bool allow = false;
  bool block = false;
  bool reverse = false;  // they have us on theirs
  bool any() const { return forward || allow || block || reverse; }
  bool operator==(const Lists&) const = default;
};

struct Contact {
  std::string email;      // lower case
  std::string nick;       // the name we gave them; empty: none
  std::string real_nick;  // the name they give themselves; empty: not known
  Status status = Status::offline;
  std::string note;  // the text of their status; empty: none
  Lists lists;
  bool asks = false;     // they want our consent (msncd-protocol(7) 13.10), and have no answer yet
  bool awaited = false;  // we want theirs
  std::string home_phone, work_phone, mobile_phone;  // empty: not known

  // What GETCL shows (protocol 6.10): our name for them, else theirs, else the address.
  const std::string& shown_nick() const {
    return !nick.empty() ? nick : !real_nick.empty() ? real_nick : email;
  }
};

// Everybody on any of our lists, by address.
using Roster = std::map<std::string, Contact, std::less<>>;

struct Privacy {
  bool open = true;  // PRIV p: anybody may see us and write to us, else only whom we allow
  bool ask = true;   // PRIV a: we want to be asked before somebody adds us
};

}  // namespace msn::model
