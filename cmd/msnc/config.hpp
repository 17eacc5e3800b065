// SPDX-License-Identifier: MIT
// msnc's configuration (msnc(5)): INI, one section for each account.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct AccountConfig {
  std::optional<std::string> email, password_command, password_file, socket;
};

// The account's section in a file's text. What is wrong, here or in any other section (an unknown
// section or key, a value that cannot be, a key given twice), is usage and names file, line and
// key.
Result<AccountConfig> read_config(std::string_view text, std::string_view file,
                                  std::string_view account);

// The files there are: `named` (--config, MSNC_CONFIG), which must exist; else the user's and, for
// keys which that has not, /etc/msnc/config.
Result<AccountConfig> load_config(const Environment&, std::optional<std::string_view> named,
                                  std::string_view account,
                                  const std::string& system_file = "/etc/msnc/config");

}  // namespace msn::msnc
