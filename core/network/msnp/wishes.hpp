// SPDX-License-Identifier: MIT
// What is wanted of a person on our lists and has not come about yet, and which command comes next.
// Pure values: a loss of the session changes no wish, the next lists only what is missing.
#pragma once
#include "core/model/contact.hpp"
#include "core/network/msnp/dialect.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace msn::network::msnp {

// The request that a wish comes from; none: one of our own.
enum class Verb { none, add, remove, rename, block, unblock, allow, deny };

struct Wish {
  std::optional<bool> listed{}, blocked{}, allowed{};
  bool answer = false;                // one who waits for our answer is to get it
  bool answered = false;              // half of it: they may be taken off the pending list
  std::optional<std::string> name{};  // ours for them, to be stored by the server
  Verb allowed_by = Verb::none;       // allowed and answer go with this request
  model::Lists doubt{};               // what the server has is not known: it has not answered
  std::uint32_t doubted = 0;          // the number of the last command that it has not answered
  bool busy = false;                  // a command about them waits for its answer

  bool empty() const { return !listed && !blocked && !allowed && !answer && !name; }
};

// One command.
struct Step {
  enum class Kind { add, remove, rename };
  Kind kind{};
  List list{};
};

// The next command, from what the server has. `pending`: they wait on the pending list; `renames`:
// the server can be given the name. Nothing: the wish has come about.
std::optional<Step> next(const Wish&, const model::Lists& has, bool pending, bool renames);

}  // namespace msn::network::msnp
