// SPDX-License-Identifier: MIT
// Texts that wait until they can be handed over, by recipient and in order: bounded, and each with
// a deadline. No call walks over all of them.
#pragma once
#include "core/network/common/deadlines.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace msn::network {

class Outbox {
 public:
  struct Letter {
    std::uint64_t key = 0;  // the network's own
    std::string id, text;
    SteadyTime deadline;
  };
  using Letters = std::deque<Letter>;
  struct Load {
    std::size_t letters = 0, bytes = 0;  // bytes of their texts
  };

  explicit Outbox(Load most) : most_(most) {}

  // Is there room for a text of so many bytes? `elsewhere`: what the network holds besides these.
  bool fits(std::size_t bytes, Load elsewhere) const;
  void put(const std::string& to, Letter);
  // Before those that wait already.
  void put_back(const std::string& to, Letters);
  // All that waits for this recipient; empty if nothing does.
  Letters take(const std::string& to);
  // Those in front whose time is over. What stands behind one that still has time waits with it.
  Letters expire(const std::string& to, SteadyTime now);

  bool has(const std::string& to) const { return waiting_.contains(to); }
  std::size_t count(const std::string& to) const;
  std::vector<std::string> recipients() const;
  Load load() const { return load_; }
  std::optional<SteadyTime> deadline() const { return deadlines_.first(); }
  // Of the first letter for this recipient.
  std::optional<SteadyTime> deadline_of(const std::string& to) const { return deadlines_.of(to); }
  // Whose letters expire now.
  std::vector<std::string> due(SteadyTime now) const { return deadlines_.due(now); }

 private:
  void count_in(const Letter&);
  void count_out(const Letter&);
  void update(const std::string& to);

  Load most_, load_;
  std::map<std::string, Letters> waiting_;  // none of them empty
  Deadlines<std::string> deadlines_;        // of the first letter of each
};

}  // namespace msn::network
