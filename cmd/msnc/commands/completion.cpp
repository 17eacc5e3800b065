// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/embedded.hpp"
#include "core/base/text.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"bash|zsh|fish"};
constexpr std::array<std::string_view, 1> examples{R"x(eval "$(msnc completion bash)")x"};
constexpr std::array arguments{Argument{"SHELL", true, false, Offer::shell}};

Result<void> run(Context& context) {
  const std::string& shell = context.arguments.words[0];
  const std::string_view script = completion_script(shell);
  if (script.empty())
    return fail(ErrorCode::usage, "completion: there is no script for '" + visible(shell) +
                                      "'; use bash, zsh or fish");
  context.out.write(script);
  return {};
}

}  // namespace

extern const Command completion_command;
constinit const Command completion_command{.name = "completion",
                                           .alias = "",
                                           .group = Group::other,
                                           .summary = "print a shell completion script",
                                           .request = "",
                                           .forms = forms,
                                           .examples = examples,
                                           .options = {},
                                           .arguments = arguments,
                                           .run = run};

}  // namespace msn::msnc
