// SPDX-License-Identifier: MIT
#include "core/network/local/driver.hpp"

#include "core/base/paths.hpp"
#include "core/base/text.hpp"
#include "core/network/local/local_network.hpp"

#include <array>
#include <filesystem>

namespace msn::network::local {
namespace {

constexpr std::array settings{
    Driver::Setting{"db", "--local-db", "FILE",
                    "the network's database (default: local.db in the state directory); one that "
                    "several users share is group-writable"},
    Driver::Setting{"register", "", "yes|no",
                    "whether an unknown address that logs in becomes an account (default: yes)"},
};

Result<std::unique_ptr<Network>> create(const Settings& given, const Surroundings& surroundings) {
  Options options;
  for (const auto& [name, value] : given) {
    if (name == "db") {
      if (value.empty()) return fail(ErrorCode::usage, "db: the name of a file is missing");
      options.database = value;
    } else if (name == "register") {
      const std::string word = to_lower_ascii(value);
      if (word != "yes" && word != "no" && word != "true" && word != "false")
        return fail(ErrorCode::usage, "register: '" + visible(value) + "' is neither yes nor no");
      options.registration = word == "yes" || word == "true";
    } else {
      return fail(ErrorCode::usage, visible(name) + ": not a setting of the network 'local'");
    }
  }
  if (options.database.empty()) {
    if (auto made = make_private_directory(surroundings.state_directory); !made)
      return fail(made.error());
    options.database = surroundings.state_directory + "/local.db";
  }
  // A daemon that detaches changes its directory.
  std::error_code error;
  const auto absolute = std::filesystem::absolute(options.database, error);
  if (!error) options.database = absolute.string();
  return std::make_unique<LocalNetwork>(std::move(options), surroundings);
}

const Driver description{"local", "this machine's own network, nothing to configure", settings,
                         &create};

}  // namespace

const Driver& driver() {
  return description;
}

}  // namespace msn::network::local
