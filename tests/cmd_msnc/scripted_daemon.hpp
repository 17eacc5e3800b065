// SPDX-License-Identifier: MIT
// A fake daemon on a Unix socket that follows a script: it reads the expected requests, answers,
// and records everything that it has received. The random ID of a message is recorded as "ID=*".
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
  std::string answer;  // "$ID" stands for the ID of the last message
  enum class After { go_on, close } after = After::go_on;
};

using Script = std::vector<Exchange>;

class ScriptedDaemon {
 public:
  explicit ScriptedDaemon(Script script);
  ~ScriptedDaemon();

  const std::string& socket() const { return path_; }
  // Everything received. Waits until the script has ended and the client has disconnected.
  std::string received();
  // The IDs of the messages in their order. Waits like received().
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

// Runs msnc in this process, with only the given environment and PATH.
Ran run(const std::vector<std::string>& words,
        const std::vector<std::pair<std::string, std::string>>& environment = {}, int out = -1);

// The text without " -s SOCKET", which hints have for the scripted daemon.
inline std::string without_socket(std::string text, const ScriptedDaemon& daemon) {
  const std::string option = " -s " + daemon.socket();
  for (auto at = text.find(option); at != text.npos; at = text.find(option))
    text.erase(at, option.size());
  return text;
}

// Replaces standard input by a text until it is destroyed.
class StandardInput {
 public:
  explicit StandardInput(const std::string& text);
  ~StandardInput();

 private:
  UniqueFd before_;
};

}  // namespace msn::test
