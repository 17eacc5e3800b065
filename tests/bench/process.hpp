// SPDX-License-Identifier: MIT
// Child processes and what the kernel says about them.
#pragma once
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bench {

double now();  // seconds, monotonic
void pause_for(double seconds);

struct Placement {
  int cpu = -1;  // -1: where the kernel likes
};
// Pins this thread, and what it starts from now on, until the end of the scope.
class Pinned {
 public:
  explicit Pinned(Placement);
  ~Pinned();
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
};

// A process that is killed with the object.
class Child {
 public:
  Child() = default;
  // stdin from and stdout to these files (stderr too if `quiet`).
  Child(const std::vector<std::string>& words, const std::string& in, const std::string& out,
        bool quiet, Placement = {});
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }
  int wait();  // its exit status, 128 + n for a signal
  void kill_now();
  void stop();  // SIGTERM, and SIGKILL after 5 s
  bool runs();

 private:
  pid_t pid_ = -1;
};

// Runs a program to its end: wall time in seconds, throws if its exit status is not 0.
double time_of(const std::vector<std::string>& words, const std::string& in);
// What a program prints.
std::string output_of(const std::vector<std::string>& words, Placement = {});
// Whether there is such a program in PATH.
bool have_program(const std::string& name);

struct Memory {
  std::uint64_t resident = 0;       // bytes
  std::uint64_t private_dirty = 0;  // bytes
};
Memory memory_of(pid_t);
// The most that was resident since the last call for it; bytes.
std::uint64_t peak_of(pid_t);
double cpu_of(pid_t);       // seconds, all threads
double cpu_of_loop(pid_t);  // the same of its first thread, where a daemon has its loop
// Sets the affinity of all its threads.
void place(pid_t, Placement);

}  // namespace bench
