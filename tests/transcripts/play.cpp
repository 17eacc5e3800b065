// SPDX-License-Identifier: MIT
// Plays a transcript on real daemons: play MSNCD FILE. Exit status 77: it needs more than those.
#include "tests/support/real_stage.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>

namespace {

using namespace msn::test;

constexpr int skipped = 77;

int play(const std::string& program, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string transcript(std::istreambuf_iterator<char>(file), {});
  const std::string name = path.filename();
  if (transcript.empty()) throw std::runtime_error("nothing to play in " + path.string());
  if (const auto needed = needs(transcript)) {
    std::printf("%s: not on a real msncd: it needs %s\n", name.c_str(), needed->c_str());
    return skipped;
  }
  RealStage stage(program, kept_events(transcript));
  auto wrong = run_transcript(transcript, stage);
  if (!wrong) wrong = stage.close();
  std::printf("%s: %s\n", name.c_str(), wrong.value_or("as written, on a real msncd").c_str());
  if (wrong) std::fputs(stage.logs().c_str(), stdout);
  return wrong ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: play MSNCD FILE\n", stderr), 2;
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return play(argv[1], argv[2]);
  } catch (const std::exception& problem) {
    std::printf("%s\n", problem.what());
    return 1;
  }
}
