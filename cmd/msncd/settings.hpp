// SPDX-License-Identifier: MIT
// The daemon's settings. The command line and the configuration file share the parsers and the
// error messages.
#pragma once
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/network/network.hpp"
#include "core/pipe/address.hpp"
#include "core/store/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msncd {

using Networks = std::span<const network::Driver* const>;

// A setting of a network. origin: where it was given ("--local-db", "FILE:3").
struct NetworkSetting {
  std::string network, name, value, origin;
};

// The settings of one source: a section of the file, or the command line. A member without a value
// is not set there.
struct Layer {
  std::vector<pipe::Address> listen;
  std::optional<LogLevel> log_level;
  std::optional<store::Durability> durability;
  std::optional<std::chrono::hours> retention_age;
  std::optional<std::uint64_t> retention_events, retention_bytes, pending_events, pending_bytes;
  std::optional<bool> auto_login;
  std::string auto_login_origin;  // "FILE:3: auto_login"
  std::optional<std::string> email, password_command, password_file, network, log_file;
  std::vector<NetworkSetting> network_settings;

  // Replaces each setting that `other` has; adds its network settings.
  void override_with(const Layer& other);
  // The limits of the log. Those that are not set are the defaults of store::Retention.
  store::Retention retention() const;
  // The settings of one network, without duplicates: the last value of each.
  network::Settings settings_of(std::string_view network_name) const;
};

// A key of the daemon in the configuration file. Some keys are also options.
struct Key {
  std::string_view name;
  bool repeats;  // may be given several times
  // Parses and stores a value. usage: it is invalid; the message does not name the key.
  Result<void> (*set)(Layer&, const std::string& value, Networks);
};
// These return null if there is none.
const Key* find_key(std::string_view name);
const network::Driver::Setting* find_setting(const network::Driver&, std::string_view name);
const network::Driver* find_network(Networks, std::string_view name);
// "local or msnp"
std::string network_names(Networks);

}  // namespace msn::msncd
