// SPDX-License-Identifier: MIT
#include "core/daemon/timers.hpp"

namespace msn::daemon {

Timers::Id Timers::in(std::chrono::milliseconds delay, std::function<void()> action) {
  const Id id{clock_.steady() + delay, ++last_};
  const auto placed = actions_.emplace(id, std::move(action)).first;
  if (placed == actions_.begin()) loop_.wake_at(id.first);
  return id;
}

void Timers::run() {
  while (!actions_.empty() && actions_.begin()->first.first <= clock_.steady()) {
    // Removed first, because the action may add and cancel timers.
    auto node = actions_.extract(actions_.begin());
    node.mapped()();
  }
  if (!actions_.empty()) loop_.wake_at(actions_.begin()->first.first);
}

}  // namespace msn::daemon
