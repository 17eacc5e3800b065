// SPDX-License-Identifier: MIT
// The differences between MSNP 8, 11 and 12: writes commands, and parses list and presence
// commands. Words are recognized by their form, not by their position, because servers deviate from
// the protocol.
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

// Client capabilities that this client sends: chunked texts (0x20), and the version MSNC1.
inline constexpr std::string_view own_caps = "268435488";
inline constexpr std::uint64_t caps_chunks = 0x20;

class Dialect {
 public:
  explicit Dialect(Version version = Version::msnp11) : version_(version) {}
  Version version() const { return version_; }

  // Each returns one complete command; `trid` is its transaction number, and names are plain text.
  // CVR, SYN and CHG; nick: PRP, or REA in MSNP8; rename: SBP or REA; add: ADC or ADD.
  std::string cvr(std::string_view trid, std::string_view email) const;
  std::string sync(std::string_view trid) const;
  std::string status(std::string_view trid, model::Status) const;
  std::string nick(std::string_view trid, std::string_view own_email, std::string_view name) const;
  std::string rename(std::string_view trid, std::string_view email, std::string_view id,
                     std::string_view name) const;
  std::string add(std::string_view trid, List, std::string_view email, std::string_view name) const;
  // REM. From MSNP10 on, the forward list needs the contact ID; without an ID the address is sent.
  std::string remove(std::string_view trid, List, std::string_view email,
                     std::string_view id) const;
  // QRY.
  std::string answer_challenge(std::string_view trid, std::string_view challenge) const;
  // Whether there is a pending list (PL).
  bool has_pending() const { return version_ != Version::msnp8; }

 private:
  Version version_;
};

// The read functions return nullopt for a malformed command. Views refer to that command.

// LST.
struct ListEntry {
  std::string email;  // lower case
  std::string name;   // decoded
  std::string_view id;
  bool forward = false, allow = false, block = false, reverse = false, pending = false;
};
std::optional<ListEntry> read_list_entry(const Command&);

// ADC, ADD or REM: answers, and changes by others (transaction 0).
struct ListChange {
  List list{};
  std::string email;      // lower case; empty if the line gives only an id
  std::string_view id;    // empty if the line gives none
  std::string name;       // decoded; empty if the line gives none
  bool in_group = false;  // removed from a group, not from the list
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

// BPR (contact) or PRP (this account). A BPR without an address is about the user of the last LST.
struct Property {
  std::string email;  // lower case, or empty
  std::string_view kind;
  std::string value;  // decoded
};
std::optional<Property> read_property(const Command&);

}  // namespace msn::network::msnp
