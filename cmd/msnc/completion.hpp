// SPDX-License-Identifier: MIT
// What a shell may offer after the words typed so far. The parser of command lines says what the
// next word would be, the table what may stand there, and the daemon is asked for live names.
// Shared by the three scripts of completions/ through the hidden verb `complete`.
#pragma once
#include "cmd/msnc/command.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct Candidate {
  std::string word;
  std::string about;  // may be empty
};

// Where the words come from that only a running daemon knows (contacts, queues) or the system
// (accounts). Silent and quick: an empty list if anything is wrong.
using LiveWords = std::function<std::vector<Candidate>(Offer)>;

// `words` are those after "msnc" without their quotes, the last one being typed (perhaps empty);
// candidates begin with it. `files`, `programs`: what the shell itself knows how to offer for that
// part of the last word that follows `before` ("--config=").
struct Completion {
  std::vector<Candidate> candidates;
  bool files = false, programs = false;
  std::string before;
};
Completion complete(const std::vector<std::string>& words, const LiveWords&);

}  // namespace msn::msnc
