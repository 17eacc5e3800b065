// SPDX-License-Identifier: MIT
// Figures, and the one table they end in.
#pragma once
#include <random>
#include <string>
#include <vector>

namespace bench {

double median(std::vector<double> values);
double percentile(std::vector<double> values, double share);  // share: 0 to 1

// Measured values, in rounds; the values of one round are compared with each other.
class Rounds {
 public:
  explicit Rounds(std::size_t cases) : values_(cases) {}
  void add(std::size_t which, double value) { values_[which].push_back(value); }
  double median_of(std::size_t which) const { return median(values_[which]); }
  // The median of the rounds' ratios: a disturbance of a whole round does not change its ratio.
  double ratio(std::size_t which, std::size_t to) const;
  const std::vector<double>& values(std::size_t which) const { return values_[which]; }

 private:
  std::vector<std::vector<double>> values_;
};

// The cases 0 to n-1 in another order each time.
class Shuffle {
 public:
  explicit Shuffle(std::size_t cases);
  const std::vector<std::size_t>& next();

 private:
  std::vector<std::size_t> order_;
  std::mt19937 random_{20251124};
};

class Report {
 public:
  enum class Bound { at_most, at_least };
  // `detail`: the figures that it was computed from.
  void line(const std::string& what, double value, Bound, double bound, const std::string& unit,
            const std::string& detail);
  void skip(const std::string& what, const std::string& why);
  void note(const std::string& text);
  void print() const;

 private:
  struct Line {
    std::string what;
    std::string measured;
    std::string bound;
    std::string verdict;
    std::string detail;
  };
  std::vector<Line> lines_;
  std::vector<std::string> notes_;
};

std::string number(double value, int digits = 2);

}  // namespace bench
