// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc deny eve@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::asking}};

Result<void> run(Context& context) {
  return run_contact_request(context, "DENY");
}

}  // namespace

extern const Command deny_command;
constinit const Command deny_command{
    .name = "deny",
    .alias = "",
    .group = Group::contacts,
    .summary = "refuse a contact request, or withdraw your consent",
    .request = "DENY",
    .forms = forms,
    .examples = examples,
    .options = {},
    .arguments = arguments,
    .run = run};

}  // namespace msn::msnc
