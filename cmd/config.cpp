// SPDX-License-Identifier: MIT
#include "cmd/config.hpp"

#include "core/base/ini.hpp"
#include "core/base/text.hpp"
#include "core/base/trusted_file.hpp"
#include "core/base/unique_fd.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace msn {
namespace {

constexpr std::size_t max_file_bytes = 1 << 20;

enum class Value { text, path, address };
struct Key {
  std::string_view name;
  Value value = Value::text;
  bool repeats = false;
  bool common = false;  // only before the first section
};
constexpr std::array keys{
    // msnc
    Key{.name = "account", .common = true},
    Key{"autostart"},
    Key{"color"},
    Key{"socket", Value::address},
    Key{"timeout"},
    // both programs
    Key{"email"},
    Key{"password_command"},
    Key{"password_file", Value::path},
    // msncd
    Key{"auto_login"},
    Key{"durability"},
    Key{"listen", Value::address, true},
    Key{"log_file", Value::path},
    Key{"log_level"},
    Key{"network"},
    Key{"pending_bytes"},
    Key{"pending_events"},
    Key{"retention_bytes"},
    Key{"retention_days"},
    Key{"retention_events"},
};

bool is_relative_address(std::string_view text) {
  for (const std::string_view kind : {"unix:", "fifo:"})
    if (text.starts_with(kind)) return !text.substr(kind.size()).starts_with('/');
  return !text.starts_with('/') && text.find(':') == text.npos && text != "stdio";
}

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::usage, std::move(what));
}

tl::unexpected<Error> relative(std::string_view path) {
  return wrong("'" + visible(path) +
               "' is a relative path; in this file a path must begin with / or ~/");
}

Result<std::string> config_address(std::string value, const Environment& environment) {
  if (auto whole = expand_home(value, environment); !is_relative_address(whole)) return whole;
  return relative(value);
}

class Parser {
 public:
  Parser(std::string_view file, const Environment& environment)
      : file_(file), environment_(environment) {}

  Result<ConfigFile> parse(std::string_view text) {
    if (text.size() > max_file_bytes)
      return wrong(visible(file_) + ": too large for a configuration file (limit: 1 MiB)");
    auto items = parse_ini(text, file_);
    if (!items) return fail(std::move(items.error()));
    for (const auto& item : *items)
      if (auto good = item.key.empty() ? begin_section(item.section) : add(item); !good)
        return wrong(ini_place(file_, item.line) + good.error().message);
    return std::move(config_);
  }

 private:
  // [account.NAME], [network.NAME] or [account.NAME.network.NAME]; an account's name may hold dots.
  Result<void> begin_section(std::string_view section) {
    account_.reset();
    network_.clear();
    const auto unknown = [&] {
      return wrong("unknown section [" + visible(section) +
                   "]; use [account.NAME], [network.NETWORK] or [account.NAME.network.NETWORK]");
    };
    constexpr std::string_view of_network = "network.", of_account = "account.";
    std::string_view rest = section;
    if (rest.starts_with(of_account)) {
      rest.remove_prefix(of_account.size());
      const auto dot = rest.rfind(".network.");
      account_ = rest.substr(0, dot);
      if (auto good = pipe::check_account_name(*account_); !good) return good;
      if (dot == rest.npos) return {};
      rest.remove_prefix(dot + 1);
    }
    if (!rest.starts_with(of_network)) return unknown();
    network_ = rest.substr(of_network.size());
    return network_.empty() ? unknown() : Result<void>{};
  }

  Result<void> add(const IniItem& item) {
    const std::string name = visible(item.key);
    std::string value = item.value;
    bool repeats = false;
    if (network_.empty()) {
      const auto* key = std::find_if(keys.begin(), keys.end(),
                                     [&](const Key& known) { return known.name == item.key; });
      if (key == keys.end())
        return wrong("unknown key '" + name + "'; the keys are " + key_names());
      if (value.empty()) return wrong(name + " has no value");
      if (key->common && account_) return wrong(name + " must be set before the first section");
      repeats = key->repeats;
      if (key->value != Value::text) {
        auto good = key->value == Value::address ? config_address(std::move(value), environment_)
                                                 : config_path(std::move(value), environment_);
        if (!good) return wrong(name + ": " + good.error().message);
        value = std::move(*good);
      }
    }
    if (!repeats && !seen_.insert({account_, network_, item.key}).second)
      return wrong(name + ": given twice");
    if (has("password_command") && has("password_file"))
      return wrong("password_command and password_file cannot both be set; remove one");
    config_.push_back(
        {account_, network_, item.key, std::move(value), ini_place(file_, item.line) + name});
    return {};
  }

  bool has(const char* key) const { return seen_.count({account_, "", key}) > 0; }

  static std::string key_names() {
    std::string names;
    for (const auto& key : keys) names += (names.empty() ? "" : ", ") + std::string(key.name);
    return names;
  }

  std::string_view file_;
  const Environment& environment_;
  std::optional<std::string> account_;
  std::string network_;
  ConfigFile config_;
  struct Id {
    std::optional<std::string> account;
    std::string network, key;
    auto operator<=>(const Id&) const = default;
  };
  std::set<Id> seen_;
};

// True if the deepest parent directory that can be examined belongs to another user: `runuser` and
// `su` without `-` keep the HOME of the calling user.
bool is_in_home_of_other_user(std::string path) {
  for (auto slash = path.rfind('/'); slash != path.npos && slash > 0; slash = path.rfind('/')) {
    path.resize(slash);
    struct stat entry {};
    if (::stat(path.c_str(), &entry) == 0) return entry.st_uid != ::geteuid();
  }
  return false;
}

// The text of the file; no value if it does not exist, or if it is a default file in another user's
// home that cannot be read.
Result<std::optional<std::string>> read_file(const std::string& path, bool is_default) {
  const auto unreadable = [&] {
    return wrong("cannot read the configuration " + visible(path) + ": " + std::strerror(errno));
  };
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    const int reason = errno;
    if (reason == EACCES && is_default && is_in_home_of_other_user(path)) return std::nullopt;
    errno = reason;
    return unreadable();
  }
  if (auto good = check_trusted(fd.get(), path, FileUse::configuration); !good)
    return fail(std::move(good.error()));
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() <= max_file_bytes) {
    const auto count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable();
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

Result<std::string> config_path(std::string value, const Environment& environment) {
  auto path = expand_home(value, environment);
  if (path.empty() || path.starts_with('/')) return path;
  return relative(value);
}

Result<ConfigFile> parse_config(std::string_view text, std::string_view file,
                                const Environment& environment) {
  return Parser(file, environment).parse(text);
}

Result<std::vector<ConfigFile>> read_config(const Environment& environment,
                                            std::optional<std::string_view> named,
                                            const std::string& system_file) {
  std::vector<std::string> paths{system_file, config_directory(environment) + "/msnc/config"};
  if (named) paths = {expand_home(std::string(*named), environment)};
  std::vector<ConfigFile> files;
  for (const auto& path : paths) {
    auto text = read_file(path, !named);
    if (!text) return fail(std::move(text.error()));
    if (!*text && named)
      return wrong("cannot read the configuration " + visible(path) + ": there is no such file");
    if (!*text) continue;
    auto parsed = parse_config(**text, path, environment);
    if (!parsed) return fail(std::move(parsed.error()));
    files.push_back(std::move(*parsed));
  }
  return files;
}

std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

}  // namespace msn
