// SPDX-License-Identifier: MIT
// A daemon that follows a script: on a Unix socket it reads exactly what is expected, answers, and
// writes down what came instead or beyond. The random identity of a message reads "ID=*".
#pragma once
#include "cmd/msnc/dispatch.hpp"
#include "core/base/unique_fd.hpp"
#include "tests/cmd_msnc/capture.hpp"
#include "tests/support/temp_dir.hpp"

#include <string>
#include <thread>
#include <vector>

namespace msn::test {

struct Exchange {
  std::string expected;
  std::string answer;  // "$ID": the identity that came last
  enum class After { go_on, close } after = After::go_on;
};

using Script = std::vector<Exchange>;

class ScriptedDaemon {
 public:
  explicit ScriptedDaemon(Script script);
  ~ScriptedDaemon();

  const std::string& socket() const { return path_; }
  // All that was received, once the script is done and the client gone.
  std::string received();
  // The identities of the messages, in order, once all was received.
  const std::vector<std::string>& identities() {
    (void)received();
    return ids_;
  }

 private:
  void serve(Script script);
  void mask_id(std::string& text);

  TempDir dir_;
  std::string path_;
  UniqueFd listener_, stop_read_, stop_write_;
  std::string received_;
  std::string id_;
  std::vector<std::string> ids_;
  std::thread thread_;
};

struct Ran {
  int status = -1;
  std::string out, err;
};

// Runs the program in this process. The environment is the given one alone (and PATH).
Ran run(const std::vector<std::string>& words,
        const std::vector<std::pair<std::string, std::string>>& environment = {}, int out = -1);

// The advice without " -s SOCKET", which names the daemon that was meant.
inline std::string without_socket(std::string text, const ScriptedDaemon& daemon) {
  const std::string option = " -s " + daemon.socket();
  for (auto at = text.find(option); at != text.npos; at = text.find(option))
    text.erase(at, option.size());
  return text;
}

// Puts a text on standard input as long as it lives.
class StandardInput {
 public:
  explicit StandardInput(const std::string& text);
  ~StandardInput();

 private:
  UniqueFd before_;
};

}  // namespace msn::test
