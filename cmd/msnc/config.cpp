// SPDX-License-Identifier: MIT
#include "cmd/msnc/config.hpp"

#include "core/base/ini.hpp"
#include "core/base/text.hpp"
#include "core/base/trusted_file.hpp"
#include "core/base/unique_fd.hpp"
#include "core/model/email.hpp"
#include "core/pipe/address.hpp"
#include "core/pipe/locate.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace msn::msnc {
namespace {

// The file's content; nothing if there is no such file.
Result<std::optional<std::string>> read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto unreadable = [&] {
    return fail(ErrorCode::usage, path + " cannot be read: " + std::strerror(errno));
  };
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return unreadable();
  }
  if (auto good = check_trusted(fd.get(), path, FileUse::configuration); !good)
    return fail(std::move(good.error()));
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable();
    if (n == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

std::optional<std::string> AccountConfig::*member(std::string_view key) {
  if (key == "email") return &AccountConfig::email;
  if (key == "password_command") return &AccountConfig::password_command;
  if (key == "password_file") return &AccountConfig::password_file;
  if (key == "socket") return &AccountConfig::socket;
  return nullptr;
}

// One value checked and taken in; what is wrong with it, if anything.
Result<void> take(AccountConfig& config, const IniItem& item) {
  const std::string name = visible(item.key);
  const auto key = member(item.key);
  if (key == nullptr)
    return fail(
        ErrorCode::usage,
        "unknown key '" + name + "'; there are email, password_command, password_file and socket");
  if (item.value.empty()) return fail(ErrorCode::usage, "'" + name + "' has no value");
  auto& place = config.*key;
  if (place) return fail(ErrorCode::usage, name + ": given twice");
  place = item.value;
  if (item.key == "email") {
    auto email = model::parse_email(*place);
    if (!email) return fail(ErrorCode::usage, name + ": " + email.error().message);
    place = std::move(*email);
  } else if (item.key == "socket") {
    auto address = pipe::parse_client_address(*place);
    if (!address) return fail(ErrorCode::usage, name + ": " + address.error().message);
  } else if (config.password_command && config.password_file) {
    return fail(ErrorCode::usage,
                name + ": password_command and password_file are both given; leave one out");
  }
  return {};
}

// "account.work": work; what is wrong with it if it is no account's.
Result<std::string> account_of(const IniItem& item) {
  constexpr std::string_view prefix = "account.";
  if (!item.section.starts_with(prefix)) {
    if (!item.key.empty())
      return fail(ErrorCode::usage,
                  "'" + visible(item.key) + "' stands in no [account.NAME] section");
    if (item.section == "account")
      return fail(ErrorCode::usage, "the section [account] needs a name: [account.default]");
    return fail(ErrorCode::usage,
                "unknown section '" + visible(item.section) + "'; there is only [account.NAME]");
  }
  std::string name = item.section.substr(prefix.size());
  if (auto good = pipe::check_account_name(name); !good)
    return fail(ErrorCode::usage, std::move(good.error().message));
  return name;
}

}  // namespace

Result<AccountConfig> read_config(std::string_view text, std::string_view file,
                                  std::string_view account) {
  auto items = parse_ini(text, file);
  if (!items) return fail(std::move(items.error()));
  std::map<std::string, AccountConfig, std::less<>> accounts;
  for (const auto& item : *items) {
    auto name = account_of(item);
    Result<void> good;
    if (name && !item.key.empty()) good = take(accounts[*name], item);
    if (!name) good = fail(std::move(name.error()));
    if (!good) return fail(ErrorCode::usage, ini_place(file, item.line) + good.error().message);
  }
  const auto found = accounts.find(account);
  return found == accounts.end() ? AccountConfig{} : std::move(found->second);
}

Result<AccountConfig> load_config(const Environment& environment,
                                  std::optional<std::string_view> named, std::string_view account,
                                  const std::string& system_file) {
  if (named) {
    const std::string path(*named);
    auto text = read_file(path);
    if (!text) return fail(std::move(text.error()));
    if (!*text) return fail(ErrorCode::usage, path + ": there is no such file");
    return read_config(**text, path, account);
  }
  AccountConfig config;
  for (const auto& path : {config_directory(environment) + "/msnc/config", system_file}) {
    auto text = read_file(path);
    if (!text) return fail(std::move(text.error()));
    if (!*text) continue;
    auto more = read_config(**text, path, account);
    if (!more) return more;
    // One source of the password replaces the other.
    if (config.password_command || config.password_file)
      more->password_command = more->password_file = std::nullopt;
    for (auto key : {&AccountConfig::email, &AccountConfig::password_command,
                     &AccountConfig::password_file, &AccountConfig::socket})
      if (!(config.*key)) config.*key = std::move((*more).*key);
  }
  return config;
}

}  // namespace msn::msnc
