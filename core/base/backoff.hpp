// SPDX-License-Identifier: MIT
// Exponential backoff with jitter: the delay doubles with each attempt up to a maximum, and is
// shortened by a random part so that many programs do not reconnect at the same moment.
#pragma once
#include "core/base/clock.hpp"

#include <algorithm>

namespace msn {

class Backoff {
 public:
  explicit Backoff(Milliseconds first = std::chrono::seconds(5),
                   Milliseconds last = std::chrono::minutes(5))
      : first_(first), last_(std::max(first, last)) {}

  // Returns the delay before the next attempt: the larger of the current delay and `at_least`,
  // shortened by up to a quarter. `chance` is a random number from 0 (not shortened) to 1.
  Milliseconds next(double chance, Milliseconds at_least = Milliseconds(0)) {
    delay_ = delay_ == Milliseconds(0) ? first_ : std::min(2 * delay_, last_);
    const double part = 1.0 - 0.25 * std::clamp(chance, 0.0, 1.0);
    return std::chrono::duration_cast<Milliseconds>(std::max(delay_, at_least) * part);
  }
  // Call it after a successful attempt: the next delay is the first one again.
  void reset() { delay_ = Milliseconds(0); }

 private:
  Milliseconds first_, last_;
  Milliseconds delay_{0};  // the last delay, without jitter
};

}  // namespace msn
