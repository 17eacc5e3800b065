// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/embedded.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{""};
constexpr std::array<std::string_view, 1> examples{R"(msnc schema | jq -r '."$defs"|keys[]')"};

Result<void> run(Context& context) {
  context.out.write(json_schema());
  return {};
}

}  // namespace

extern const Command schema_command;
constinit const Command schema_command{.name = "schema",
                                       .alias = "",
                                       .group = Group::other,
                                       .summary = "print the JSON Schema of the output",
                                       .request = "",
                                       .forms = forms,
                                       .examples = examples,
                                       .options = {},
                                       .arguments = {},
                                       .run = run};

}  // namespace msn::msnc
