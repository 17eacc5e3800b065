// SPDX-License-Identifier: MIT
#include "core/network/msnp/codec.hpp"

#include "core/base/hex.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <string>

namespace msn::network::msnp {
namespace {

struct PayloadVerb {
  std::string_view verb;
  std::size_t words;  // a line with fewer has no payload: "GCF 6 Shields.xml", "QRY 7"
};
// Servers may omit the name: "MSG bob@example.com 5". If the payload were read as commands, its
// sender could forge them.
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

// IDs and tickets of the server are echoed; a control character in them must not end the line.
void append_word(std::string& out, std::string_view word) {
  for (const char c : word)
    if (static_cast<unsigned char>(c) > 0x20 && c != '\x7f') out += c;
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

void CommandReader::feed(std::string_view bytes) {
  if (begin_ > 0) {  // the last command is not needed any more
    buffer_.erase(0, begin_);
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes);
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
    // "ADL 5 OK" is an answer without a payload; other commands always have a length.
    if (command.verb() == "ADL" || command.verb() == "RML" || command.verb() == "FQY") {
      begin_ = end + 1;
      return command;
    }
    return fail(ErrorCode::network, "payload without a length: " + visible(line.substr(0, 80)));
  }
  if (*length > longest_payload_) return fail(ErrorCode::network, "payload too long");
  if (buffer_.size() - end - 1 < *length) {
    scanned_ = end;  // so that the next call finds the line end at once
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

}  // namespace msn::network::msnp
