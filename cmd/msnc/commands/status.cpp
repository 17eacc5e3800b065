// SPDX-License-Identifier: MIT
#include "core/model/status.hpp"

#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 2> forms{
    "online|away|busy|brb|phone|lunch|invisible|idle|offline", ""};
constexpr std::array<std::string_view, 2> examples{"msnc status away",
                                                   "msnc status --json | jq -r .state"};
constexpr std::array arguments{Argument{"MODE", false, false, Offer::status}};

Result<void> run(Context& context) {
  std::optional<model::Status> mode;
  if (!context.arguments.words.empty()) {
    auto parsed = status_mode(context.arguments.words[0]);
    if (!parsed) return fail(std::move(parsed.error()));
    mode = *parsed;
  }
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (mode) {
    if (auto done = client::set_status(**connection, *mode); !done) return done;
    context.show(StatusSet{std::string(model::status_name(*mode))});
    return {};
  }
  auto state = client::state(**connection);
  if (!state) return fail(std::move(state.error()));
  const bool full = std::any_of(state->begin(), state->end(), [](const auto& attribute) {
    return attribute.name == "storage" && attribute.value == "full";
  });
  context.show(State{std::move(*state)});
  if (full) context.warn_of_full_storage();
  return {};
}

}  // namespace

extern const Command status_command;
constinit const Command status_command{.name = "status",
                                       .alias = "",
                                       .group = Group::session,
                                       .summary = "show or set your status",
                                       .request = "STATUS STATE",
                                       .forms = forms,
                                       .examples = examples,
                                       .options = {},
                                       .arguments = arguments,
                                       .run = run};

}  // namespace msn::msnc
