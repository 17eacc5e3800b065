// SPDX-License-Identifier: MIT
#include "cmd/msnc/config.hpp"

#include "cmd/msnc/cli11.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// CLI11 tells no line numbers: the line where the key (empty: the section itself) stands.
std::size_t line_of(std::string_view text, std::string_view section, std::string_view key) {
  std::size_t number = 0;
  std::string_view current;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trimmed(raw);
    if (line.size() >= 2 && line.front() == '[' && line.back() == ']') {
      current = line.substr(1, line.size() - 2);
      if (key.empty() && current == section) return number;
    } else if (!key.empty() && current == section &&
               trimmed(line.substr(0, line.find('='))) == key) {
      return number;
    }
  }
  return 0;
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part;
  return text;
}

std::optional<std::string> AccountConfig::*member(std::string_view key) {
  if (key == "email") return &AccountConfig::email;
  if (key == "password_command") return &AccountConfig::password_command;
  if (key == "password_file") return &AccountConfig::password_file;
  if (key == "socket") return &AccountConfig::socket;
  return nullptr;
}

}  // namespace

Result<AccountConfig> read_config(std::string_view text, std::string_view file,
                                  std::string_view account) {
  const auto wrong = [&](std::string_view section, std::string_view key, std::string_view what) {
    return fail(ErrorCode::usage, std::string(file) + ":" +
                                      std::to_string(line_of(text, section, key)) + ": " +
                                      std::string(what));
  };
  auto items = parse_ini(text);
  if (!items) return fail(ErrorCode::usage, std::string(file) + ": " + items.error().message);
  AccountConfig config;
  for (const auto& item : *items) {
    const std::string section = join(item.section);
    const bool is_account = item.section.size() >= 2 && item.section.front() == "account";
    if (item.key.empty()) {
      // CLI11 tells of [account] before [account.work]; only what somebody wrote can be wrong.
      if (line_of(text, section, "") == 0) continue;
      if (section == "account")
        return wrong(section, "", "the section [account] needs a name: [account.default]");
      if (!is_account)
        return wrong(section, "",
                     "unknown section '" + visible(section) + "'; there is only [account.NAME]");
      continue;
    }
    const auto key = member(item.key);
    if (!is_account)
      return wrong(section, item.key,
                   "'" + visible(item.key) + "' stands in no [account.NAME] section");
    if (key == nullptr)
      return wrong(section, item.key,
                   "unknown key '" + visible(item.key) +
                       "'; there are email, password_command, password_file and socket");
    if (item.value.empty())
      return wrong(section, item.key, "'" + visible(item.key) + "' has no value");
    if (section == "account." + std::string(account)) config.*key = item.value;
  }
  return config;
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
    for (auto key : {&AccountConfig::email, &AccountConfig::password_command,
                     &AccountConfig::password_file, &AccountConfig::socket})
      if (!(config.*key)) config.*key = std::move((*more).*key);
  }
  return config;
}

}  // namespace msn::msnc
