// SPDX-License-Identifier: MIT
#include "core/daemon/dispatch.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <exception>
#include <utility>

namespace msn::daemon {
namespace {

constexpr std::size_t long_answer = 64 * 1024;

// What is wrong before the handler is asked.
std::optional<ErrorCode> check(const Context& context, const Command& command,
                               const protocol::Request& request) {
  switch (command.needs) {
    case Command::Needs::nothing:
      break;
    case Command::Needs::log:
      if (context.journal.log() == nullptr) return ErrorCode::not_logged_in;
      break;
    case Command::Needs::session:
      if (!context.session.up()) return ErrorCode::not_logged_in;
      break;
    case Command::Needs::online:
      if (!context.session.online()) return ErrorCode::not_logged_in;
      break;
  }
  const auto words = static_cast<int>(request.words.size());
  if (words < command.min_words) return ErrorCode::params;
  if (command.max_words != any_number && words > command.max_words) return ErrorCode::params;
  return std::nullopt;
}

void report(Log& log, const Row& row, const char* what) {
  log.error("daemon", std::string(row.keyword) + " failed inside: " + visible(what));
}

}  // namespace

void start(const Later& later, const Row& row, Log& log, const Done& done) {
  try {
    later(done);
  } catch (const std::exception& problem) {
    report(log, row, problem.what());
    done(fail(ErrorCode::internal));
  }
}

void append_answer(const Result<Answer>& answer, std::string& out) {
  if (answer)
    out += *answer;
  else
    out += protocol::err(answer.error());
}

std::optional<Later> dispatch(Context& context, const Row* row, const protocol::Request& request,
                              Log& log, std::string& out) {
  if (row == nullptr) {
    out += protocol::err({ErrorCode::unknown_request, {}});
    return std::nullopt;
  }
  const Command& command = *row->command;
  if (const auto wrong = check(context, command, request)) {
    out += protocol::err({*wrong, {}});
    return std::nullopt;
  }
  try {
    Result<Outcome> outcome = command.run(context, request);
    if (!outcome) {
      if (outcome.error().code == ErrorCode::internal)
        report(log, *row, outcome.error().message.c_str());
      out += protocol::err(outcome.error());
      return std::nullopt;
    }
    if (auto* later = std::get_if<Later>(&*outcome)) return std::move(*later);
    Answer& answer = std::get<Answer>(*outcome);
    // A long answer is not copied; for a short one the buffer that is there is better.
    if (out.empty() && answer.size() > long_answer)
      out = std::move(answer);
    else
      out += answer;
  } catch (const std::exception& problem) {
    report(log, *row, problem.what());
    out += protocol::err({ErrorCode::internal, {}});
  }
  return std::nullopt;
}

}  // namespace msn::daemon
