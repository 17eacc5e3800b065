// SPDX-License-Identifier: MIT
#include "cmd/msnc/external.hpp"

#include "cmd/msnc/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace msn::msnc {

Result<void> export_environment(Context& context) {
  ::setenv("MSNC", own_path().c_str(), 1);
  // Without MSNC_ACCOUNT, msnc uses no password of the configuration for a socket of an unknown
  // account.
  if (context.settings.config.account.empty())
    ::unsetenv("MSNC_ACCOUNT");
  else
    ::setenv("MSNC_ACCOUNT", context.settings.account.c_str(), 1);
  if (auto address = context.address())
    ::setenv("MSNC_SOCKET", address->text().c_str(), 1);
  else if (address.error().code == ErrorCode::usage)
    return fail(std::move(address.error()));
  return {};
}

Result<void> run_external(Context& context) {
  const std::string& word = context.line.word;
  if (word.find('/') != word.npos) return {};
  const auto program = find_program(context.environment, "msnc-" + word);
  if (!program) return {};
  if (auto exported = export_environment(context); !exported) return exported;
  std::vector<std::string> words{*program};
  words.insert(words.end(), context.line.rest.begin(), context.line.rest.end());
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  ::execv(program->c_str(), argv_of(words).data());
  return fail(ErrorCode::usage, *program + " cannot be run: " + std::strerror(errno));
}

}  // namespace msn::msnc
