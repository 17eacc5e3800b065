// SPDX-License-Identifier: MIT
// Running msnc for one exchange with a scripted daemon.
#pragma once
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

namespace msn::test {

// The answer to HELLO of a daemon with all features.
inline const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared\n";

// Runs msnc with --json and checks that the daemon has received `unit`.
inline Ran run_json(std::vector<std::string> words, const std::string& unit,
                    const std::string& answer) {
  ScriptedDaemon daemon(Script{{unit, answer}});
  words.insert(words.begin(), {"--json", "--socket", daemon.socket()});
  const Ran ran = run(words);
  CHECK(daemon.received() == unit);
  return ran;
}

}  // namespace msn::test
