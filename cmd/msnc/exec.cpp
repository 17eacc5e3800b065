// SPDX-License-Identifier: MIT
#include "cmd/msnc/exec.hpp"

#include "cmd/msnc/child_process.hpp"
#include "cmd/msnc/kinds.hpp"
#include "cmd/msnc/output.hpp"
#include "core/base/unique_fd.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace msn::msnc {
namespace {

// Blocks signals and makes them readable from a descriptor, so that they cannot end this process
// without the child.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&set_);
    for (const int signal : {SIGCHLD, SIGINT, SIGTERM}) ::sigaddset(&set_, signal);
    ::sigprocmask(SIG_BLOCK, &set_, &before_);
    fd_ = UniqueFd(::signalfd(-1, &set_, SFD_CLOEXEC));
  }
  ~Signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_.get(); }
  int take() const {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
    return static_cast<int>(info.ssi_signo);
  }

 private:
  sigset_t set_{}, before_{};
  UniqueFd fd_;
};

// The environment of this process with the variables of the event, which replace those of an outer
// event.
std::vector<std::string> environment_of(const EventInput& input) {
  const std::array event_variables{
      std::pair{"MSNC_EVENT=", &input.kind}, std::pair{"MSNC_EMAIL=", &input.email},
      std::pair{"MSNC_TEXT=", &input.text},  std::pair{"MSNC_NICK=", &input.nick},
      std::pair{"MSNC_TIME=", &input.time},  std::pair{"MSNC_CURSOR=", &input.cursor}};
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    if (std::none_of(event_variables.begin(), event_variables.end(),
                     [&](const auto& one) { return variable.starts_with(one.first); }))
      variables.emplace_back(variable);
  }
  for (const auto& [name, value] : event_variables) variables.push_back(name + *value);
  return variables;
}

}  // namespace

EventInput event_input(const model::StampedEvent& event, std::string_view account) {
  EventInput input;
  input.kind = kind_name(event.event);
  input.email = model::event_email(event.event);
  if (const auto* message = std::get_if<model::Message>(&event.event)) input.text = message->text;
  if (const auto* said = std::get_if<model::Said>(&event.event)) input.text = said->text;
  input.nick = event.nick;
  if (event.stamp.time) input.time = protocol::rfc3339(*event.stamp.time);
  if (event.stamp.cursor) input.cursor = std::to_string(*event.stamp.cursor);
  input.json = event_json(event, account) + '\n';
  return input;
}

Result<std::string> run_for_event(const std::vector<std::string>& words, const EventInput& input) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0)
    return fail(ErrorCode::usage, words[0] + " cannot be run: " + std::strerror(errno));
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  ::fcntl(write_end.get(), F_SETFL, O_NONBLOCK);
  const Signals signals;
  auto child = start_child({words, environment_of(input), read_end.get()});
  if (!child) return fail(std::move(child.error()));
  read_end.reset();

  std::string_view rest = input.json;
  for (;;) {
    pollfd ready[2]{{signals.fd(), POLLIN, 0}, {write_end.get(), POLLOUT, 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) {
      const ssize_t n = ::write(write_end.get(), rest.data(), rest.size());
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
      // Everything has been written, or the program has closed its input.
      if (rest.empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) write_end.reset();
    }
    if (ready[0].revents == 0) continue;
    const int signal = signals.take();
    if (signal == SIGINT || signal == SIGTERM) {
      ::kill(*child, signal);
      ::raise(signal);  // is delivered when `signals` is destroyed
      return "signal " + std::to_string(signal);
    }
    int status = 0;
    const pid_t ended = ::waitpid(*child, &status, WNOHANG);
    if (ended < 0) return std::string("unknown exit status: ") + std::strerror(errno);
    if (ended == 0) continue;
    return describe_exit(status);
  }
  return std::string("poll failed");
}

}  // namespace msn::msnc
