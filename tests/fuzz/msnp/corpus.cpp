// SPDX-License-Identifier: MIT
// Writes the corpora of the fuzz targets: what the servers of the wire scripts say, one file for
// each connection. Usage: msnp_corpus DIRECTORY
#include "tests/network/msnp/robustness.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

namespace fs = std::filesystem;

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: msnp_corpus DIRECTORY\n", stderr);
    return 2;
  }
  const std::map<std::string, std::vector<std::string>> targets{
      {"NS", {"codec", "notification", "mime"}},
      {"SB", {"codec", "switchboard", "mime"}},
      {"HTTP", {"ticket"}}};
  for (const auto& entry : fs::directory_iterator(MSNC_WIRES)) {
    if (entry.path().extension() != ".wire") continue;
    int number = 0;
    for (const auto& said : msn::test::server_side(entry.path().string())) {
      const auto name = entry.path().stem().string() + "-" + std::to_string(++number);
      for (const auto& target : targets.at(said.kind)) {
        const fs::path folder = fs::path(words[1]) / target;
        fs::create_directories(folder);
        std::string bytes = said.bytes;
        // A payload, not the dialogue around it.
        if (target == "mime") bytes = bytes.substr(std::min(bytes.find("MIME-"), bytes.size()));
        std::ofstream(folder / name, std::ios::binary) << bytes;
      }
    }
  }
  return 0;
}
