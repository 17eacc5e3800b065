// SPDX-License-Identifier: MIT
// What is wanted of a person on our lists and has not come about yet, and which command comes next.
// Pure values: a loss of the session changes no wish, the next lists only what is missing.
#pragma once
#include "core/model/contact.hpp"
#include "core/network/msnp/dialect.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

struct Wish {
  // On one of the lists that we change.
  struct Part {
    std::optional<bool> wanted{};
    // The last command that the server has not answered: what it has is not known. 0: none.
    std::uint32_t doubt = 0;
  };
  std::array<Part, 3> parts{};        // by List: forward, allow, block
  bool answer = false;                // one who waits for our answer is to get it
  bool answered = false;              // half of it: they may be taken off the pending list
  std::optional<std::string> name{};  // ours for them, to be stored by the server
  std::string_view consent{};         // the request that allow and answer go with; empty: none
  bool busy = false;                  // a command about them waits for its answer

  Part& operator[](List list) { return parts[static_cast<std::size_t>(list)]; }
  const Part& operator[](List list) const { return parts[static_cast<std::size_t>(list)]; }
  // Nothing is wanted, or in doubt.
  bool empty() const;
  // It has come about; what is in doubt stays so.
  void settle();
};

// The request that wants a person on a list, or off it: "ADD". Of the three lists above.
std::string_view request_for(List, bool on);
// The request whose very aim that list is; empty: it only comes with another.
std::string_view aim(const Wish&, List, bool on);

// One command.
struct Step {
  std::optional<List> list{};  // nothing: their name
  bool on = false;             // onto the list, or off it
};

// The next command, from what the server has. `pending`: they wait on the pending list; `renames`:
// the server can be given the name. Nothing: the wish has come about.
std::optional<Step> next(const Wish&, const model::Lists& has, bool pending, bool renames);

}  // namespace msn::network::msnp
