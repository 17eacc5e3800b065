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
  return wrong(value, "is not a log level; use " + one_of(names));
}

Result<void> set_log_file(Layer& layer, const std::string& value, Networks) {
  if (value.empty()) return fail(ErrorCode::usage, "the file name is empty");
  layer.log_file = value;
  return {};
}

Result<void> set_durability(Layer& layer, const std::string& value, Networks) {
  layer.durability = store::durability_from_name(value);
  if (!layer.durability) return wrong(value, "is not a durability; use full, normal or memory");
  return {};
}

// At most 15 digits, so that sums cannot overflow.
Result<std::uint64_t> parse_count(const std::string& value) {
  if (const auto number = parse_number(value, 15)) return *number;
  return wrong(value, "is not a number of events, as in 100000");
}

Result<void> set_retention_days(Layer& layer, const std::string& value, Networks) {
  const auto days = parse_number(value, 5);
  if (!days) return wrong(value, "is not a number of days; use 0 to 99999");
  layer.retention_age = std::chrono::hours(24) * *days;
  return {};
}

using Number = std::optional<std::uint64_t> Layer::*;

template <Number member>
Result<void> set_events(Layer& layer, const std::string& value, Networks) {
  const auto number = parse_count(value);
  if (!number) return fail(number.error());
  layer.*member = *number;
  return {};
}

// Bytes, or with the suffix K, M or G kibibytes, mebibytes or gibibytes.
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
  if (!email) return wrong(value, "is not an e-mail address: " + email.error().message);
  layer.email = std::move(*email);
  return {};
}

Result<void> set_password_command(Layer& layer, const std::string& value, Networks) {
  layer.password_command = value;
  return {};
}

Result<void> set_password_file(Layer& layer, const std::string& value, Networks) {
  layer.password_file = value;
  return {};
}

Result<void> set_network(Layer& layer, const std::string& value, Networks networks) {
  if (find_network(networks, value) == nullptr)
    return wrong(value, "is not a network; use " + network_names(networks));
  layer.network = value;
  return {};
}

constexpr std::array<Key, 14> keys{
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
void replace_if_set(std::optional<T>& value, const std::optional<T>& other) {
  if (other) value = other;
}

}  // namespace

void Layer::override_with(const Layer& other) {
  if (!other.listen.empty()) listen = other.listen;
  replace_if_set(log_level, other.log_level);
  replace_if_set(durability, other.durability);
  replace_if_set(retention_age, other.retention_age);
  replace_if_set(retention_events, other.retention_events);
  replace_if_set(retention_bytes, other.retention_bytes);
  replace_if_set(pending_events, other.pending_events);
  replace_if_set(pending_bytes, other.pending_bytes);
  replace_if_set(auto_login, other.auto_login);
  if (other.auto_login) auto_login_origin = other.auto_login_origin;
  replace_if_set(email, other.email);
  // A password source of `other` replaces both. (Two in one section are refused by parse_config.)
  if (other.password_command || other.password_file) {
    password_command = other.password_command;
    password_file = other.password_file;
  }
  replace_if_set(network, other.network);
  replace_if_set(log_file, other.log_file);
  network_settings.insert(network_settings.end(), other.network_settings.begin(),
                          other.network_settings.end());
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

const Key* find_key(std::string_view name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](auto& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
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

std::string network_names(Networks networks) {
  std::vector<std::string> names;
  for (const auto* driver : networks) names.emplace_back(driver->name);
  return one_of(names);
}

}  // namespace msn::msncd
