// SPDX-License-Identifier: MIT
// Reads the passwords for `login` and `passwd` (msnc-login(1), msnc-passwd(1)). They are never
// option values or environment variables, which other users could see.
#pragma once
#include "cmd/msnc/config.hpp"
#include "core/base/result.hpp"
#include "core/protocol/request.hpp"

#include <optional>
#include <string>

namespace msn::msnc {

struct PasswordSources {
  // at most one of these three
  std::optional<std::string> file, command;
  bool standard_input = false;
  // used if none of the three is given
  AccountConfig config;
  bool may_prompt = true;  // false: --no-input
  std::string email;       // shown in the prompt
  bool is_new = false;     // of an account that is created: the terminal prompts twice
};

// Error usage: more than one source. Reads none.
Result<void> check_password_sources(const PasswordSources&);
// Reads the first line of the first source that is given; default: the terminal. All errors are
// usage.
Result<std::string> read_password(const PasswordSources&);

// Prompts for the old password and, twice, for the new one.
Result<protocol::Passwd> prompt_for_old_and_new(bool may_prompt);

}  // namespace msn::msnc
