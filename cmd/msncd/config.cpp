// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "core/base/text.hpp"

#include <map>
#include <optional>
#include <utility>

namespace msn::msncd {
namespace {

Result<void> set_network_setting(Layer& layer, const ConfigItem& item, Networks networks,
                                 const Environment& environment) {
  const auto* network = find_network(networks, item.network);
  if (network == nullptr)
    return fail(ErrorCode::usage,
                "unknown network '" + visible(item.network) + "'; use " + network_names(networks));
  const auto* setting = find_setting(*network, item.key);
  if (setting == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : network->settings) names.emplace_back(known.name);
    return fail(ErrorCode::usage, "the network " + item.network + " has no such key" +
                                      (names.empty() ? "" : "; use " + one_of(names)));
  }
  Result<std::string> value = item.value;
  if (setting->value == network::Driver::Setting::Value::path)
    value = config_path(item.value, environment);
  if (!value) return fail(std::move(value.error()));
  // The network checks the value later (check_network_settings).
  const auto colon = item.place.rfind(": ");
  layer.network_settings.push_back(
      {item.network, item.key, std::move(*value), item.place.substr(0, colon)});
  return {};
}

// Ignores the keys that only msnc has.
Result<void> set_item(Layer& layer, const ConfigItem& item, Networks networks,
                      const Environment& environment) {
  if (!item.network.empty()) return set_network_setting(layer, item, networks, environment);
  const Key* key = find_key(item.key);
  if (key == nullptr) return {};
  if (item.key == "auto_login") layer.auto_login_origin = item.place;
  return key->set(layer, item.value, networks);
}

}  // namespace

Result<Layer> config_for(const std::vector<ConfigFile>& files, const std::string& account,
                         Networks networks, const Environment& environment) {
  Layer chosen;
  for (const auto& file : files) {
    std::map<std::optional<std::string>, Layer> sections;
    for (const auto& item : file)
      if (auto good = set_item(sections[item.account], item, networks, environment); !good)
        return fail(ErrorCode::usage, item.place + ": " + good.error().message);
    chosen.override_with(sections[std::nullopt]);
    chosen.override_with(sections[account]);
  }
  return chosen;
}

}  // namespace msn::msncd
