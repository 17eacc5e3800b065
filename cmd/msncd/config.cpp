// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "core/base/text.hpp"
#include "core/pipe/locate.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace msn::msncd {
namespace {

constexpr std::size_t longest_file = 1 << 20;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A single value: what CLI11 makes of it, but a quoted one may hold anything, and one that is not
// quoted may hold spaces and commas ("pass show msn").
std::string single_value(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == line.npos) return "true";
  const auto raw = trimmed(line.substr(equals + 1));
  if (!raw.empty() && (raw.front() == '"' || raw.front() == '\'')) {
    const auto close = raw.find(raw.front(), 1);
    const auto rest = close == raw.npos ? raw : trimmed(raw.substr(close + 1));
    if (rest.empty() || rest.front() == ';') return std::string(raw.substr(1, close - 1));
  }
  return std::string(trimmed(raw.substr(0, raw.find(';'))));
}

class Parser {
 public:
  Parser(const std::string& file, Networks networks) : file_(file), networks_(networks) {}

  Result<Config> parse(std::string_view text) {
    if (text.size() > longest_file)
      return fail(ErrorCode::usage, visible(file_) + ": is too long to be a configuration");
    for (const auto line : split(text, '\n')) {
      ++number_;
      if (auto good = take(trimmed(line)); !good) return fail(good.error());
    }
    return std::move(config_);
  }

 private:
  tl::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorCode::usage, place() + what);
  }
  std::string place() const { return visible(file_) + ':' + std::to_string(number_) + ": "; }

  Result<void> take(std::string_view line) {
    if (line.empty() || line.front() == ';' || line.front() == '#') return {};
    if (std::any_of(line.begin(), line.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }))
      return wrong("a control character");
    if (line.front() == '[' && line.back() == ']') return begin_section(line);
    const auto item = read_item(line);
    if (!item) return wrong("cannot read '" + visible(line) + "'");
    return take(*item, line);
  }

  // One line at a time, under its section's name, for CLI11 does not tell where an item stood.
  std::optional<CLI::ConfigItem> read_item(std::string_view line) const {
    std::istringstream input('[' + section_ + "]\n" + std::string(line) + '\n');
    try {
      for (auto& item : CLI::ConfigINI().from_config(input))
        if (item.name != "++" && item.name != "--") return std::move(item);
    } catch (const std::exception&) {
    }
    return std::nullopt;
  }

  Result<void> begin_section(std::string_view line) {
    section_ = line.substr(1, line.size() - 2);
    const auto probe = read_item("probe=1");
    if (!probe || trimmed(section_).empty()) return wrong("cannot read '" + visible(line) + "'");
    const Place where = find(probe->parents);
    if (!where.layer || (where.network == nullptr && !where.bare))
      return wrong("unknown section '" + visible(line) + "'");
    if (where.bare_account && !pipe::check_account_name(*where.bare_account))
      return wrong("'" + visible(*where.bare_account) + "' cannot be the name of an account");
    return {};
  }

  // What the sections around a key mean.
  struct Place {
    Layer* layer = nullptr;
    bool bare = false;                         // the daemon's keys, not a network's
    const network::Driver* network = nullptr;  // that network's settings
    std::optional<std::string> bare_account;
  };
  Place find(std::vector<std::string> parents) {
    Place place;
    const auto count = parents.size();
    if (count >= 2 && parents[count - 2] == "network") {
      place.network = find_network(networks_, parents[count - 1]);
      if (place.network != nullptr) parents.resize(count - 2);
    }
    if (parents.empty()) {
      place.layer = &config_.common;
    } else if (parents.size() >= 2 && parents[0] == "account") {
      // The name may hold dots.
      std::string name = parents[1];
      for (std::size_t i = 2; i < parents.size(); ++i) name += '.' + parents[i];
      place.layer = &config_.accounts[name];
      place.bare_account = std::move(name);
    }
    place.bare = place.network == nullptr;
    return place;
  }

  Result<void> take(const CLI::ConfigItem& item, std::string_view line) {
    const auto name = visible(item.name);
    const Place where = find(item.parents);
    if (!where.layer) return wrong("unknown section of key '" + name + '\'');
    if (where.network != nullptr) {
      if (find_setting(*where.network, item.name) == nullptr) {
        std::vector<std::string> names;
        for (const auto& setting : where.network->settings) names.emplace_back(setting.name);
        return wrong("unknown key '" + name + "'; network." + std::string(where.network->name) +
                     " has " + (names.empty() ? "none" : one_of(names)));
      }
      if (!seen_
               .insert(
                   {where.layer, "network." + std::string(where.network->name) + '.' + item.name})
               .second)
        return wrong(name + ": given twice");
      where.layer->network_settings.push_back(
          {std::string(where.network->name), item.name, single_value(line), place() + name});
      return {};
    }
    const Key* key = find_key(item.name);
    if (key == nullptr) {
      std::vector<std::string> names;
      for (const auto& known : keys()) names.emplace_back(known.name);
      return wrong("unknown key '" + name + "'; there are " + one_of(names));
    }
    if (!key->repeats && !seen_.insert({where.layer, item.name}).second)
      return wrong(name + ": given twice");
    const auto values = key->repeats ? item.inputs : std::vector{single_value(line)};
    for (const auto& value : values)
      if (auto good = key->set(*where.layer, value, networks_); !good)
        return wrong(name + ": " + good.error().message);
    if (where.layer->password_command && where.layer->password_file)
      return wrong(name + ": password_command and password_file are both given; leave one out");
    return {};
  }

  const std::string& file_;
  Networks networks_;
  Config config_;
  std::string section_ = "default";
  std::size_t number_ = 0;
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
  std::ifstream input(file, std::ios::binary);
  std::string text;
  if (input) {
    text.resize(longest_file + 1);
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
  }
  if (!input && !input.eof())
    return fail(ErrorCode::usage,
                "cannot read the configuration " + visible(file) + ": " + std::strerror(errno));
  return parse_config(text, file, networks);
}

}  // namespace msn::msncd
