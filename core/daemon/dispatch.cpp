// SPDX-License-Identifier: MIT
#include "core/daemon/dispatch.hpp"

#include "core/base/text.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace msn::daemon {
namespace {

// The error of a request that violates the preconditions of its command.
std::optional<ErrorCode> check(const Context& context, const Command& command,
                               const protocol::Request& request) {
  switch (command.needs) {
    case Command::Needs::nothing:
      break;
    case Command::Needs::log:
      if (context.journal.log() == nullptr) return ErrorCode::not_logged_in;
      break;
    case Command::Needs::session:
      if (!context.session.is_usable()) return ErrorCode::not_logged_in;
      break;
  }
  const auto words = static_cast<int>(request.words.size());
  if (words < command.min_words) return ErrorCode::params;
  if (command.max_words != any_number && words > command.max_words) return ErrorCode::params;
  return std::nullopt;
}

}  // namespace

void dispatch(Context& context, const Row* row, const protocol::Request& request, Log& log,
              Reply reply) {
  if (row == nullptr) return reply(fail(ErrorCode::unknown_request));
  const Command& command = *row->command;
  if (const auto wrong = check(context, command, request)) return reply(fail(*wrong));
  try {
    command.run(context, request, std::move(reply));
  } catch (const std::exception& problem) {
    log.error("daemon",
              "internal error in " + std::string(row->keyword) + ": " + visible(problem.what()));
  }
}

}  // namespace msn::daemon
