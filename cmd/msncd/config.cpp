// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "core/base/ini.hpp"
#include "core/base/text.hpp"
#include "core/base/trusted_file.hpp"
#include "core/base/unique_fd.hpp"
#include "core/pipe/locate.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <set>
#include <unistd.h>
#include <utility>
#include <vector>

namespace msn::msncd {
namespace {

constexpr std::size_t longest_file = 1 << 20;

class Parser {
 public:
  Parser(const std::string& file, Networks networks) : file_(file), networks_(networks) {}

  Result<Config> parse(std::string_view text) {
    if (text.size() > longest_file)
      return fail(ErrorCode::usage, visible(file_) + ": is too long to be a configuration");
    auto items = parse_ini(text, file_);
    if (!items) return fail(items.error());
    for (const auto& item : *items)
      if (auto good = item.key.empty() ? begin_section(item) : take(item); !good)
        return fail(ErrorCode::usage, ini_place(file_, item.line) + good.error().message);
    return std::move(config_);
  }

 private:
  static tl::unexpected<Error> wrong(std::string what) {
    return fail(ErrorCode::usage, std::move(what));
  }

  // What the words around a key mean: those of its section, and those before the key's own dots.
  struct Place {
    Layer* layer = nullptr;
    const network::Driver* network = nullptr;  // that network's settings; else the daemon's keys
    std::optional<std::string> account;        // of an [account.NAME] itself
  };
  Place find(std::vector<std::string_view> words) {
    Place place;
    const auto count = words.size();
    if (count >= 2 && words[count - 2] == "network") {
      place.network = find_network(networks_, words[count - 1]);
      if (place.network != nullptr) words.resize(count - 2);
    }
    if (words.empty()) {
      place.layer = &config_.common;
    } else if (words.size() >= 2 && words[0] == "account") {
      // The name may hold dots.
      std::string name(words[1]);
      for (std::size_t i = 2; i < words.size(); ++i) (name += '.') += words[i];
      place.layer = &config_.accounts[name];
      place.account = std::move(name);
    }
    return place;
  }

  Result<void> begin_section(const IniItem& item) {
    const Place where = find(split(item.section, '.'));
    if (!where.layer) return wrong("unknown section '[" + visible(item.section) + "]'");
    if (where.account && !pipe::check_account_name(*where.account))
      return wrong("'" + visible(*where.account) + "' cannot be the name of an account");
    return {};
  }

  Result<void> take(const IniItem& item) {
    std::vector<std::string_view> words;
    if (!item.section.empty()) words = split(item.section, '.');
    for (const auto word : split(item.key, '.')) words.push_back(word);
    const std::string key(words.back());
    words.pop_back();
    const Place where = find(std::move(words));
    const auto name = visible(key);
    if (!where.layer) return wrong("unknown key '" + visible(item.key) + '\'');
    if (where.network != nullptr) return take_setting(where, item, key);
    const Key* known = find_key(key);
    if (known == nullptr) {
      std::vector<std::string> names;
      for (const auto& one : keys()) names.emplace_back(one.name);
      return wrong("unknown key '" + name + "'; there are " + one_of(names));
    }
    if (!known->repeats && !seen_.insert({where.layer, key}).second)
      return wrong(name + ": given twice");
    if (auto good = known->set(*where.layer, item.value, networks_); !good)
      return wrong(name + ": " + good.error().message);
    if (where.layer->password_command && where.layer->password_file)
      return wrong(name + ": password_command and password_file are both given; leave one out");
    if (key == "auto_login") where.layer->auto_login_origin = ini_place(file_, item.line) + name;
    return {};
  }

  Result<void> take_setting(const Place& where, const IniItem& item, const std::string& key) {
    const std::string network(where.network->name);
    if (find_setting(*where.network, key) == nullptr) {
      std::vector<std::string> names;
      for (const auto& setting : where.network->settings) names.emplace_back(setting.name);
      return wrong("unknown key '" + visible(key) + "'; network." + network + " has " +
                   (names.empty() ? "none" : one_of(names)));
    }
    if (!seen_.insert({where.layer, "network." + network + '.' + key}).second)
      return wrong(key + ": given twice");
    // What is wrong with it the network says, and names the key.
    std::string origin = ini_place(file_, item.line);
    origin.resize(origin.size() - 2);
    where.layer->network_settings.push_back({network, key, item.value, std::move(origin)});
    return {};
  }

  const std::string& file_;
  Networks networks_;
  Config config_;
  std::set<std::pair<const Layer*, std::string>> seen_;
};

}  // namespace

Layer Config::layer_for(const std::string& account) const {
  Layer layer = common;
  if (const auto found = accounts.find(account); found != accounts.end())
    layer.put_on(found->second);
  return layer;
}

Result<Config> parse_config(std::string_view text, const std::string& file, Networks networks) {
  return Parser(file, networks).parse(text);
}

Result<Config> read_config(const std::string& file, Networks networks) {
  const auto unreadable = [&] {
    return fail(ErrorCode::usage,
                "cannot read the configuration " + visible(file) + ": " + std::strerror(errno));
  };
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return unreadable();
  if (auto good = check_trusted(fd.get(), file, FileUse::configuration); !good)
    return fail(good.error());
  std::string text(longest_file + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count = ::read(fd.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return parse_config(text, file, networks);
}

}  // namespace msn::msncd
