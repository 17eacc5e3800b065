// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/simple_commands.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 3> forms{"--public yes|no --auth yes|no", "1|0 1|0", ""};
constexpr std::array<std::string_view, 2> examples{"msnc priv --public no --auth yes",
                                                   "msnc priv 0 1"};
constexpr std::array options{
    Option{"--public", Option::Kind::value, "yes|no",
           "yes: anyone can see and message you; no: only contacts", Offer::yes_no},
    Option{"--auth", Option::Kind::value, "yes|no",
           "yes: you are asked before a user adds you; no: anyone can add you", Offer::yes_no}};
constexpr std::array arguments{Argument{"PUBLIC", false, false, Offer::one_zero},
                               Argument{"AUTH", false, false, Offer::one_zero}};

Result<bool> parse_flag(std::string_view word, std::string_view yes, std::string_view no) {
  if (word == yes || word == no) return word == yes;
  return fail(ErrorCode::usage, "priv: '" + visible(word) + "' is neither " + std::string(yes) +
                                    " nor " + std::string(no));
}

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  const auto open_word = given.value("public"), ask_word = given.value("auth");
  Result<bool> open = false, ask = false;
  if (!open_word && !ask_word && given.words.empty())
    return show_state(context, {"public", "auth"});
  if (open_word && ask_word && given.words.empty()) {
    open = parse_flag(*open_word, "yes", "no");
    ask = parse_flag(*ask_word, "yes", "no");
  } else if (!open_word && !ask_word && given.words.size() == 2) {
    open = parse_flag(given.words[0], "1", "0");
    ask = parse_flag(given.words[1], "1", "0");
  } else {
    return fail(ErrorCode::usage,
                "priv needs both values: --public yes|no --auth yes|no, or 1|0 1|0");
  }
  if (!open) return fail(std::move(open.error()));
  if (!ask) return fail(std::move(ask.error()));
  const model::Privacy privacy{*open, *ask};
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::priv(**connection, privacy); !done) return done;
  context.show(PrivSet{privacy});
  return {};
}

}  // namespace

extern const Command priv_command;
constinit const Command priv_command{.name = "priv",
                                     .alias = "",
                                     .group = Group::session,
                                     .summary = "show or set who may message you and add you",
                                     .request = "PRIV STATE",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = options,
                                     .arguments = arguments,
                                     .run = run};

}  // namespace msn::msnc
