// SPDX-License-Identifier: MIT
// Commands that are not answered yet, by transaction number. An answer has the transaction number
// and the verb of the command, or is an error with that number. The verb is compared because in
// other lines MSNP8 servers put a list version in the place of that number.
#pragma once
#include "core/base/text.hpp"
#include "core/network/common/deadlines.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/error_table.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace msn::network::msnp {

template <class What>
class Transactions {
 public:
  // Numbers and deadlines must increase. `command`: as sent. `what`: for take() and expire().
  void add(std::uint32_t number, std::string_view command, What what, SteadyTime deadline) {
    const std::string verb(command.substr(0, command.find(' ')));
    open_.emplace(number, Open{verb, std::move(what), deadline});
  }
  // Removes and returns the command that this line answers; nullopt: it answers none.
  std::optional<What> take(const Command& line) {
    const auto found = open_.find(parse_number(line.word(1)).value_or(0));
    if (found == open_.end()) return std::nullopt;
    if (!error_number(line.verb()) && line.verb() != found->second.verb) return std::nullopt;
    return std::move(open_.extract(found).mapped().what);
  }
  // Removes and returns the first command whose deadline has passed; nullopt: none has.
  std::optional<What> expire(SteadyTime now) {
    if (open_.empty() || open_.begin()->second.deadline > now) return std::nullopt;
    return std::move(open_.extract(open_.begin()).mapped().what);
  }
  std::optional<SteadyTime> deadline() const {
    if (open_.empty()) return std::nullopt;
    return open_.begin()->second.deadline;
  }
  std::size_t size() const { return open_.size(); }
  void clear() { open_.clear(); }

 private:
  struct Open {
    std::string verb;
    What what;
    SteadyTime deadline;
  };
  std::map<std::uint64_t, Open> open_;
};

}  // namespace msn::network::msnp
