// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_rows.hpp"

#include "core/base/text.hpp"
#include "tests/network/msnp/robustness.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

namespace msn::test {
namespace {

namespace fs = std::filesystem;

// Words to replace in an included file: "NS" by "NS2".
using Renames = std::vector<std::pair<std::string, std::string>>;

std::string renamed(std::string text, const Renames& renames) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '$' || c == '-';
  };
  for (const auto& [from, to] : renames) {
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos;) {
      const auto end = at + from.size();
      const bool whole =
          (at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end]));
      if (whole) text.replace(at, from.size(), to);
      at += whole ? to.size() : from.size();
    }
  }
  return text;
}

void load(const fs::path& file, const Renames& renames, std::vector<WireRow>& rows) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == line.npos || line[begin] == '#') continue;
    const auto text = line.substr(begin);
    const auto where = file.filename().string() + ":" + std::to_string(number);
    if (text.starts_with("include ")) {
      const auto words = split(text, ' ');
      Renames inside;
      for (std::size_t i = 2; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        inside.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
      }
      inside.insert(inside.end(), renames.begin(), renames.end());
      load(file.parent_path() / std::string(words.at(1)), inside, rows);
    } else if (text.starts_with("|")) {
      auto& row = rows.back();
      row.payload += unescape(renamed(text.substr(std::min<std::size_t>(2, text.size())), renames));
      if (row.of_pipe()) row.payload += '\n';
      row.has_payload = true;
    } else {
      rows.push_back({where, renamed(text, renames), {}, false});
      if (rows.back().of_pipe()) rows.back().text = unescape(rows.back().text);
    }
  }
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

std::vector<WireRow> wire_rows(const std::string& file) {
  std::vector<WireRow> rows;
  load(file, {}, rows);
  return rows;
}

std::vector<Said> server_side(const std::string& script) {
  std::map<std::string, std::string> said;
  for (const auto& row : wire_rows(script)) {
    const auto space = row.text.find(' ');
    const auto name = row.text.substr(0, space);
    if (row.text.compare(name.size(), 4, " S: ") != 0) continue;
    const auto line = row.text.substr(name.size() + 4);
    if (name == "HTTP") {
      auto& bytes = said[name];
      bytes += line.substr(0, line.find(' ')) + "\n";
      if (const auto header = line.find(' '); header != line.npos)
        bytes += line.substr(header + 1) + "\n";
      bytes += "\n";
    } else {
      said[name] += line + "\r\n" + row.payload;
    }
  }
  std::vector<Said> out;
  for (auto& [name, bytes] : said)
    out.push_back({name == "HTTP" ? name : name.substr(0, 2), std::move(bytes)});
  return out;
}

}  // namespace msn::test
