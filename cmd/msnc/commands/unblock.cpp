// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc unblock spam@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::address}};

Result<void> run(Context& context) {
  return run_contact_request(context, "UNBLOCK");
}

}  // namespace

extern const Command unblock_command;
constinit const Command unblock_command{.name = "unblock",
                                        .alias = "",
                                        .group = Group::contacts,
                                        .summary = "unblock a contact",
                                        .request = "UNBLOCK",
                                        .forms = forms,
                                        .examples = examples,
                                        .options = {},
                                        .arguments = arguments,
                                        .run = run};

}  // namespace msn::msnc
