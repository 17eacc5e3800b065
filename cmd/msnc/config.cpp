// SPDX-License-Identifier: MIT
#include "cmd/msnc/config.hpp"

#include "core/base/ini.hpp"
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/pipe/address.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace msn::msnc {
namespace {

// Checks one value and stores it. Keys of msncd only are skipped.
Result<void> read_item(AccountConfig& config, const ConfigItem& item) {
  if (!item.network.empty()) return {};
  if (item.key == "account") return pipe::check_account_name(item.value);
  if (item.key == "email") {
    auto email = model::parse_email(item.value);
    if (!email) return fail(std::move(email.error()));
    config.email = std::move(*email);
  } else if (item.key == "password_command") {
    config.password_command = item.value;
  } else if (item.key == "password_file") {
    config.password_file = item.value;
  } else if (item.key == "socket") {
    if (auto address = pipe::parse_client_address(item.value); !address)
      return fail(std::move(address.error()));
    config.socket = item.value;
  } else if (item.key == "listen") {
    if (!config.socket && pipe::parse_client_address(item.value)) config.socket = item.value;
  } else if (item.key == "color") {
    config.color = parse_color(item.value);
    if (!config.color)
      return fail(ErrorCode::usage, "'" + visible(item.value) + "' is not auto, always or never");
  } else if (item.key == "timeout") {
    config.timeout = parse_timeout(item.value);
    if (!config.timeout)
      return fail(ErrorCode::usage, "'" + visible(item.value) + "' is not a number of seconds");
  } else if (item.key == "autostart") {
    auto yes = parse_yes_no(item.value);
    if (!yes) return fail(std::move(yes.error()));
    config.autostart = *yes;
  }
  return {};
}

template <class T>
void override_with(std::optional<T>& value, std::optional<T>&& over) {
  if (over) value = std::move(over);
}

void override_with(AccountConfig& config, AccountConfig&& over) {
  // A source of the password replaces a source of the other kind, too.
  if (over.password_command || over.password_file) {
    config.password_command = std::move(over.password_command);
    config.password_file = std::move(over.password_file);
  }
  override_with(config.email, std::move(over.email));
  override_with(config.socket, std::move(over.socket));
  override_with(config.color, std::move(over.color));
  override_with(config.timeout, std::move(over.timeout));
  override_with(config.autostart, std::move(over.autostart));
}

}  // namespace

std::optional<OutputOptions::Color> parse_color(std::string_view text) {
  if (text == "auto") return OutputOptions::Color::automatic;
  if (text == "always") return OutputOptions::Color::always;
  if (text == "never") return OutputOptions::Color::never;
  return std::nullopt;
}

std::optional<pipe::Patience> parse_timeout(std::string_view text) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  constexpr double longest = 1'000'000;
  if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 0) ||
      seconds > longest)
    return std::nullopt;
  if (seconds == 0) return pipe::Patience{};
  return pipe::Patience{std::chrono::milliseconds(std::max(1L, std::lround(seconds * 1000)))};
}

Result<AccountConfig> config_for(const std::vector<ConfigFile>& files,
                                 std::optional<std::string> account) {
  AccountConfig chosen;
  for (const auto& file : files)
    for (const auto& item : file)
      if (item.network.empty() && item.key == "account") chosen.account = item.value;
  if (account) chosen.account = std::move(*account);
  for (const auto& file : files) {
    std::map<std::optional<std::string>, AccountConfig> sections;
    for (const auto& item : file)
      if (auto good = read_item(sections[item.account], item); !good)
        return fail(ErrorCode::usage, item.place + ": " + good.error().message);
    override_with(chosen, std::move(sections[std::nullopt]));
    override_with(chosen, std::move(sections[chosen.account]));
  }
  return chosen;
}

}  // namespace msn::msnc
