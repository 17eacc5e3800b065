// SPDX-License-Identifier: MIT
// Everything that can be set, by the command line or by the configuration file: same names, same
// values, same words when one is wrong.
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

// A network's own setting, and where it was given ("--local-db", "FILE:3").
struct NetworkSetting {
  std::string network, name, value, origin;
};

// What one place says: a section of the file, or the command line. Nothing: not said there.
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

  // Where `over` says something, it wins.
  void put_on(const Layer& over);
  store::Retention retention() const;
  // The settings of one network, each once.
  network::Settings settings_of(std::string_view network_name) const;
};

// One of the daemon's keys of the file (and its option, where there is one).
struct Key {
  std::string_view name;
  bool repeats;  // may have several values
  // usage, the message without the key's name; paths of options are made absolute later.
  Result<void> (*set)(Layer&, const std::string& value, Networks);
};
std::span<const Key> keys();
const Key* find_key(std::string_view name);
const network::Driver::Setting* find_setting(const network::Driver&, std::string_view name);
const network::Driver* find_network(Networks, std::string_view name);

}  // namespace msn::msncd
