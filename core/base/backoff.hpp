// SPDX-License-Identifier: MIT
// How long to wait between attempts: twice as long each time, up to a bound, and a little less by
// chance, so that many programs do not come back in the same moment.
#pragma once
#include "core/base/clock.hpp"

#include <algorithm>

namespace msn {

class Backoff {
 public:
  explicit Backoff(Milliseconds first = std::chrono::seconds(5),
                   Milliseconds last = std::chrono::minutes(5))
      : first_(first), last_(std::max(first, last)) {}

  // The delay before the next attempt, not less than `at_least`. `chance` (0 to 1) takes off up to
  // a quarter of it.
  Milliseconds next(double chance, Milliseconds at_least = Milliseconds(0)) {
    delay_ = delay_ == Milliseconds(0) ? first_ : std::min(2 * delay_, last_);
    const double part = 1.0 - 0.25 * std::clamp(chance, 0.0, 1.0);
    return std::chrono::duration_cast<Milliseconds>(std::max(delay_, at_least) * part);
  }
  // An attempt has succeeded: the next delay is the first one again.
  void reset() { delay_ = Milliseconds(0); }

 private:
  Milliseconds first_, last_;
  Milliseconds delay_{0};  // the last one, before chance
};

}  // namespace msn
