// SPDX-License-Identifier: MIT
// The least a server can do: one thread, epoll, every byte goes back. For comparison only.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void serve(int fd) {
  static char octets[64 << 10];
  const ssize_t got = read(fd, octets, sizeof octets);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    close(fd);
    return;
  }
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t wrote = send(fd, octets + sent, (size_t)(got - sent), MSG_NOSIGNAL);
    if (wrote > 0) {
      sent += wrote;
    } else if (errno != EAGAIN && errno != EINTR) {
      close(fd);
      return;
    }
  }
}

int main(int count, char** words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (count != 2 || strlen(words[1]) >= sizeof address.sun_path) return 2;
  strcpy(address.sun_path, words[1]);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 ||
      listen(listener, 4096) != 0) {
    return 3;
  }
  const int loop = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
  struct epoll_event ready[256];
  for (;;) {
    const int number = epoll_wait(loop, ready, 256, -1);
    for (int i = 0; i < number; ++i) {
      if (ready[i].data.fd != listener) {
        serve(ready[i].data.fd);
        continue;
      }
      const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) continue;
      event.data.fd = fd;
      epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    }
  }
}
