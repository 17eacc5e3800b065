// SPDX-License-Identifier: MIT
#include "tests/bench/report.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace bench {

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * share + 0.5)];
}

double median(std::vector<double> values) {
  return percentile(std::move(values), 0.5);
}

double Rounds::ratio(std::size_t which, std::size_t to) const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(values_[which].size(), values_[to].size()); ++i) {
    ratios.push_back(values_[which][i] / values_[to][i]);
  }
  return median(std::move(ratios));
}

Shuffle::Shuffle(std::size_t cases) : order_(cases) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
}

const std::vector<std::size_t>& Shuffle::next() {
  std::shuffle(order_.begin(), order_.end(), random_);
  return order_;
}

std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void Report::line(const std::string& what, double value, Bound bound, double limit,
                  const std::string& unit, const std::string& detail) {
  const bool fine = bound == Bound::at_most ? value <= limit : value >= limit;
  const int digits = limit >= 100 ? 0 : 2;
  const std::string sign = bound == Bound::at_most ? "<= " : ">= ";
  lines_.push_back({what, number(value, digits) + unit, sign + number(limit, digits) + unit,
                    fine ? "ok" : "MISS", detail});
  std::fprintf(stderr, "%-4s %s: %s (%s%s)\n", fine ? "ok" : "MISS", what.c_str(),
               lines_.back().measured.c_str(), sign.c_str(), number(limit, digits).c_str());
}

void Report::skip(const std::string& what, const std::string& why) {
  lines_.push_back({what, "-", "-", "SKIP", why});
  std::fprintf(stderr, "SKIP %s: %s\n", what.c_str(), why.c_str());
}

void Report::note(const std::string& text) {
  notes_.push_back(text);
}

void Report::print() const {
  std::size_t width = 10;
  int fine = 0;
  int missed = 0;
  for (const Line& line : lines_) width = std::max(width, line.what.size());
  std::printf("\n%-*s  %12s  %12s  %-7s  %s\n", static_cast<int>(width), "what", "measured", "goal",
              "verdict", "figures");
  for (const Line& line : lines_) {
    std::printf("%-*s  %12s  %12s  %-7s  %s\n", static_cast<int>(width), line.what.c_str(),
                line.measured.c_str(), line.bound.c_str(), line.verdict.c_str(),
                line.detail.c_str());
    fine += line.verdict == "ok";
    missed += line.verdict == "MISS";
  }
  for (const std::string& note : notes_) std::printf("%s\n", note.c_str());
  std::printf("%d ok, %d missed, %zu skipped\n", fine, missed,
              lines_.size() - static_cast<std::size_t>(fine + missed));
}

}  // namespace bench
