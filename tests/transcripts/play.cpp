// SPDX-License-Identifier: MIT
// Plays a transcript on real daemons: play_transcript MSNCD FILE.
#include "tests/support/real_backend.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <stdexcept>
#include <string>

namespace {

using namespace msn::test;

int play(const std::string& program, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string transcript(std::istreambuf_iterator<char>(file), {});
  const std::string name = path.filename();
  if (transcript.empty()) throw std::runtime_error("nothing to play in " + path.string());
  if (const auto needed = needs(transcript))
    throw std::runtime_error(name + " cannot be played on a real msncd: it needs " + *needed);
  RealBackend backend(program, kept_events(transcript));
  auto wrong = run_transcript(transcript, backend);
  if (!wrong) wrong = backend.close();
  std::printf("%s: %s\n", name.c_str(), wrong.value_or("as written, on a real msncd").c_str());
  if (wrong) std::fputs(backend.logs().c_str(), stdout);
  return wrong ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: play_transcript MSNCD FILE\n", stderr), 2;
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return play(argv[1], argv[2]);
  } catch (const std::exception& problem) {
    std::printf("%s\n", problem.what());
    return 1;
  }
}
