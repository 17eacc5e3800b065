// SPDX-License-Identifier: MIT
#include "core/model/event.hpp"

namespace msn::model {
namespace {

struct EmailOf {
  std::string operator()(const Closed& event) const { return event.email.value_or(std::string()); }
  std::string operator()(const Opened&) const { return {}; }
  std::string operator()(const Gap&) const { return {}; }
  std::string operator()(const Unknown&) const { return {}; }
  template <class Event>
  std::string operator()(const Event& event) const {
    return event.email;
  }
};

}  // namespace

std::string event_email(const Event& event) {
  return std::visit(EmailOf{}, event);
}

}  // namespace msn::model
