// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc type bob@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::contact}};

Result<void> run(Context& context) {
  return run_contact_request(context, "TYPE");
}

}  // namespace

extern const Command type_command;
constinit const Command type_command{.name = "type",
                                     .alias = "",
                                     .group = Group::messages,
                                     .summary = "send a typing notification",
                                     .request = "TYPE",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = {},
                                     .arguments = arguments,
                                     .run = run};

}  // namespace msn::msnc
