// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc block spam@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::address}};

Result<void> run(Context& context) {
  return run_contact_request(context, "BLOCK");
}

}  // namespace

extern const Command block_command;
constinit const Command block_command{
    .name = "block",
    .alias = "",
    .group = Group::contacts,
    .summary = "block a contact (they see you as offline and cannot message you)",
    .request = "BLOCK",
    .forms = forms,
    .examples = examples,
    .options = {},
    .arguments = arguments,
    .run = run};

}  // namespace msn::msnc
