// SPDX-License-Identifier: MIT
// legacy_msncd: the emulation of the original daemon as a program; legacy_msncd.hpp is its manual.
#include "tests/support/legacy_msncd.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

namespace {

using msn::test::LegacyMsncd;

int usage(const std::string& why) {
  std::fprintf(stderr, "legacy_msncd: %s; see tests/support/legacy_msncd.hpp\n", why.c_str());
  return 2;
}

std::optional<LegacyMsncd::Contact> entry(const std::string& text) {
  const auto first = text.find(' ');
  if (first == text.npos) return std::nullopt;
  const auto second = text.find(' ', first + 1);
  const auto email = text.substr(first + 1, second == text.npos ? second : second - first - 1);
  return LegacyMsncd::Contact{text.substr(0, first), email,
                              second == text.npos ? "" : text.substr(second + 1)};
}

}  // namespace

int main(int argc, char** argv) {
  LegacyMsncd daemon;
  std::uint16_t port = 3030;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--online") {
      daemon.be_online();
      continue;
    }
    if (option == "--sock-error") {
      daemon.sock_error = true;
      continue;
    }
    if (option == "--late-lists") {
      daemon.late_lists = true;
      continue;
    }
    if (++i == argc) return usage("unknown option, or no value: " + option);
    const std::string value = argv[i];
    if (option == "--port") {
      char* end = nullptr;
      const auto number = std::strtoul(value.c_str(), &end, 10);
      if (value.empty() || *end != '\0' || number > 65535) return usage("bad port " + value);
      port = static_cast<std::uint16_t>(number);
    } else if (option == "--password") {
      daemon.password = value;
    } else if (option == "--contact" || option == "--reverse") {
      const auto contact = entry(value);
      if (!contact) return usage("an entry is 'STATUS EMAIL NICK', not " + value);
      (option == "--contact" ? daemon.contacts : daemon.reverse).push_back(*contact);
    } else if (option == "--event") {
      std::ifstream file(value, std::ios::binary);
      if (!file) return usage("cannot read " + value);
      daemon.events.emplace_back(std::istreambuf_iterator<char>(file),
                                 std::istreambuf_iterator<char>());
    } else {
      return usage("unknown option " + option);
    }
  }

  const int fd = msn::test::open_udp_port(port);
  if (fd < 0) {
    std::fprintf(stderr, "legacy_msncd: port %u: %s\n", port, std::strerror(errno));
    return 1;
  }
  std::printf("%u\n", port);
  std::fflush(stdout);
  static char buffer[65536];
  while (daemon.alive()) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got =
        ::recvfrom(fd, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) continue;
    const std::string_view datagram(buffer, static_cast<std::size_t>(got));
    std::fwrite(datagram.data(), 1, datagram.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
    for (const auto& unit : daemon.handle(datagram))
      (void)::sendto(fd, unit.data(), unit.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                     size);
  }
  return daemon.exit_status();
}
