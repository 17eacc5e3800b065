// SPDX-License-Identifier: MIT
// The least a client can do: connect, send one request, print the answer up to POLLEND, acknowledge
// the events of POLL HOLD, exit.
// Linked statically; what msnc is compared with.
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// "POLLEND cursor pending"
static void acknowledge(int fd, const char* line, size_t length) {
  char request[64] = "ACK ";
  size_t at = 4;
  for (size_t i = 8; i < length && line[i] != ' ' && at < sizeof request - 1; ++i)
    request[at++] = line[i];
  request[at++] = '\n';
  (void)send(fd, request, at, MSG_NOSIGNAL);
}

int main(int count, char** words) {
  if (count != 3) return 2;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(words[1]) >= sizeof address.sun_path) return 2;
  strcpy(address.sun_path, words[1]);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr*)&address, sizeof address) != 0) return 3;

  char request[256];
  const size_t length = strlen(words[2]);
  if (length + 1 > sizeof request) return 2;
  memcpy(request, words[2], length);
  request[length] = '\n';
  if (send(fd, request, length + 1, MSG_NOSIGNAL) != (ssize_t)(length + 1)) return 4;

  const int holds = strstr(words[2], "HOLD") != NULL;
  // The last line begins with POLLEND; it is looked for where a line begins.
  static char answer[64 << 10];
  char start[64];
  size_t at = 0;
  size_t lines = 0;
  for (;;) {
    const ssize_t got = read(fd, answer, sizeof answer);
    if (got <= 0) return 5;
    if (write(1, answer, (size_t)got) != got) return 6;
    for (ssize_t i = 0; i < got; ++i) {
      if (at < sizeof start) start[at] = answer[i];
      ++at;
      if (answer[i] != '\n') continue;
      if (at >= 8 && memcmp(start, "POLLEND", 7) == 0) {
        if (holds && lines > 0) acknowledge(fd, start, at - 1);
        return 0;
      }
      ++lines;
      if (at >= 4 && memcmp(start, "ERR ", 4) == 0) return 1;
      at = 0;
    }
  }
}
