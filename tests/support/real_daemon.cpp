// SPDX-License-Identifier: MIT
#include "tests/support/real_daemon.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace msn::test {
namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void fail_with(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool ready(int fd, short what, Steady::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now());
    pollfd watched{fd, what, 0};
    const int count = ::poll(&watched, 1, static_cast<int>(std::max(left.count(), 0L)));
    if (count >= 0) return count > 0;
    if (errno != EINTR) fail_with("poll");
  }
}

// Only what the program needs, and the sanitizers' options.
std::vector<std::string> environment(const std::string& home, const std::string& notify) {
  std::vector<std::string> all{"HOME=" + home, "NOTIFY_SOCKET=" + notify};
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view one = *each;
    if (one.starts_with("PATH=") || one.starts_with("TMPDIR=") ||
        one.substr(0, one.find('=')).ends_with("SAN_OPTIONS"))
      all.emplace_back(one);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

// --- a connection ---

ClientConnection ClientConnection::to_socket(const std::string& path) {
  ClientConnection wire;
  wire.out_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = address_of(path);
  if (::connect(wire.out_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail_with("connecting to " + path);
  if (::fcntl(wire.out_.get(), F_SETFL, O_NONBLOCK) != 0) fail_with("fcntl");
  return wire;
}

ClientConnection ClientConnection::to_pipes(const std::string& directory) {
  ClientConnection wire;
  wire.in_.reset(::open((directory + "/out").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  wire.out_.reset(::open((directory + "/in").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!wire.in_ || !wire.out_) fail_with("opening the pipes of " + directory);
  return wire;
}

void ClientConnection::say(std::string_view bytes) {
  const auto end = Steady::now() + patience;
  while (!bytes.empty()) {
    const auto count = ::write(out_.get(), bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      fail_with("writing to the daemon");
    } else if (!ready(out_.get(), POLLOUT, end)) {
      throw std::runtime_error("the daemon does not read");
    }
  }
}

std::optional<std::string> ClientConnection::line(std::chrono::milliseconds time) {
  const auto end = Steady::now() + time;
  std::size_t place = 0;
  while ((place = heard_.find('\n')) == heard_.npos) {
    if (!ready(reading(), POLLIN, end)) break;
    char bytes[4096];
    const auto count = ::read(reading(), bytes, sizeof bytes);
    if (count > 0) heard_.append(bytes, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) break;
  }
  if (heard_.empty()) return std::nullopt;
  const std::size_t length = place == heard_.npos ? heard_.size() : place + 1;
  std::string line = heard_.substr(0, length);
  heard_.erase(0, length);
  return line;
}

// --- the process ---

RealDaemon::RealDaemon(const std::string& program, std::string directory,
                       const std::string& database, std::optional<std::uint64_t> kept_events)
    : directory_(std::move(directory)) {
  std::filesystem::create_directory(directory_);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);
  std::ofstream config(directory_ + "/config");
  if (kept_events) config << "pending_events = " << *kept_events << '\n';
  config << "[network.local]\nregister = login\n";
  config.close();
  start(program, database);
  control_ = connect();
}

RealDaemon::~RealDaemon() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void RealDaemon::start(const std::string& program, const std::string& database) {
  const std::string notify = directory_ + "/ready";
  std::filesystem::remove(notify);  // left by a daemon that was killed
  const UniqueFd notices(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto address = address_of(notify);
  if (::bind(notices.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail_with("binding " + notify);
  std::vector<std::string> words{program,
                                 "--listen",
                                 "unix:" + directory_ + "/sock",
                                 "--listen",
                                 "fifo:" + directory_ + "/pipes",
                                 "--config",
                                 directory_ + "/config",
                                 "--state-dir",
                                 directory_ + "/state",
                                 "--local-db",
                                 database,
                                 "--log-level",
                                 "debug"};
  auto variables = environment(directory_, notify);
  const auto arguments = pointers(words);
  const auto environment_pointers = pointers(variables);
  const std::string said = directory_ + "/stderr";
  pid_ = ::fork();
  if (pid_ < 0) fail_with("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // so a killed test leaves no daemon
    const int nothing = ::open("/dev/null", O_RDWR);
    const int log = ::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(nothing, 0);
    ::dup2(nothing, 1);
    ::dup2(log, 2);
    ::execve(program.c_str(), arguments.data(), environment_pointers.data());
    ::_exit(127);
  }
  life_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!life_) fail_with("pidfd_open");
  for (const auto end = Steady::now() + patience;;) {
    pollfd watched[] = {{notices.get(), POLLIN, 0}, {life_.get(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now());
    if (::poll(watched, 2, static_cast<int>(std::max(left.count(), 0L))) < 0 && errno != EINTR)
      fail_with("poll");
    if (watched[1].revents != 0 || left.count() <= 0)
      throw std::runtime_error(program + " does not serve:\n" + log());
    char notice[512];
    const auto count = ::recv(notices.get(), notice, sizeof notice, MSG_DONTWAIT);
    if (count > 0 && std::string_view(notice, static_cast<std::size_t>(count)) == "READY=1") return;
  }
}

std::optional<std::string> RealDaemon::end() {
  ::kill(pid_, SIGTERM);
  if (!ready(life_.get(), POLLIN, Steady::now() + patience)) return "it does not end";
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  return WIFEXITED(status) ? "it ended with " + std::to_string(WEXITSTATUS(status))
                           : "it died of signal " + std::to_string(WTERMSIG(status));
}

std::string RealDaemon::log() const {
  std::ifstream file(directory_ + "/stderr");
  return {std::istreambuf_iterator<char>(file), {}};
}

// --- the control connection ---

std::string RealDaemon::ask(std::string_view request) {
  control_->say(std::string(request) + '\n');
  std::string answer = control_->line().value_or("\n");
  if (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

// The daemon serves all its sockets in each turn of its loop, so every answer to a later request
// means that earlier ones are one turn further: the client accepted, the request read, handled, and
// its posted work done. That makes four turns; and a single busy client may get eight answers
// before the others are served.
void RealDaemon::settle() {
  for (int turn = 0; turn < 4 + 8 + 4; ++turn) {
    const std::string token = "SYNC=" + std::to_string(++exchanges_);
    if (!ask("HELLO " + token).ends_with(' ' + token))
      throw std::runtime_error("the daemon does not answer");
  }
}

bool RealDaemon::read_history(Seen& seen, std::chrono::seconds time) {
  control_->say("POLL FROM=" + std::to_string(seen.cursor) +
                " WAIT=" + std::to_string(time.count()) + '\n');
  const auto before = seen.unclaimed.size();
  const auto next = [this, time] {
    auto line = control_->line(time + patience);
    if (!line || !line->ends_with('\n')) throw std::runtime_error("the daemon does not answer");
    line->pop_back();
    return std::move(*line);
  };
  for (;;) {
    const std::string line = next();
    const auto words = split(line, ' ');
    if (words[0] == "POLLEND") {
      seen.cursor = parse_number(words[1]).value();
      return seen.unclaimed.size() > before;
    }
    if (words[0] != "EV" || words.size() < 4)
      throw std::runtime_error("asked for history: " + line);
    Event event;
    // EV cursor time event
    event.line = line.substr(words[0].size() + words[1].size() + words[2].size() + 3);
    if (words[3] == "ERR") {
      event.line = protocol::in_plain_form(event.line);
      event.line.pop_back();  // the LF
    }
    if (words[3] == "MSG")
      for (auto left = parse_number(words[4]).value(); left > 0; --left)
        event.lines.push_back(next());
    seen.unclaimed.push_back(std::move(event));
  }
}

std::optional<RealDaemon::Event> RealDaemon::claim(
    const std::function<bool(const Event&)>& wanted) {
  Seen& seen = seen_[email_];
  const auto end = Steady::now() + patience;
  for (std::size_t next = 0;;) {
    for (; next < seen.unclaimed.size(); ++next) {
      if (!wanted(seen.unclaimed[next])) continue;
      Event found = std::move(seen.unclaimed[next]);
      seen.unclaimed.erase(seen.unclaimed.begin() + static_cast<std::ptrdiff_t>(next));
      return found;
    }
    const auto left = std::chrono::ceil<std::chrono::seconds>(end - Steady::now());
    if (left.count() <= 0 || !read_history(seen, left)) return std::nullopt;
  }
}

}  // namespace msn::test
