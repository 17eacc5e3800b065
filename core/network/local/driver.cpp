// SPDX-License-Identifier: MIT
#include "core/network/local/driver.hpp"

#include "core/base/ini.hpp"
#include "core/base/paths.hpp"
#include "core/base/text.hpp"
#include "core/network/local/local_network.hpp"

#include <array>
#include <filesystem>

namespace msn::network::local {
namespace {

Result<void> check_file(std::string_view value) {
  if (value.empty()) return fail(ErrorCode::usage, "a file name is missing");
  return {};
}

Result<Registration> parse_registration(std::string_view value) {
  if (to_lower_ascii(value) == "login") return Registration::by_login;
  const auto yes = parse_yes_no(value);
  if (!yes) return fail(ErrorCode::usage, "'" + visible(value) + "' must be yes, login or no");
  return *yes ? Registration::by_request : Registration::none;
}

Result<void> check_registration(std::string_view value) {
  const auto parsed = parse_registration(value);
  return parsed ? Result<void>{} : fail(parsed.error());
}

constexpr std::array settings{
    Driver::Setting{"db", "--local-db", "FILE",
                    "the network's database (default: local.db in the state directory); several "
                    "users can share one in a directory of their group",
                    &check_file, Driver::Setting::Value::path},
    Driver::Setting{"register", "", "yes|login|no",
                    "how accounts are created: yes (the default): by msnc login --register; login: "
                    "also by a login with a new address; no: not at all",
                    &check_registration},
};

Result<std::unique_ptr<Network>> create(const Settings& given, const Dependencies& dependencies) {
  if (auto good = check_settings(driver(), given); !good) return fail(std::move(good.error()));
  Options options;
  for (const auto& [name, value] : given) {
    if (name == "db") options.database = value;
    if (name == "register") options.registration = *parse_registration(value);
  }
  if (options.database.empty()) {
    if (auto made = make_private_directory(dependencies.state_directory); !made)
      return fail(made.error());
    options.database = dependencies.state_directory + "/local.db";
  }
  // Make the path absolute: a daemon that detaches changes its working directory.
  std::error_code error;
  const auto absolute = std::filesystem::absolute(options.database, error);
  if (!error) options.database = absolute.string();
  return std::make_unique<LocalNetwork>(std::move(options), dependencies);
}

const Driver description{"local", "the embedded network of this machine; needs no configuration",
                         settings, &create};

}  // namespace

const Driver& driver() {
  return description;
}

}  // namespace msn::network::local
