// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc allow eve@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::asking}};

Result<void> run(Context& context) {
  return run_contact_request(context, "ALLOW");
}

}  // namespace

extern const Command allow_command;
constinit const Command allow_command{.name = "allow",
                                      .alias = "",
                                      .group = Group::contacts,
                                      .summary = "accept a contact request",
                                      .request = "ALLOW",
                                      .forms = forms,
                                      .examples = examples,
                                      .options = {},
                                      .arguments = arguments,
                                      .run = run};

}  // namespace msn::msnc
