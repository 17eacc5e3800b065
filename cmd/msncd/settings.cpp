// SPDX-License-Identifier: MIT
#include "cmd/msncd/settings.hpp"

#include "cmd/config.hpp"
#include "core/base/ini.hpp"
#include "core/base/text.hpp"
#include "core/model/email.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msn::msncd {
namespace {

tl::unexpected<Error> wrong(std::string_view value, const std::string& why) {
  return fail(ErrorCode::usage, '\'' + visible(value) + "' " + why);
}

constexpr std::array<std::pair<std::string_view, LogLevel>, 5> levels{{{"error", LogLevel::error},
                                                                       {"warn", LogLevel::warn},
                                                                       {"info", LogLevel::info},
                                                                       {"debug", LogLevel::debug},
                                                                       {"trace", LogLevel::trace}}};

Result<void> set_listen(Layer& layer, const std::string& value, Networks) {
  auto address = pipe::parse_address(value);
  if (!address) return fail(address.error());
  layer.listen.push_back(std::move(*address));
  return {};
}

Result<void> set_log_level(Layer& layer, const std::string& value, Networks) {
  std::vector<std::string> names;
  for (const auto& [name, level] : levels) {
    if (name == value) {
      layer.log_level = level;
      return {};
    }
    names.emplace_back(name);
  }
  return wrong(value, "is not a log level: " + one_of(names));
}

Result<void> set_log_file(Layer& layer, const std::string& value, Networks) {
  if (value.empty()) return fail(ErrorCode::usage, "the file is missing");
  layer.log_file = value;
  return {};
}

Result<void> set_durability(Layer& layer, const std::string& value, Networks) {
  layer.durability = store::durability_from_name(value);
  if (!layer.durability) return wrong(value, "is not a durability: full, normal or memory");
  return {};
}

// Small enough that sums of them cannot overflow.
Result<std::uint64_t> count(const std::string& value) {
  if (const auto number = parse_number(value, 15)) return *number;
  return wrong(value, "is not a number");
}

Result<void> set_retention_days(Layer& layer, const std::string& value, Networks) {
  const auto days = parse_number(value, 5);
  if (!days) return wrong(value, "is not a number of days, 0 to 99999");
  layer.retention_age = std::chrono::hours(24) * *days;
  return {};
}

using Number = std::optional<std::uint64_t> Layer::*;

template <Number member>
Result<void> set_events(Layer& layer, const std::string& value, Networks) {
  const auto number = count(value);
  if (!number) return fail(number.error());
  layer.*member = *number;
  return {};
}

// Bytes, or with K, M or G so many times 1024.
template <Number member>
Result<void> set_bytes(Layer& layer, const std::string& value, Networks) {
  std::string digits = value;
  unsigned shift = 0;
  if (!digits.empty()) {
    constexpr std::string_view units = "KMG";
    if (const auto unit = units.find(digits.back()); unit != units.npos) {
      shift = 10 * static_cast<unsigned>(unit + 1);
      digits.pop_back();
    }
  }
  const auto number = parse_number(digits, shift == 0 ? 15 : 6);
  if (!number) return wrong(value, "is not a number of bytes, as in 268435456 or 256M");
  layer.*member = *number << shift;
  return {};
}

Result<void> set_auto_login(Layer& layer, const std::string& value, Networks) {
  auto yes = parse_yes_no(value);
  if (!yes) return fail(std::move(yes.error()));
  layer.auto_login = *yes;
  return {};
}

Result<void> set_email(Layer& layer, const std::string& value, Networks) {
  auto email = model::parse_email(value);
  if (!email) return wrong(value, "is not an address: " + email.error().message);
  layer.email = std::move(*email);
  return {};
}

Result<void> set_password_command(Layer& layer, const std::string& value, Networks) {
  if (value.empty()) return fail(ErrorCode::usage, "the command is missing");
  layer.password_command = value;
  return {};
}

Result<void> set_password_file(Layer& layer, const std::string& value, Networks) {
  if (value.empty()) return fail(ErrorCode::usage, "the file is missing");
  layer.password_file = value;
  return {};
}

Result<void> set_network(Layer& layer, const std::string& value, Networks networks) {
  if (find_network(networks, value) == nullptr) {
    std::vector<std::string> names;
    for (const auto* driver : networks) names.emplace_back(driver->name);
    return wrong(value, "is not a network: " + one_of(names));
  }
  layer.network = value;
  return {};
}

constexpr std::array<Key, 14> all{
    {{"listen", true, set_listen},
     {"log_level", false, set_log_level},
     {"log_file", false, set_log_file},
     {"durability", false, set_durability},
     {"retention_days", false, set_retention_days},
     {"retention_events", false, set_events<&Layer::retention_events>},
     {"retention_bytes", false, set_bytes<&Layer::retention_bytes>},
     {"pending_events", false, set_events<&Layer::pending_events>},
     {"pending_bytes", false, set_bytes<&Layer::pending_bytes>},
     {"auto_login", false, set_auto_login},
     {"email", false, set_email},
     {"password_command", false, set_password_command},
     {"password_file", false, set_password_file},
     {"network", false, set_network}}};

template <class T>
void take(std::optional<T>& value, const std::optional<T>& over) {
  if (over) value = over;
}

}  // namespace

void Layer::put_on(const Layer& over) {
  if (!over.listen.empty()) listen = over.listen;
  take(log_level, over.log_level);
  take(durability, over.durability);
  take(retention_age, over.retention_age);
  take(retention_events, over.retention_events);
  take(retention_bytes, over.retention_bytes);
  take(pending_events, over.pending_events);
  take(pending_bytes, over.pending_bytes);
  take(auto_login, over.auto_login);
  if (over.auto_login) auto_login_origin = over.auto_login_origin;
  take(email, over.email);
  // One source of the password replaces the other; two in the same place are an error elsewhere.
  if (over.password_command || over.password_file) {
    password_command = over.password_command;
    password_file = over.password_file;
  }
  take(network, over.network);
  take(log_file, over.log_file);
  network_settings.insert(network_settings.end(), over.network_settings.begin(),
                          over.network_settings.end());
}

store::Retention Layer::retention() const {
  store::Retention retention;
  if (retention_age) retention.age = *retention_age;
  if (retention_events) retention.events = *retention_events;
  if (retention_bytes) retention.bytes = *retention_bytes;
  if (pending_events) retention.pending_events = *pending_events;
  if (pending_bytes) retention.pending_bytes = *pending_bytes;
  return retention;
}

network::Settings Layer::settings_of(std::string_view network_name) const {
  network::Settings settings;
  for (const auto& setting : network_settings) {
    if (setting.network != network_name) continue;
    const auto same = std::find_if(settings.begin(), settings.end(),
                                   [&](const auto& other) { return other.first == setting.name; });
    if (same == settings.end())
      settings.emplace_back(setting.name, setting.value);
    else
      same->second = setting.value;
  }
  return settings;
}

std::span<const Key> keys() {
  return all;
}

const Key* find_key(std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](auto& key) { return key.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const network::Driver::Setting* find_setting(const network::Driver& driver, std::string_view name) {
  const auto found = std::find_if(driver.settings.begin(), driver.settings.end(),
                                  [&](auto& setting) { return setting.name == name; });
  return found == driver.settings.end() ? nullptr : &*found;
}

const network::Driver* find_network(Networks networks, std::string_view name) {
  const auto found = std::find_if(networks.begin(), networks.end(),
                                  [&](auto* driver) { return driver->name == name; });
  return found == networks.end() ? nullptr : *found;
}

}  // namespace msn::msncd
