// SPDX-License-Identifier: MIT
// The tests' MSN server as a child, and the least a client can do there: the reference for msncd.
#pragma once
#include "tests/bench/process.hpp"
#include "tests/bench/world.hpp"

#include <cstddef>
#include <string>

namespace bench {

// One server with the accounts of this run; killed with the object.
class MsnServer {
 public:
  // `accounts`: addresses and passwords in turn.
  MsnServer(const Programs&, const Folder&, const std::vector<std::string>& accounts);
  ~MsnServer();
  MsnServer(const MsnServer&) = delete;
  MsnServer& operator=(const MsnServer&) = delete;

  void tell(const std::string& command);
  std::uint16_t port() const;
  const std::string& server() const { return server_; }
  const std::string& nexus() const { return nexus_; }
  const std::string& ca_file() const { return ca_file_; }
  // What msncd is started with to use it.
  std::vector<std::string> flags() const;

 private:
  std::string next_line();

  std::string words_;
  std::size_t read_ = 0;  // of what it has printed
  int commands_ = -1;
  Child child_;
  std::string server_, nexus_, ca_file_;
};

struct PlainLogin {
  double transfer = 0;  // seconds: connecting, the questions and answers, the lists
  double https = 0;     // seconds: nexus and login, a TLS connection each
  std::size_t octets = 0;
};

// A login as msncd does it, question by question, with nothing made of the answers: blocking
// sockets, OpenSSL, and the bytes after SYN counted only. `octets`: so many end the lists; 0: what
// comes until the server is silent (to find out how many).
PlainLogin plain_login(const MsnServer&, const std::string& email, const std::string& password,
                       std::size_t octets);

}  // namespace bench
