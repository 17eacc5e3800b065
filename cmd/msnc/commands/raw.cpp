// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"

#include <array>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 2> forms{"LINE...", "-"};
constexpr std::array<std::string_view, 2> examples{
    "msnc raw GETCL", R"(printf 'SENDMSG 1 bob@example.org\nhi\n' | msnc raw -)"};
constexpr std::array arguments{Argument{"LINE", true, true}};

// Several times as much as a daemon accepts as one request.
constexpr std::size_t longest_input = std::size_t{1} << 20;

Result<std::string> read_unit(const Arguments& given) {
  if (given.names_input(0)) {
    auto unit = read_all(STDIN_FILENO, "standard input", longest_input);
    if (!unit) return unit;
    if (unit->size() > longest_input)
      return fail(ErrorCode::usage, "raw: standard input has more than 1 MiB; nothing was sent");
    if (unit->empty()) return fail(ErrorCode::usage, "raw: standard input is empty");
    if (!unit->ends_with('\n')) *unit += '\n';
    return unit;
  }
  std::string line = given.joined();
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos)
    return fail(ErrorCode::usage, "raw: LINE must be a single line; to send several lines, use -");
  return line + '\n';
}

// The time of WAIT= in the request, which is added to the timeout.
std::chrono::seconds wait_of(std::string_view unit) {
  const auto line = unit.substr(0, unit.find('\n'));
  for (const auto word : split(line, ' '))
    if (word.starts_with("WAIT="))
      return std::chrono::seconds(parse_number(word.substr(5), 4).value_or(0));
  return {};
}

Result<void> run(Context& context) {
  auto unit = read_unit(context.arguments);
  if (!unit) return fail(std::move(unit.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto reply = (*connection)->exchange_raw(*unit, client::answer_shape(*unit), wait_of(*unit));
  if (!reply && !client::only_asks(*unit))
    return fail(
        client::not_done(**connection, std::move(reply.error()), "the request was carried out"));
  if (!reply) return fail(std::move(reply.error()));
  context.show(RawReply{std::move(*reply)});
  return {};
}

}  // namespace

extern const Command raw_command;
constinit const Command raw_command{.name = "raw",
                                    .alias = "",
                                    .group = Group::other,
                                    .summary = "send a line of the protocol and print the answer",
                                    .request = "",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = {},
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc
