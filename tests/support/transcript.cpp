// SPDX-License-Identifier: MIT
#include "tests/support/transcript.hpp"

#include "core/base/text.hpp"

#include <set>
#include <stdexcept>

namespace msn::test {
namespace {

constexpr std::string_view changing = "...";

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw std::runtime_error("bad \\x");
}

// The bytes that a line of a transcript stands for.
std::string bytes_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (i + 1 == text.size()) return out;
    if (text[i + 1] == '\\') {
      out += '\\';
      ++i;
    } else if (text[i + 1] == 'x' && i + 3 < text.size()) {
      out += static_cast<char>(hex(text[i + 2]) * 16 + hex(text[i + 3]));
      i += 3;
    } else {
      throw std::runtime_error("a backslash before neither x nor a backslash");
    }
  }
  return out + '\n';
}

std::string shown(const std::optional<std::string>& heard) {
  if (!heard) return "nothing";
  std::string text = *heard;
  const bool whole = !text.empty() && text.back() == '\n';
  if (whole) text.pop_back();
  return '"' + visible(text) + '"' + (whole ? "" : " without LF");
}

// Replaces every time (RFC 3339 in UTC with milliseconds) by the same one.
std::string without_times(std::string text) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  for (std::size_t at = 0; at + form.size() <= text.size(); ++at) {
    std::string digits = text.substr(at, form.size());
    for (char& c : digits)
      if (c >= '0' && c <= '9') c = '0';
    if (digits == form) text.replace(at, form.size(), form);
  }
  return text;
}

std::chrono::milliseconds duration(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  const auto number = parse_number(text.substr(0, unit));
  if (!number || unit == text.npos) throw std::runtime_error("tick wants a number and a unit");
  const auto count = static_cast<std::int64_t>(*number);
  if (text.substr(unit) == "ms") return std::chrono::milliseconds(count);
  if (text.substr(unit) == "s") return std::chrono::seconds(count);
  if (text.substr(unit) == "m") return std::chrono::minutes(count);
  throw std::runtime_error("tick knows ms, s and m");
}

std::optional<std::string> header(std::string_view transcript, std::string_view begin) {
  for (std::string_view line : split(transcript, '\n'))
    if (line.starts_with(begin)) return std::string(line.substr(begin.size()));
  return std::nullopt;
}

class Run {
 public:
  explicit Run(TranscriptBackend& backend) : backend_(backend) {}

  std::optional<std::string> line(std::string_view text) {
    if (text.empty() || text.front() == '#') return std::nullopt;
    if (text.starts_with("tick ")) {
      if (!backend_.pass(duration(text.substr(5)))) return "this backend cannot move time";
      return std::nullopt;
    }
    if (text.starts_with("network")) return network(text.substr(7));
    const std::size_t space = text.find(' ');
    if (space == text.npos) return "not understood";
    const std::string name(text.substr(0, space));
    const std::string_view rest = text.substr(space + 1);
    if (rest == "ends") {
      if (auto left = left_over(name)) return left;
      backend_.end(name);
      names_.erase(name);
      return std::nullopt;
    }
    if (rest.size() < 1 || (rest[0] != '>' && rest[0] != '<')) return "not understood";
    const std::string_view said = rest.size() > 2 ? rest.substr(2) : std::string_view();
    names_.insert(name);
    if (rest[0] == '>') {
      backend_.say(name, bytes_of(said));
      return std::nullopt;
    }
    return hear(name, said);
  }

  std::optional<std::string> finish() {
    for (const std::string& name : names_)
      if (auto left = left_over(name)) return left;
    return std::nullopt;
  }

 private:
  std::optional<std::string> hear(const std::string& name, std::string_view expected) {
    if (expected == "nothing") return left_over(name);
    const auto heard = backend_.hear(name);
    if (heard && as_expected(bytes_of(expected), *heard)) return std::nullopt;
    return name + " heard " + shown(heard) + " instead of " + shown(bytes_of(expected));
  }

  bool as_expected(const std::string& expected, const std::string& heard) const {
    if (backend_.keeps_time()) return fits(expected, heard);
    return fits(without_times(expected), without_times(heard));
  }

  std::optional<std::string> left_over(const std::string& name) {
    const auto heard = backend_.overhear(name);
    if (!heard) return std::nullopt;
    return name + " heard " + shown(heard) + " that is not expected";
  }

  // "[ NAME]: line" or "[ NAME] < line"
  std::optional<std::string> network(std::string_view text) {
    std::string name;
    if (text.starts_with(' ') && !text.starts_with(" < ")) {
      const std::size_t end = text.find_first_of(": ", 1);
      name = text.substr(1, end - 1);
      text.remove_prefix(end);
    }
    if (text.starts_with(": ")) {
      std::string line = bytes_of(text.substr(2));
      if (!line.empty() && line.back() == '\n') line.pop_back();
      if (!backend_.tell_network(name, line)) return "this backend cannot make the network do that";
      return std::nullopt;
    }
    if (text.starts_with(" < ")) {
      std::string expected = bytes_of(text.substr(3));
      const auto asked = backend_.network_asked(name, expected.substr(0, expected.size() - 1));
      if (asked && fits(expected, *asked + '\n')) return std::nullopt;
      return "the network was asked " + shown(asked) + " instead of " + shown(expected);
    }
    return "not understood";
  }

  TranscriptBackend& backend_;
  std::set<std::string> names_;
};

}  // namespace

bool fits(std::string_view expected, std::string_view heard) {
  const std::size_t at = expected.find(changing);
  if (at == expected.npos) return expected == heard;
  if (heard.substr(0, at) != expected.substr(0, at)) return false;
  heard.remove_prefix(at);
  expected.remove_prefix(at + changing.size());
  const std::size_t end = std::min(heard.find_first_of(" \n"), heard.size());
  // Tries the shortest match first.
  for (std::size_t count = 1; count <= end; ++count)
    if (fits(expected, heard.substr(count))) return true;
  return false;
}

std::optional<std::string> needs(std::string_view transcript) {
  return header(transcript, "# needs: ");
}

std::optional<std::uint64_t> kept_events(std::string_view transcript) {
  const auto text = header(transcript, "# keeps: ");
  if (!text) return std::nullopt;
  return parse_number(std::string_view(*text).substr(0, text->find(' '))).value();
}

std::optional<std::string> run_transcript(std::string_view transcript, TranscriptBackend& backend) {
  Run run(backend);
  int number = 0;
  for (std::string_view line : split(transcript, '\n')) {
    ++number;
    std::optional<std::string> wrong;
    try {
      wrong = run.line(line);
    } catch (const std::exception& problem) {
      wrong = problem.what();
    }
    if (wrong) return "line " + std::to_string(number) + ": " + *wrong;
  }
  if (auto left = run.finish()) return "at the end: " + *left;
  return std::nullopt;
}

}  // namespace msn::test
