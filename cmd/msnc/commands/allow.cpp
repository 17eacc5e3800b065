// SPDX-License-Identifier: MIT
#include "cmd/msnc/about.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc allow eve@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::asking}};

Result<void> run(Context& context) {
  return order_about(context, "ALLOW");
}

}  // namespace

extern const Command allow_command;
constinit const Command allow_command{.name = "allow",
                                      .alias = "",
                                      .group = Group::people,
                                      .summary = "consent to a contact request",
                                      .request = "ALLOW",
                                      .forms = forms,
                                      .examples = examples,
                                      .options = {},
                                      .arguments = arguments,
                                      .run = run};

}  // namespace msn::msnc
