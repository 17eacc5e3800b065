// SPDX-License-Identifier: MIT
#include "core/daemon/names.hpp"

#include "core/base/percent.hpp"
#include "core/base/similar.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <vector>

namespace msn::daemon {
namespace {

// A contact with its folded names: the one the user gave, and the one the contact chose.
struct Named {
  const model::Contact* contact;
  std::string given, chosen;  // empty: there is none
};

std::vector<Named> fold_names(const model::Roster& people) {
  std::vector<Named> names;
  for (const auto& [email, contact] : people) {
    if (!contact.lists.forward) continue;
    Named one{&contact, fold_name(contact.nick), fold_name(contact.real_nick)};
    // A chosen name must not be mistaken for an address.
    if (one.chosen.find('@') != one.chosen.npos) one.chosen.clear();
    names.push_back(std::move(one));
  }
  return names;
}

struct Match {
  const Named* one = nullptr;
  bool several = false;

  void add(const Named& named) {
    several = one != nullptr;
    one = &named;
  }
};

Match find(const std::vector<Named>& names, std::string_view name, std::string_view folded) {
  if (folded.empty()) return {};
  Match exact, similar;
  for (const Named& named : names) {
    if (named.contact->nick == name) exact.add(named);
    if (named.given == folded || named.chosen == folded) similar.add(named);
  }
  if (exact.one != nullptr) return exact;
  // A chosen name counts only for a contact to whom the user gave no name.
  const bool match = similar.several || similar.one == nullptr || similar.one->given == folded ||
                     similar.one->contact->nick.empty();
  return match ? similar : Match{};
}

// The most similar name that identifies one contact; empty: none.
std::string nearest(const std::vector<Named>& names, std::string_view folded) {
  std::vector<std::string_view> known;
  for (const Named& named : names)
    known.push_back(named.contact->nick.empty() ? named.chosen : named.given);
  const auto best = most_similar(folded, known);
  if (!best) return {};
  const auto at = std::find(known.begin(), known.end(), *best) - known.begin();
  const model::Contact& contact = *names[static_cast<std::size_t>(at)].contact;
  const std::string& name = contact.nick.empty() ? contact.real_nick : contact.nick;
  return find(names, name, *best).several ? std::string() : name;
}

}  // namespace

Result<std::string> contact_named(const model::Roster& people, std::string_view name) {
  const auto not_found = [&](std::string words) {
    return fail(Error{ErrorCode::unknown_contact, std::move(words), 0, std::string(name)});
  };
  const std::string folded = fold_name(name);
  const std::vector<Named> names = fold_names(people);
  const Match match = find(names, name, folded);
  if (match.several) return not_found("SEVERAL");
  if (match.one != nullptr) return match.one->contact->email;
  const std::string near = nearest(names, folded);
  return not_found(near.empty() ? std::string() : "NEAR=" + percent_encode(near));
}

}  // namespace msn::daemon
