// SPDX-License-Identifier: MIT
// Where the password of `login` comes from (msnc-login(1)). Never an option's value, never the
// environment: other users could see those.
#pragma once
#include "cmd/msnc/config.hpp"
#include "core/base/result.hpp"

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
};

// More than one source where one may be given: usage, without reading any.
Result<void> check_password_sources(const PasswordSources&);
// The first line of the first source there is. Everything that goes wrong is usage.
Result<std::string> read_password(const PasswordSources&);

}  // namespace msn::msnc
