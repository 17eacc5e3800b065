// SPDX-License-Identifier: MIT
// One load generator for every server compared: each request is one line and so is its answer.
//
//   bench_load SOCKET REQUEST CONNECTIONS PIPELINE MILLISECONDS
//   bench_load SOCKET REQUEST close 1 MILLISECONDS      connect, one request, close, again and
//   again
//
// Prints exchanges per second. Run it under taskset or a pinned parent to place it.
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { most_connections = 1000, most_pipelined = 256 };

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static char batch[64 << 10];
static size_t batch_octets;
static char answers[256 << 10];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char* what) {
  fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int open_connection(void) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) fail("connect");
  return fd;
}

static void send_batch(int fd) {
  if (send(fd, batch, batch_octets, MSG_NOSIGNAL) != (ssize_t)batch_octets) fail("send");
}

static int lines_in(const char* octets, ssize_t size) {
  int lines = 0;
  const char* end = octets + size;
  while ((octets = memchr(octets, '\n', (size_t)(end - octets))) != NULL) {
    ++lines;
    ++octets;
  }
  return lines;
}

static uint64_t run_closing(double until) {
  uint64_t done = 0;
  while (now() < until) {
    for (int i = 0; i < 16; ++i) {
      const int fd = open_connection();
      send_batch(fd);
      int lines = 0;
      while (lines == 0) {
        const ssize_t got = read(fd, answers, sizeof answers);
        if (got <= 0) fail("read");
        lines = lines_in(answers, got);
      }
      close(fd);
      ++done;
    }
  }
  return done;
}

// One connection needs no epoll, on neither side of the comparison.
static uint64_t run_single(int pipeline, double until) {
  const int fd = open_connection();
  uint64_t done = 0;
  while (now() < until) {
    for (int i = 0; i < 16; ++i) {
      send_batch(fd);
      int left = pipeline;
      while (left > 0) {
        const ssize_t got = read(fd, answers, sizeof answers);
        if (got <= 0) fail("read");
        left -= lines_in(answers, got);
      }
      done += (uint64_t)pipeline;
    }
  }
  close(fd);
  return done;
}

static uint64_t run_many(int connections, int pipeline, double until) {
  static int left[most_connections];
  static int fds[most_connections];
  const int loop = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; ++i) {
    fds[i] = open_connection();
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    if (epoll_ctl(loop, EPOLL_CTL_ADD, fds[i], &event) != 0) fail("epoll");
  }
  for (int i = 0; i < connections; ++i) {
    left[i] = pipeline;
    send_batch(fds[i]);
  }
  uint64_t done = 0;
  struct epoll_event ready[most_connections];
  while (now() < until) {
    const int number = epoll_wait(loop, ready, connections, 1000);
    for (int i = 0; i < number; ++i) {
      const uint32_t at = ready[i].data.u32;
      const ssize_t got = read(fds[at], answers, sizeof answers);
      if (got <= 0) fail("read");
      const int lines = lines_in(answers, got);
      done += (uint64_t)lines;
      left[at] -= lines;
      if (left[at] > 0) continue;
      left[at] = pipeline;
      send_batch(fds[at]);
    }
  }
  return done;
}

int main(int count, char** words) {
  if (count != 6 || strlen(words[1]) >= sizeof address.sun_path) return 2;
  strcpy(address.sun_path, words[1]);
  const int closing = strcmp(words[3], "close") == 0;
  const int connections = closing ? 1 : atoi(words[3]);
  const int pipeline = atoi(words[4]);
  const double seconds = atof(words[5]) / 1000;
  if (connections < 1 || connections > most_connections || pipeline < 1 ||
      pipeline > most_pipelined || strlen(words[2]) > 200) {
    return 2;
  }
  for (int i = 0; i < pipeline; ++i) {
    batch_octets +=
        (size_t)snprintf(batch + batch_octets, sizeof batch - batch_octets, "%s\n", words[2]);
  }
  const double start = now();
  uint64_t done;
  if (closing) {
    done = run_closing(start + seconds);
  } else if (connections == 1) {
    done = run_single(pipeline, start + seconds);
  } else {
    done = run_many(connections, pipeline, start + seconds);
  }
  printf("%.0f\n", (double)done / (now() - start));
  return 0;
}
