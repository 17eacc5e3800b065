// SPDX-License-Identifier: MIT
// To be preloaded into a program: name lookups that never return.
#include <netdb.h>
#include <unistd.h>

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  for (;;) ::pause();
}
