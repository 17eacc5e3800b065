// SPDX-License-Identifier: MIT
// Where the passwords of `login` and `passwd` come from (msnc-login(1), msnc-passwd(1)). Never an
// option's value, never the environment: other users could see those.
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
  // used if none of them is given
  AccountConfig config;
  bool may_ask = true;  // no: --no-input
  std::string email;    // for the prompt
  bool is_new = false;  // of an account to be made: a terminal is asked twice
};

// More than one source where one may be given: usage, without reading any.
Result<void> check_password_sources(const PasswordSources&);
// The first line of the first source there is. Everything that goes wrong is usage.
Result<std::string> read_password(const PasswordSources&);

// Asks a terminal for the password of now and, twice, for the next one.
Result<protocol::Passwd> ask_old_and_new(bool may_ask);

}  // namespace msn::msnc
