// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc del gus@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::contact}};

Result<void> run(Context& context) {
  return run_contact_request(context, "DEL");
}

}  // namespace

extern const Command del_command;
constinit const Command del_command{.name = "del",
                                    .alias = "rm",
                                    .group = Group::contacts,
                                    .summary = "remove a contact",
                                    .request = "DEL",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = {},
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc
