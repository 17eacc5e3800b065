// SPDX-License-Identifier: MIT
#include "core/network/msnp/dialect.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/challenge.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msn::network::msnp {
namespace {

constexpr std::array<std::string_view, 5> list_names{"FL", "AL", "BL", "RL", "PL"};

struct StatusCode {
  model::Status status;
  std::string_view code;
};
constexpr std::array<StatusCode, 9> status_codes{{{model::Status::online, "NLN"},
                                                  {model::Status::away, "AWY"},
                                                  {model::Status::busy, "BSY"},
                                                  {model::Status::brb, "BRB"},
                                                  {model::Status::phone, "PHN"},
                                                  {model::Status::lunch, "LUN"},
                                                  {model::Status::invisible, "HDN"},
                                                  {model::Status::idle, "IDL"},
                                                  {model::Status::offline, "FLN"}}};

bool all_digits(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> read_email(std::string_view word) {
  if (word.starts_with("N=")) word.remove_prefix(2);
  auto email = model::parse_email(decode_word(word));
  if (!email) return std::nullopt;
  return std::move(*email);
}

// IDs are echoed verbatim; IDs longer than contact_id are ignored.
std::string_view read_id(std::string_view word) {
  return word.size() <= limits::contact_id ? word : std::string_view{};
}

std::string prefixed(std::string_view prefix, std::string_view value) {
  return std::string(prefix).append(value);
}

}  // namespace

std::string_view list_name(List list) {
  return list_names[static_cast<std::size_t>(list)];
}

std::optional<List> list_from_name(std::string_view name) {
  const auto found = std::find(list_names.begin(), list_names.end(), name);
  if (found == list_names.end()) return std::nullopt;
  return static_cast<List>(found - list_names.begin());
}

std::string_view status_code(model::Status status) {
  for (const auto& row : status_codes)
    if (row.status == status) return row.code;
  return {};
}

std::optional<model::Status> status_from_code(std::string_view code) {
  for (const auto& row : status_codes)
    if (row.code == code) return row.status;
  return std::nullopt;
}

std::optional<Version> version_from_name(std::string_view name) {
  if (name == "MSNP11") return Version::msnp11;
  if (name == "MSNP12") return Version::msnp12;
  if (name == "MSNP8") return Version::msnp8;
  return std::nullopt;
}

std::string Dialect::cvr(std::string_view trid, std::string_view email) const {
  // The official client of each version; servers use it to recommend an update.
  const std::string_view client = version_ == Version::msnp8    ? "5.0.0544"
                                  : version_ == Version::msnp12 ? "7.5.0324"
                                                                : "7.0.0816";
  return command(
      {"CVR", trid, "0x0409", "winnt", "5.1", "i386", "MSNMSGR", client, "MSMSGS", email});
}

std::string Dialect::sync(std::string_view trid) const {
  return version_ == Version::msnp8 ? command({"SYN", trid, "0"})
                                    : command({"SYN", trid, "0", "0"});
}

std::string Dialect::status(std::string_view trid, model::Status status) const {
  // Servers do not accept FLN: hidden looks the same to others.
  if (status == model::Status::offline) status = model::Status::invisible;
  return command({"CHG", trid, status_code(status), own_caps});
}

std::string Dialect::nick(std::string_view trid, std::string_view own_email,
                          std::string_view name) const {
  const auto encoded = encode_word(name);
  if (version_ == Version::msnp8) return command({"REA", trid, own_email, encoded});
  return command({"PRP", trid, "MFN", encoded});
}

std::string Dialect::rename(std::string_view trid, std::string_view email, std::string_view id,
                            std::string_view name) const {
  const auto encoded = encode_word(name);
  if (version_ == Version::msnp8) return command({"REA", trid, email, encoded});
  return command({"SBP", trid, id, "MFN", encoded});
}

std::string Dialect::add(std::string_view trid, List list, std::string_view email,
                         std::string_view name) const {
  const auto encoded = encode_word(name.empty() ? email : name);
  if (version_ == Version::msnp8) {
    // Without a name the address is the name, not encoded, as MSNP8 clients sent it.
    const std::string_view shown = name.empty() || name == email ? email : encoded;
    if (list == List::forward) return command({"ADD", trid, "FL", email, shown, "0"});
    return command({"ADD", trid, list_name(list), email, shown});
  }
  const auto who = prefixed("N=", email);
  if (list != List::forward) return command({"ADC", trid, list_name(list), who});
  const bool plain = name.empty() || name == email;
  return command({"ADC", trid, "FL", who, prefixed("F=", plain ? email : encoded)});
}

std::string Dialect::remove(std::string_view trid, List list, std::string_view email,
                            std::string_view id) const {
  const bool by_id = list == List::forward && version_ != Version::msnp8 && !id.empty();
  return command({"REM", trid, list_name(list), by_id ? id : email});
}

std::string Dialect::answer_challenge(std::string_view trid, std::string_view challenge) const {
  if (version_ == Version::msnp8)
    return command({"QRY", trid, product_md5.id}, answer_md5(challenge, product_md5));
  return command({"QRY", trid, product_long.id}, answer_long(challenge, product_long));
}

std::optional<ListEntry> read_list_entry(const Command& line) {
  ListEntry entry;
  std::string_view bits;
  std::string_view name;
  if (line.word(1).starts_with("N=")) {
    std::size_t i = 1;
    for (; i < line.size() && !all_digits(line.word(i)); ++i) {
      if (line.word(i).starts_with("F=")) name = line.word(i).substr(2);
      if (line.word(i).starts_with("C=")) entry.id = read_id(line.word(i).substr(2));
    }
    bits = line.word(i);
  } else {
    name = line.word(2);
    bits = line.word(3);
    // The name is missing: "LST addr 11 0".
    if ((bits.empty() || bits == "0") && all_digits(name)) bits = std::exchange(name, {});
  }
  auto email = read_email(line.word(1));
  const auto number = parse_number(bits, 6);
  if (!email || !number) return std::nullopt;
  entry.email = std::move(*email);
  entry.name = decode_name(name);
  entry.forward = (*number & 1) != 0;
  entry.allow = (*number & 2) != 0;
  entry.block = (*number & 4) != 0;
  entry.reverse = (*number & 8) != 0;
  entry.pending = (*number & 16) != 0;
  return entry;
}

std::optional<ListChange> read_list_change(const Command& line) {
  const auto list = list_from_name(line.word(2));
  if (!list) return std::nullopt;
  ListChange change;
  change.list = *list;
  std::size_t groups = 0;
  for (std::size_t i = 3; i < line.size(); ++i) {
    const auto word = line.word(i);
    if (word.starts_with("F=")) {
      change.name = decode_name(word.substr(2));
    } else if (word.starts_with("C=")) {
      change.id = read_id(word.substr(2));
    } else if (is_guid(word)) {
      if (change.id.empty())
        change.id = word;
      else
        ++groups;
    } else if (change.email.empty() && word.find('@') != word.npos) {
      auto email = read_email(word);
      if (!email) return std::nullopt;
      change.email = std::move(*email);
      // MSNP8: the name follows the address, then the group.
      if (line.verb() == "ADD") {
        change.name = decode_name(line.word(i + 1));
        break;
      }
      if (line.verb() == "REM" && all_digits(line.word(i + 1))) ++groups;
    }
  }
  if (change.email.empty() && change.id.empty()) return std::nullopt;
  change.in_group = line.verb() == "REM" && groups > 0;
  return change;
}

std::optional<Presence> read_presence(const Command& line) {
  const std::size_t at = line.verb() == "ILN" ? 2 : 1;
  auto email = read_email(line.word(at + 1));
  if (!email) return std::nullopt;
  Presence presence;
  presence.email = std::move(*email);
  // An unknown status, of a later protocol version, counts as online: offline is FLN.
  presence.status = status_from_code(line.word(at)).value_or(model::Status::online);
  if (presence.status == model::Status::invisible) presence.status = model::Status::offline;
  auto name = line.word(at + 2);
  auto caps = line.word(at + 3);
  // If the name is empty, its word is missing, and the capabilities take its place.
  if (all_digits(name) && !all_digits(caps)) caps = std::exchange(name, {});
  presence.name = decode_name(name);
  presence.caps = parse_number(caps, 10).value_or(0);
  return presence;
}

std::optional<Property> read_property(const Command& line) {
  Property property;
  std::size_t at = 1;
  // "PRP 7 PHH x" has a transaction, "BPR 3 addr PHH x" a list version (MSNP8).
  if (all_digits(line.word(at))) ++at;
  if (line.word(at).find('@') != std::string_view::npos) {
    auto email = read_email(line.word(at));
    if (!email) return std::nullopt;
    property.email = std::move(*email);
    ++at;
  }
  property.kind = line.word(at);
  if (property.kind.empty()) return std::nullopt;
  property.value = decode_name(line.word(at + 1));
  return property;
}

}  // namespace msn::network::msnp
