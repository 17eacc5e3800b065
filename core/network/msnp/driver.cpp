// SPDX-License-Identifier: MIT
#include "core/network/msnp/driver.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace msn::network::msnp {
namespace {

constexpr std::array settings{
    Driver::Setting{"server", "--server", "HOST[:PORT]", "the server to log in at (port: 1863)"},
    Driver::Setting{"nexus", "--nexus", "URL",
                    "where the login begins (default: https://HOST/rdr/pprdr.asp)"},
    Driver::Setting{"ca_file", "--ca-file", "FILE",
                    "a certificate to trust besides the system's, for a server of one's own"},
    Driver::Setting{"insecure_login", "", "yes|no",
                    "whether the login may use plain http (default: no)"},
};

Result<std::unique_ptr<Network>> create(const Settings& given, const Surroundings& surroundings) {
  auto options = read_settings(given);
  if (!options) return fail(std::move(options.error()));
  return std::make_unique<MsnpNetwork>(std::move(*options), surroundings);
}

const Driver description{"msnp", "MSN-compatible servers: Escargot, CrossTalk, self-hosted ones",
                         settings, &create};

}  // namespace

Result<Options> read_settings(const Settings& given) {
  Options options;
  for (const auto& [name, value] : given) {
    if (name == "server") {
      const auto server = parse_host_port(value, limits::port);
      if (!server)
        return fail(ErrorCode::usage, "server: '" + visible(value) + "' is not HOST[:PORT]");
      options.server = *server;
    } else if (name == "nexus") {
      if (!parse_url(value))
        return fail(ErrorCode::usage, "nexus: '" + visible(value) + "' is not a web address");
      options.nexus = value;
    } else if (name == "ca_file") {
      if (value.empty()) return fail(ErrorCode::usage, "ca_file: the name of a file is missing");
      if (::access(value.c_str(), R_OK) != 0)
        return fail(ErrorCode::usage, "ca_file: " + visible(value) + ": " + std::strerror(errno));
      options.ca_file = value;
    } else if (name == "insecure_login") {
      const auto word = to_lower_ascii(value);
      if (word != "yes" && word != "no" && word != "true" && word != "false")
        return fail(ErrorCode::usage,
                    "insecure_login: '" + visible(value) + "' is neither yes nor no");
      options.insecure_login = word == "yes" || word == "true";
    } else {
      return fail(ErrorCode::usage, visible(name) + ": not a setting of the network 'msnp'");
    }
  }
  if (options.server.host.empty())
    return fail(ErrorCode::usage,
                "server: the network 'msnp' needs one (--server HOST, or server = HOST in"
                " [network.msnp])");
  if (options.nexus.empty())
    options.nexus = "https://" + bracketed(options.server.host) + "/rdr/pprdr.asp";
  if (!parse_url(options.nexus)->secure && !options.insecure_login)
    return fail(ErrorCode::usage, "nexus: '" + visible(options.nexus) +
                                      "' says where the password goes, but is plain http; set"
                                      " insecure_login = yes if that is really meant");
  return options;
}

const Driver& driver() {
  return description;
}

}  // namespace msn::network::msnp
