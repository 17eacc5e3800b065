// SPDX-License-Identifier: MIT
// Completion candidates for a command line that is being typed. The command-line parser finds which
// option or argument the last word is. Its possible values are from the command table; names of
// contacts and queues are from the daemon. The scripts in completions/ use it through the hidden
// command `complete`.
#pragma once
#include "cmd/msnc/command.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct Candidate {
  std::string word;
  std::string about;  // description; may be empty
};

// Returns the candidates that only a running daemon (contacts, queues) or the file system
// (accounts) has. It prints nothing, is quick, and returns an empty list on every error.
using LiveWords = std::function<std::vector<Candidate>(Offer)>;

// `files`, `programs`: the shell is to complete the part of the last word after `before`
// ("--config=") with names of files or programs.
struct Completion {
  std::vector<Candidate> candidates;
  bool files = false, programs = false;
  std::string before;
};
// `words`: the words after "msnc" without quotes. The last one (perhaps empty) is completed; all
// candidates begin with it.
Completion complete(const std::vector<std::string>& words, const LiveWords&);

}  // namespace msn::msnc
