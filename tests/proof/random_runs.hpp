// SPDX-License-Identifier: MIT
// Random runs that can be repeated: the seed decides what happens in a run.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace msn::proof {

// A claim does not hold.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void claim(bool holds, const std::string& otherwise) {
  if (!holds) throw Broken(otherwise);
}

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned n) { return n == 0 ? 0 : static_cast<unsigned>(engine_()) % n; }
  bool percent(unsigned p) { return below(100) < p; }
  template <class Things>
  const auto& one_of(const Things& things) {
    return things[below(static_cast<unsigned>(std::size(things)))];
  }

 private:
  std::mt19937 engine_;  // the same numbers everywhere
};

// What happened in a run. Its end is printed if a claim does not hold; all of it with -v.
class Story {
 public:
  explicit Story(bool aloud) : aloud_(aloud) {}
  void tell(std::string line) {
    if (aloud_) std::puts(line.c_str());
    lines_.push_back(std::move(line));
  }
  void print_end(std::size_t count) const {
    if (aloud_) return;
    for (auto i = lines_.size() > count ? lines_.size() - count : 0; i < lines_.size(); ++i)
      std::printf("    %s\n", lines_[i].c_str());
  }

 private:
  bool aloud_;
  std::vector<std::string> lines_;
};

// main() of a simulation: PROGRAM [OPTIONS] [FROM [TO [STEPS [-v]]]], seeds FROM to TO, by default
// `from` to `to`. `run` throws. The first failures are shown, with what repeats them.
inline int run_seeds(std::vector<std::string> arguments, const std::string& program, unsigned from,
                     unsigned to, unsigned steps,
                     const std::function<void(unsigned seed, unsigned steps, Story&)>& run) {
  bool aloud = false;
  if (!arguments.empty() && arguments.back() == "-v") {
    aloud = true;
    arguments.pop_back();
  }
  const auto number = [&](std::size_t i, unsigned otherwise) {
    return i < arguments.size() ? static_cast<unsigned>(std::stoul(arguments[i])) : otherwise;
  };
  from = number(0, from);
  to = number(1, arguments.empty() ? to : from);
  steps = number(2, steps);
  unsigned broken = 0;
  for (unsigned seed = from; seed <= to; ++seed) {
    Story story(aloud);
    try {
      run(seed, steps, story);
    } catch (const std::exception& why) {
      if (++broken > 5) continue;
      std::printf("seed %u: %s\n", seed, why.what());
      story.print_end(30);
      std::printf("  again: %s %u %u %u -v\n", program.c_str(), seed, seed, steps);
    }
    std::fflush(stdout);
  }
  std::printf("seeds %u to %u of %u steps: %u broken\n", from, to, steps, broken);
  return broken == 0 ? 0 : 1;
}

}  // namespace msn::proof
