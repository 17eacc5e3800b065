// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "core/base/text.hpp"

#include <map>
#include <optional>
#include <utility>

namespace msn::msncd {
namespace {

Result<void> take_setting(Layer& layer, const ConfigItem& item, Networks networks,
                          const Environment& environment) {
  const auto* network = find_network(networks, item.network);
  if (network == nullptr)
    return fail(ErrorCode::usage, "there is no network '" + visible(item.network) + '\'');
  const auto* setting = find_setting(*network, item.key);
  if (setting == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : network->settings) names.emplace_back(known.name);
    return fail(ErrorCode::usage, "the network " + item.network + " has no such key, only " +
                                      (names.empty() ? "none" : one_of(names)));
  }
  Result<std::string> value = item.value;
  if (setting->value == network::Driver::Setting::Value::path)
    value = config_path(item.value, environment);
  if (!value) return fail(std::move(value.error()));
  // What else is wrong with the value, the network says, and names the key.
  const auto colon = item.place.rfind(": ");
  layer.network_settings.push_back(
      {item.network, item.key, std::move(*value), item.place.substr(0, colon)});
  return {};
}

// Keys of msnc alone are passed over.
Result<void> take(Layer& layer, const ConfigItem& item, Networks networks,
                  const Environment& environment) {
  if (!item.network.empty()) return take_setting(layer, item, networks, environment);
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
      if (auto good = take(sections[item.account], item, networks, environment); !good)
        return fail(ErrorCode::usage, item.place + ": " + good.error().message);
    chosen.put_on(sections[std::nullopt]);
    chosen.put_on(sections[account]);
  }
  return chosen;
}

}  // namespace msn::msncd
