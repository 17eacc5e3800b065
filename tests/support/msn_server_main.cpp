// SPDX-License-Identifier: MIT
// The small MSN server as a program, for black-box tests and for trying things out:
//
//   msn_server DIRECTORY [EMAIL PASSWORD]...
//
// Listens on loopback at ports of its own choice, writes its certificate into the directory, prints
//   server=127.0.0.1:PORT nexus=https://... ca_file=...
// and reads commands from its input until that ends: stop, start, say EMAIL LINE, drop, maintenance
// on|off, refuse on|off, acknowledge on|off, joins on|off, deaf on|off VERB, answer NUMBER|off VERB
// (a switchboard's verbs are called "SB MSG"), chop N, versions V..., friends EMAIL EMAIL, people
// EMAIL N, account EMAIL PASSWORD, hang_up EMAIL. Each is answered by a line "ok".
#include "tests/support/msn_server.hpp"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>

#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace {

using msn::test::MsnServer;

std::string rest(std::istringstream& words) {
  std::string text;
  std::getline(words >> std::ws, text);
  return text;
}

void command(MsnServer& server, const std::string& line) {
  std::istringstream words(line);
  std::string verb, first, second;
  words >> verb >> first;
  const bool on = first == "on";
  if (verb == "stop")
    server.stop();
  else if (verb == "start")
    server.start();
  else if (verb == "drop")
    server.drop_switchboards();
  else if (verb == "hang_up")
    server.hang_up(first);
  else if (verb == "maintenance")
    server.manners.maintenance = on;
  else if (verb == "refuse")
    server.manners.refuses = on;
  else if (verb == "joins")
    server.manners.joins = on;
  else if (verb == "acknowledge")
    server.manners.acknowledges = on;
  else if (verb == "deaf" && on)
    server.manners.deaf.insert(rest(words));
  else if (verb == "deaf")
    server.manners.deaf.erase(rest(words));
  else if (verb == "answer" && first == "off")
    server.manners.errors.erase(rest(words));
  else if (verb == "answer")
    server.manners.errors[rest(words)] = first;
  else if (verb == "chop")
    server.manners.chop = std::stoul(first);
  else if (verb == "versions") {
    server.manners.versions = {first};
    while (words >> second) server.manners.versions.push_back(second);
  } else if (verb == "friends" && words >> second)
    server.befriend(first, second);
  else if (verb == "people" && words >> second)
    server.populate(first, std::stoul(second));
  else if (verb == "account" && words >> second)
    server.account(first, second);
  else if (verb == "say")
    server.say(first, rest(words) + "\r\n");
  else {
    std::cout << "unknown: " << line << std::endl;
    return;
  }
  std::cout << "ok" << std::endl;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2 || count % 2 != 0) {
    std::cerr << "usage: msn_server DIRECTORY [EMAIL PASSWORD]...\n";
    return 2;
  }
  asio::io_context loop;
  MsnServer server(loop, words[1]);
  for (int i = 2; i + 1 < count; i += 2) server.account(words[i], words[i + 1]);
  std::cout << "server=" << server.server() << " nexus=" << server.nexus()
            << " ca_file=" << server.ca_file() << std::endl;
  asio::posix::stream_descriptor input(loop, ::dup(STDIN_FILENO));
  asio::streambuf buffer;
  std::function<void()> read = [&] {
    asio::async_read_until(input, buffer, '\n', [&](const std::error_code& error, std::size_t) {
      if (error) {
        loop.stop();
        return;
      }
      std::istream in(&buffer);
      std::string line;
      std::getline(in, line);
      command(server, line);
      read();
    });
  };
  read();
  loop.run();
  return 0;
}
