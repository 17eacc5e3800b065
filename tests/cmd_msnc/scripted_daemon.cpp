// SPDX-License-Identifier: MIT
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace msn::test {

ScriptedDaemon::ScriptedDaemon(Script script) : path_(dir_ / "msncd/default.sock") {
  std::filesystem::create_directory(dir_ / "msncd");
  listener_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
      ::listen(listener_.get(), 8) < 0)
    throw std::runtime_error("cannot listen at " + path_);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) throw std::runtime_error("pipe");
  stop_read_ = UniqueFd(ends[0]);
  stop_write_ = UniqueFd(ends[1]);
  thread_ = std::thread([this, script = std::move(script)]() mutable { serve(std::move(script)); });
}

ScriptedDaemon::~ScriptedDaemon() {
  (void)received();
}

std::string ScriptedDaemon::received() {
  stop_write_.reset();
  if (thread_.joinable()) thread_.join();
  return received_;
}

// Serves one connection after the other until the script has ended, the last client has
// disconnected and the destructor has been called.
void ScriptedDaemon::serve(Script script) {
  // Signals must be delivered to the thread that runs msnc.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::size_t step = 0;
  UniqueFd client;
  std::string unit;
  for (;;) {
    pollfd ready[2]{{client ? client.get() : listener_.get(), POLLIN, 0},
                    {stop_read_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) return;
    if (ready[0].revents == 0) return;
    if (!client) {
      client = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      unit.clear();
      continue;
    }
    std::array<char, 4096> buffer{};
    const ssize_t n = ::recv(client.get(), buffer.data(), buffer.size(), 0);
    if (n <= 0) {
      client.reset();
      continue;
    }
    std::string came(buffer.data(), static_cast<std::size_t>(n));
    mask_id(came);
    received_ += came;
    unit += came;
    while (step < script.size() && unit.size() >= script[step].expected.size()) {
      const Exchange& now = script[step];
      // An unexpected request ends the connection; the test sees it in received().
      if (unit.compare(0, now.expected.size(), now.expected) != 0) {
        client.reset();
        break;
      }
      unit.erase(0, now.expected.size());
      ++step;
      std::string answer = now.answer;
      if (const auto at = answer.find("$ID"); at != answer.npos) answer.replace(at, 3, id_);
      (void)::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      if (now.after == Exchange::After::close) {
        client.reset();
        break;
      }
    }
  }
}

// A request is received in one read, at least up to its ID.
void ScriptedDaemon::mask_id(std::string& text) {
  constexpr std::size_t size = 16;
  const auto at = text.find(" ID=");
  if (at == text.npos || text.find_first_not_of("0123456789abcdef", at + 4) != at + 4 + size)
    return;
  id_ = text.substr(at + 4, size);
  ids_.push_back(id_);
  text.replace(at + 4, size, "*");
}

Ran run(const std::vector<std::string>& words,
        const std::vector<std::pair<std::string, std::string>>& environment, int out) {
  std::signal(SIGPIPE, SIG_IGN);
  const Environment lookup = [&](std::string_view name) -> std::optional<std::string> {
    for (const auto& [key, value] : environment)
      if (key == name) return value;
    if (name == "PATH") return "/usr/bin:/bin";
    if (name == "HOME") return "/nonexistent";
    return std::nullopt;
  };
  std::vector<const char*> argv{"msnc"};
  for (const auto& word : words) argv.push_back(word.c_str());
  const Capture standard_output, standard_error;
  Ran ran;
  ran.status = msnc::run_program(static_cast<int>(argv.size()), argv.data(), lookup,
                                 out >= 0 ? out : standard_output.fd(), standard_error.fd());
  ran.out = standard_output.text();
  ran.err = standard_error.text();
  return ran;
}

StandardInput::StandardInput(const std::string& text) : before_(::dup(STDIN_FILENO)) {
  const UniqueFd file(::memfd_create("stdin", MFD_CLOEXEC));
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("write");
  ::lseek(file.get(), 0, SEEK_SET);
  ::dup2(file.get(), STDIN_FILENO);
}

StandardInput::~StandardInput() {
  ::dup2(before_.get(), STDIN_FILENO);
}

}  // namespace msn::test
