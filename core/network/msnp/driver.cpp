// SPDX-License-Identifier: MIT
#include "core/network/msnp/driver.hpp"

#include "core/base/ini.hpp"
#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace msn::network::msnp {
namespace {

tl::unexpected<Error> wrong(std::string_view value, const char* why) {
  return fail(ErrorCode::usage, '\'' + visible(value) + "' " + why);
}

Result<void> check_server(std::string_view value) {
  if (!parse_host_port(value, limits::port)) return wrong(value, "is not HOST[:PORT]");
  return {};
}

Result<void> check_nexus(std::string_view value) {
  if (!parse_url(value)) return wrong(value, "is not an http:// or https:// URL");
  return {};
}

Result<void> check_ca_file(std::string_view value) {
  if (value.empty()) return fail(ErrorCode::usage, "the file name is missing");
  if (::access(std::string(value).c_str(), R_OK) != 0)
    return fail(ErrorCode::usage, visible(value) + ": " + std::strerror(errno));
  return {};
}

Result<void> check_insecure_login(std::string_view value) {
  const auto yes = parse_yes_no(value);
  return yes ? Result<void>{} : fail(yes.error());
}

constexpr std::array settings{
    Driver::Setting{"server", "--server", "HOST[:PORT]",
                    "the server to log in to (default port: 1863)", &check_server},
    Driver::Setting{"nexus", "--nexus", "URL",
                    "URL of the login service (default: https://HOST/rdr/pprdr.asp)", &check_nexus},
    Driver::Setting{"ca_file", "--ca-file", "FILE",
                    "certificate of a self-hosted server, trusted in addition to the system's",
                    &check_ca_file, Driver::Setting::Value::path},
    Driver::Setting{"insecure_login", "", "yes|no", "allow a login over plain http (default: no)",
                    &check_insecure_login},
};

Result<std::unique_ptr<Network>> create(const Settings& given, const Dependencies& dependencies) {
  auto options = read_settings(given);
  if (!options) return fail(std::move(options.error()));
  return std::make_unique<MsnpNetwork>(std::move(*options), dependencies);
}

const Driver description{"msnp", "MSN-compatible servers: Escargot, CrossTalk, self-hosted ones",
                         settings, &create};

}  // namespace

Result<Options> read_settings(const Settings& given) {
  Options options;
  if (auto good = check_settings(driver(), given); !good) return fail(std::move(good.error()));
  for (const auto& [name, value] : given) {
    if (name == "server") options.server = *parse_host_port(value, limits::port);
    if (name == "nexus") options.nexus = value;
    if (name == "ca_file") options.ca_file = value;
    if (name == "insecure_login") options.insecure_login = *parse_yes_no(value);
  }
  if (options.server.host.empty())
    return fail(ErrorCode::usage,
                "server: the network 'msnp' needs one; set --server HOST, or server = HOST in"
                " [network.msnp]");
  if (options.nexus.empty())
    options.nexus = "https://" + bracketed(options.server.host) + "/rdr/pprdr.asp";
  if (!parse_url(options.nexus)->secure && !options.insecure_login)
    return fail(ErrorCode::usage, "nexus: '" + visible(options.nexus) +
                                      "' uses plain http, so others could read the password; use"
                                      " https, or allow it with insecure_login = yes");
  return options;
}

const Driver& driver() {
  return description;
}

}  // namespace msn::network::msnp
