// SPDX-License-Identifier: MIT
#include "core/network/msnp/codec.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <string>

namespace msn::network::msnp {
namespace {

struct PayloadVerb {
  std::string_view verb;
  std::size_t words;  // a line with fewer has no payload: "GCF 6 Shields.xml", "QRY 7"
};
// A name may be missing: "MSG bob@example.com 5". To read the text as commands would let its writer
// forge them.
constexpr std::array<PayloadVerb, 10> from_server{{{"MSG", 3},
                                                   {"UBX", 3},
                                                   {"NOT", 2},
                                                   {"GCF", 4},
                                                   {"IPG", 2},
                                                   {"UBN", 4},
                                                   {"UBM", 4},
                                                   {"ADL", 3},
                                                   {"RML", 3},
                                                   {"FQY", 3}}};
constexpr std::array<PayloadVerb, 3> from_client{{{"MSG", 4}, {"UUX", 3}, {"QRY", 4}}};

bool has_payload(const Command& command, bool server) {
  const auto fits = [&](const PayloadVerb& p) {
    return command.verb() == p.verb && command.size() >= p.words;
  };
  return server ? std::any_of(from_server.begin(), from_server.end(), fits)
                : std::any_of(from_client.begin(), from_client.end(), fits);
}

bool is_unreserved(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Ids and tickets come from servers and go back as they came; a control among them must not become
// the end of a line.
void append_word(std::string& out, std::string_view word) {
  for (const char c : word)
    if (static_cast<unsigned char>(c) > 0x20 && c != '\x7f') out += c;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Command::Command(std::string_view line, std::string_view payload) : line_(line), payload_(payload) {
  std::size_t begin = 0;
  std::size_t filled = 0;
  while (filled < words_.size()) {
    const auto end = line.find(' ', begin);
    words_[filled] = line.substr(begin, end == line.npos ? line.npos : end - begin);
    if (!words_[filled].empty()) count_ = filled + 1;
    ++filled;
    if (end == line.npos) break;
    begin = end + 1;
  }
}

std::string_view Command::rest(std::size_t i) const {
  if (i >= count_) return {};
  return line_.substr(static_cast<std::size_t>(words_[i].data() - line_.data()));
}

void CommandReader::feed(std::string_view octets) {
  if (begin_ > 0) {  // what was handed out is not needed any more
    buffer_.erase(0, begin_);
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
  }
  buffer_.append(octets);
}

Result<std::optional<Command>> CommandReader::next() {
  const auto end = buffer_.find('\n', std::max(begin_, scanned_));
  if (end == buffer_.npos) {
    scanned_ = buffer_.size();
    if (buffer_.size() - begin_ > limits::line) return fail(ErrorCode::network, "line too long");
    return std::nullopt;
  }
  if (end - begin_ > limits::line) return fail(ErrorCode::network, "line too long");
  std::string_view line(buffer_.data() + begin_, end - begin_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  Command command(line);
  if (!has_payload(command, from_ == From::server)) {
    begin_ = end + 1;
    return command;
  }
  const auto length = parse_number(command.last(), 7);
  if (!length) {
    // "ADL 5 OK" is an answer; for the others the length cannot be missing.
    if (command.verb() == "ADL" || command.verb() == "RML" || command.verb() == "FQY") {
      begin_ = end + 1;
      return command;
    }
    return fail(ErrorCode::network, "payload without a length: " + visible(line.substr(0, 80)));
  }
  if (*length > longest_payload_) return fail(ErrorCode::network, "payload too long");
  if (buffer_.size() - end - 1 < *length) {
    scanned_ = end;  // found again at once when the rest has come
    return std::nullopt;
  }
  begin_ = end + 1 + static_cast<std::size_t>(*length);
  return Command(line,
                 std::string_view(buffer_.data() + end + 1, static_cast<std::size_t>(*length)));
}

std::string command(std::initializer_list<std::string_view> words) {
  std::string out;
  for (const auto word : words) {
    if (!out.empty()) out += ' ';
    append_word(out, word);
  }
  return out += "\r\n";
}

std::string command(std::initializer_list<std::string_view> words, std::string_view payload) {
  std::string out;
  for (const auto word : words) {
    append_word(out, word);
    out += ' ';
  }
  (out += std::to_string(payload.size())) += "\r\n";
  return out += payload;
}

std::string encode_word(std::string_view utf8) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(3 * utf8.size());  // never moved: it may be a password
  for (const char c : utf8) {
    const auto octet = static_cast<unsigned char>(c);
    if (is_unreserved(octet)) {
      out += c;
    } else {
      out += '%';
      out += digits[octet >> 4];
      out += digits[octet & 15];
    }
  }
  return out;
}

std::string decode_word(std::string_view word) {
  std::string out;
  out.reserve(word.size());
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '%' && i + 2 < word.size()) {
      const int high = hex_value(word[i + 1]);
      const int low = hex_value(word[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += word[i];
  }
  return out;
}

std::string decode_name(std::string_view word) {
  auto name = without_controls(decode_word(word));
  name.resize(cut_text(name, limits::name).size());
  return name;
}

bool is_guid(std::string_view word) {
  if (word.size() != 36) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (word[i] != '-') return false;
    } else if (hex_value(word[i]) < 0) {
      return false;
    }
  }
  return true;
}

std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::uint64_t port = default_port;
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  if (colon != text.npos && (bracket == text.npos || colon > bracket)) {
    const auto number = parse_number(text.substr(colon + 1), 5);
    if (!number || *number == 0 || *number > 65535) return std::nullopt;
    port = *number;
    host = text.substr(0, colon);
  }
  const bool literal = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (literal) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > 253) return std::nullopt;
  for (const char c : host) {
    const bool plain = is_unreserved(static_cast<unsigned char>(c)) && c != '~';
    if (!plain && !(literal && (c == ':' || c == '%'))) return std::nullopt;
  }
  return HostPort{std::string(host), static_cast<std::uint16_t>(port)};
}

std::string to_text(const HostPort& at) {
  return bracketed(at.host) + ":" + std::to_string(at.port);
}

std::string bracketed(std::string_view host) {
  const bool literal = host.find(':') != host.npos;
  return literal ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace msn::network::msnp
