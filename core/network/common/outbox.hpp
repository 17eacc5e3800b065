// SPDX-License-Identifier: MIT
// Messages waiting to be sent, in order for each recipient: bounded, and each with a deadline. No
// function iterates over all messages.
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
    std::uint64_t key = 0;  // for the network's use
    std::string id, text;
    SteadyTime deadline;
  };
  using Letters = std::deque<Letter>;
  struct Load {
    std::size_t letters = 0, bytes = 0;  // bytes of their texts
  };

  // `most`: the limit for the whole outbox; the caller checks it with fits().
  explicit Outbox(Load most) : most_(most) {}

  // Whether one more text of `bytes` bytes is within the limit, together with `elsewhere`, the load
  // that the network holds outside of this outbox.
  bool fits(std::size_t bytes, Load elsewhere) const;
  void put(const std::string& to, Letter);        // at the end
  void put_back(const std::string& to, Letters);  // at the beginning
  // Removes and returns all letters for this recipient.
  Letters take(const std::string& to);
  // Removes and returns letters from the beginning, as long as their deadlines have passed.
  Letters expire(const std::string& to, SteadyTime now);

  bool has(const std::string& to) const { return waiting_.contains(to); }
  std::size_t count(const std::string& to) const;
  std::vector<std::string> recipients() const;
  Load load() const { return load_; }
  std::optional<SteadyTime> deadline() const { return deadlines_.first(); }
  // The deadline of the first letter for this recipient.
  std::optional<SteadyTime> deadline_of(const std::string& to) const { return deadlines_.of(to); }
  // The recipients for whom expire() would return letters.
  std::vector<std::string> due(SteadyTime now) const { return deadlines_.due(now); }

 private:
  void count_in(const Letter&);
  void count_out(const Letter&);
  void update(const std::string& to);

  Load most_, load_;
  std::map<std::string, Letters> waiting_;  // by recipient; no value is empty
  Deadlines<std::string> deadlines_;        // of the first letter for each recipient
};

}  // namespace msn::network
