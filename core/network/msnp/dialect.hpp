// SPDX-License-Identifier: MIT
// What differs between MSNP 8, 11 and 12: how a request is written, and how list and presence lines
// are read. Reading goes by the shape of the words, so that the servers' own habits do no harm.
#pragma once
#include "core/model/status.hpp"
#include "core/network/msnp/codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

enum class List { forward, allow, block, reverse, pending };
std::string_view list_name(List);  // "FL"
std::optional<List> list_from_name(std::string_view);

std::string_view status_code(model::Status);  // "NLN"
std::optional<model::Status> status_from_code(std::string_view code);

enum class Version { msnp8, msnp11, msnp12 };
std::optional<Version> version_from_name(std::string_view);  // "MSNP11"

// We understand texts in several packets (0x20) and call ourselves MSNC1.
inline constexpr std::string_view own_caps = "268435488";
inline constexpr std::uint64_t caps_chunks = 0x20;

class Dialect {
 public:
  explicit Dialect(Version version = Version::msnp11) : version_(version) {}
  Version version() const { return version_; }

  // Names are given as text and go out encoded; trid is the transaction's number as a word.
  std::string cvr(std::string_view trid, std::string_view email) const;
  std::string sync(std::string_view trid) const;
  std::string status(std::string_view trid, model::Status) const;
  std::string nick(std::string_view trid, std::string_view own_email, std::string_view name) const;
  std::string rename(std::string_view trid, std::string_view email, std::string_view id,
                     std::string_view name) const;
  std::string add(std::string_view trid, List, std::string_view email, std::string_view name) const;
  // The forward list wants the contact's id from MSNP10 on; without one the address is tried.
  std::string remove(std::string_view trid, List, std::string_view email,
                     std::string_view id) const;
  std::string answer_challenge(std::string_view trid, std::string_view challenge) const;
  // Somebody who added us waits on a list of their own until we answer.
  bool has_pending() const { return version_ != Version::msnp8; }

 private:
  Version version_;
};

// A LST line.
struct ListEntry {
  std::string email;  // lower case
  std::string name;   // decoded
  std::string_view id;
  bool forward = false, allow = false, block = false, reverse = false, pending = false;
};
std::optional<ListEntry> read_list_entry(const Command&);

// ADC, ADD or REM, also the unasked ones with transaction 0.
struct ListChange {
  List list{};
  std::string email;      // lower case; empty if the line gives only an id
  std::string_view id;    // empty if the line gives none
  std::string name;       // decoded; empty if the line gives none
  bool in_group = false;  // only of a group, the list itself stays
};
std::optional<ListChange> read_list_change(const Command&);

// NLN or ILN.
struct Presence {
  model::Status status{};
  std::string email;  // lower case
  std::string name;   // decoded, may be empty
  std::uint64_t caps = 0;
};
std::optional<Presence> read_presence(const Command&);

// BPR or PRP with a phone number. Without an address it is about the LST before it, or us.
struct Property {
  std::string email;  // lower case, or empty
  std::string_view kind;
  std::string value;  // decoded
};
std::optional<Property> read_property(const Command&);

}  // namespace msn::network::msnp
