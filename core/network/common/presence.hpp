// SPDX-License-Identifier: MIT
// The status of each contact that was reported last, so that only changes are reported, also after
// a loss: contacts that were there before it and are not announced again within a time are gone.
#pragma once
#include "core/model/status.hpp"
#include "core/network/common/deadlines.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network {

class ToldPresence {
 public:
  // The network says so. Is it another status than the one told last?
  bool announce(const std::string& email, model::Status);
  // On our list now, or no more. Who is added is offline until announced.
  void add(const std::string& email);
  void remove(const std::string& email);
  void clear();

  // The session is lost: no contact is announced any more. Until settle() those that were there
  // are awaited.
  void lose();
  // The end of the waiting; nothing: not known yet.
  void settle_at(std::optional<SteadyTime> at) { settle_at_ = at; }
  std::optional<SteadyTime> deadline() const { return settle_at_; }
  bool settling() const { return settling_; }
  bool awaited(const std::string& email) const;
  // Ends the waiting: who is still awaited. They are to be announced as offline.
  std::vector<std::string> settle();

 private:
  struct Person {
    model::Status told = model::Status::offline;
    bool here = false;  // announced as there since the last loss
  };
  static bool is_awaited(const Person& person) {
    return person.told != model::Status::offline && !person.here;
  }

  std::map<std::string, Person, std::less<>> people_;
  bool settling_ = false;
  std::optional<SteadyTime> settle_at_;
};

}  // namespace msn::network
