// SPDX-License-Identifier: MIT
#include "tests/bench/process.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

namespace bench {
namespace {

cpu_set_t set_of(Placement placement) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (placement.cpu >= 0) {
    CPU_SET(static_cast<std::size_t>(placement.cpu), &set);
  } else {
    const long cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
    for (long i = 0; i < cpus; ++i) CPU_SET(static_cast<std::size_t>(i), &set);
  }
  return set;
}

void set_affinity(pid_t pid, Placement placement) {
  const cpu_set_t set = set_of(placement);
  (void)::sched_setaffinity(pid, sizeof set, &set);
}

pid_t spawn(const std::vector<std::string>& words, const posix_spawn_file_actions_t& files) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, pointers[0], &files, nullptr, pointers.data(), environ);
  if (error != 0)
    throw std::runtime_error("cannot start " + words[0] + ": " + std::strerror(error));
  return pid;
}

int status_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string join(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : " ") + word;
  return result;
}

}  // namespace

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void pause_for(double seconds) {
  ::usleep(static_cast<useconds_t>(seconds * 1e6));
}

Pinned::Pinned(Placement placement) {
  set_affinity(0, placement);
}
Pinned::~Pinned() {
  set_affinity(0, {});
}

Child::Child(const std::vector<std::string>& words, const std::string& in, const std::string& out,
             bool quiet, Placement placement) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (quiet) ::posix_spawn_file_actions_adddup2(&files, 1, 2);
  const Pinned pinned(placement);
  pid_ = spawn(words, files);
  ::posix_spawn_file_actions_destroy(&files);
}

Child::Child(Child&& other) noexcept : pid_(other.pid_) {
  other.pid_ = -1;
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Child::~Child() {
  kill_now();
}

int Child::wait() {
  const int status = status_of(pid_);
  pid_ = -1;
  return status;
}

void Child::kill_now() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  (void)wait();
}

bool Child::runs() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Child::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  for (const double start = now(); runs() && now() - start < 5;) pause_for(0.005);
  kill_now();
}

double time_of(const std::vector<std::string>& words, const std::string& in) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  const double start = now();
  const int status = status_of(spawn(words, files));
  const double took = now() - start;
  ::posix_spawn_file_actions_destroy(&files);
  if (status != 0) {
    throw std::runtime_error(join(words) + " ended with " + std::to_string(status));
  }
  return took;
}

std::string output_of(const std::vector<std::string>& words, Placement placement) {
  char name[] = "/tmp/msnc-bench-out-XXXXXX";
  const int fd = ::mkstemp(name);
  if (fd < 0) throw std::runtime_error("cannot make a file in /tmp");
  ::close(fd);
  const int status = Child(words, "/dev/null", name, false, placement).wait();
  std::ifstream file(name);
  std::stringstream text;
  text << file.rdbuf();
  std::filesystem::remove(name);
  if (status != 0) {
    throw std::runtime_error(join(words) + " ended with " + std::to_string(status));
  }
  return text.str();
}

bool have_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Memory memory_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  Memory memory;
  for (std::string line; std::getline(file, line);) {
    std::stringstream words(line);
    std::string key;
    std::uint64_t kib = 0;
    if (!(words >> key >> kib)) continue;
    if (key == "Rss:") memory.resident = kib << 10;
    if (key == "Private_Dirty:") memory.private_dirty = kib << 10;
  }
  return memory;
}

std::uint64_t peak_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::uint64_t peak = 0;
  std::ifstream file(folder + "/status");
  for (std::string key; file >> key;) {
    if (key == "VmHWM:" && file >> peak) break;
  }
  std::ofstream(folder + "/clear_refs") << "5\n";
  return peak << 10;
}

double cpu_of(pid_t pid) {
  double seconds = 0;
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::ifstream file(task.path() / "schedstat");
    std::uint64_t nanoseconds = 0;
    if (file >> nanoseconds) seconds += static_cast<double>(nanoseconds) / 1e9;
  }
  return seconds;
}

double cpu_of_loop(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  std::uint64_t nanoseconds = 0;
  return file >> nanoseconds ? static_cast<double>(nanoseconds) / 1e9 : 0;
}

void place(pid_t pid, Placement placement) {
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    set_affinity(std::stoi(task.path().filename().string()), placement);
  }
}

}  // namespace bench
