// SPDX-License-Identifier: MIT
// The listener of a network: records all events, and can delay calling "stored".
#pragma once
#include "core/network/network.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::test {

class RecordingListener : public network::Listener {
 public:
  std::vector<model::Event> events;
  std::vector<network::State> states;
  bool stores = true;        // calls `stored` at once; otherwise keeps it in `unstored`
  bool keeps_marks = false;  // as a listener with an event log on disk does
  std::vector<std::function<void()>> unstored;
  std::map<std::string, std::string, std::less<>> marks;
  std::string account;             // the account of the marks
  std::function<void()> on_event;  // called after every batch

  void on_batch(network::Batch batch) override {
    if (keeps_marks && !batch.mark.empty()) marks[account] = std::move(batch.mark);
    for (auto& event : batch.events) events.push_back(std::move(event));
    if (stores)
      batch.stored();
    else
      unstored.push_back(std::move(batch.stored));
    if (on_event) on_event();
  }
  std::string mark(std::string_view email) override {
    account = email;
    const auto found = marks.find(email);
    return keeps_marks && found != marks.end() ? found->second : std::string();
  }
  void on_state(network::State state) override { states.push_back(state); }

  template <class Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& event : events)
      if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
    return found;
  }
  bool has(const model::Event& wanted) const { return count(wanted) > 0; }
  std::size_t count(const model::Event& wanted) const {
    std::size_t found = 0;
    for (const auto& event : events) found += event == wanted;
    return found;
  }
};

}  // namespace msn::test
