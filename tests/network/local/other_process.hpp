// SPDX-License-Identifier: MIT
// A daemon in another process, to be killed. Create it before any network in the test: fork() needs
// a process with one thread.
#pragma once
#include "core/base/unique_fd.hpp"
#include "tests/network/local/fixture.hpp"

#include <csignal>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace msn::test {

class OtherProcess {
 public:
  // The code of the other process; `say` sends a line to the test.
  using Body =
      std::function<void(LocalFixture&, const std::function<void(const std::string&)>& say)>;

  OtherProcess(const std::string& database, const Body& body) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::close(ends[0]);
      try {
        // Never destroyed: the process exits or is killed.
        auto* fixture = new LocalFixture;
        std::filesystem::remove(fixture->directory.path());  // it uses the test's folder
        fixture->database = database;
        body(*fixture, [fd = ends[1]](const std::string& line) {
          const std::string bytes = line + "\n";
          if (::write(fd, bytes.data(), bytes.size()) < 0) ::_exit(3);
        });
      } catch (...) {
        ::_exit(2);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    out_.reset(ends[0]);
  }
  ~OtherProcess() { kill(); }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  // The next line from the process; empty after its end.
  std::string line() {
    std::string text;
    for (char c = 0; ::read(out_.get(), &c, 1) == 1;) {
      if (c == '\n') return text;
      text += c;
    }
    return {};
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  UniqueFd out_;
};

// For bodies: serves the network until killed.
inline void run_forever(LocalFixture& fixture) {
  pump(
      fixture.loop, [] { return false; }, std::chrono::seconds(120));
}

}  // namespace msn::test
