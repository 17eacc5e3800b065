// SPDX-License-Identifier: MIT
// A small MSN server for the tests: real TCP for the notification server and the switchboards, real
// HTTPS for nexus and login, on loopback and on the test's loop. It behaves as in captures of a
// running server (MSNP 8, 11, 12), and misbehaves on request.
#pragma once
#include "tests/support/msn_server_https.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network::msnp {
class Command;
}

namespace msn::test {

// One client's connection.
class MsnLink : public std::enable_shared_from_this<MsnLink> {
 public:
  explicit MsnLink(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
  using OnCommand = std::function<void(MsnLink&, const network::msnp::Command&)>;
  using OnClose = std::function<void(MsnLink&)>;
  void start(OnCommand, OnClose);
  // `chop`: bytes per write, to split lines and payloads anywhere; 0: all in one write.
  void send(std::string octets, std::size_t chop = 0);
  void close_after_sending();
  void close();
  bool open() const { return open_; }

 private:
  struct Input;
  void read();
  void write();
  void ignore_the_rest();
  asio::ip::tcp::socket socket_;
  std::shared_ptr<Input> input_;
  OnCommand on_command_;
  OnClose on_close_;
  std::vector<std::string> queue_;
  std::string writing_;
  bool open_ = true, closing_ = false;
};

// Accepts connections on a loopback port; the port stays the same after stop() and start().
class MsnListener {
 public:
  using OnLink = std::function<void(std::shared_ptr<MsnLink>)>;
  MsnListener(asio::io_context&, OnLink);
  ~MsnListener();
  void start();
  void stop();
  std::uint16_t port() const { return port_; }

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::uint16_t port_ = 0;
};

struct MsnEntry {  // one contact on the lists of an account
  bool forward = false, allow = false, block = false, reverse = false, pending = false;
  std::string id;
};
struct MsnAccount {
  std::string email, password, name;
  std::map<std::string, MsnEntry> people;
  std::map<std::string, std::string> phones;  // "PHH"
  bool open = true, ask = true;
};

class MsnServer {
 public:
  // How the server misbehaves.
  struct Manners {
    std::vector<std::string> versions{"MSNP12", "MSNP11", "MSNP8"};  // in order of preference
    std::size_t chop = 0;                                            // bytes per write
    std::set<std::string> deaf;                                      // verbs never answered
    std::map<std::string, std::string> errors;             // verb -> number answered instead
    std::function<HttpsReply(const HttpsRequest&)> https;  // in place of nexus and login
    std::string redirect;                                  // USR I is passed on there: "host:port"
    bool acknowledges = true;                              // ACK
    bool joins = false;        // contacts without an account join calls, and send nothing
    bool refuses = false;      // NAK in place of ACK
    bool maintenance = false;  // 500 to USR S
    bool has_pending_list = true;
  };

  MsnServer(asio::io_context&, const std::string& directory);
  ~MsnServer();

  MsnAccount& account(const std::string& email, const std::string& password = "secret",
                      const std::string& name = {});
  // Both have each other on their forward and allow lists.
  void befriend(const std::string& one, const std::string& other);
  // Adds so many contacts with different names to the account's list.
  void populate(const std::string& email, std::size_t people);

  std::uint16_t port() const;
  std::string server() const { return "127.0.0.1:" + std::to_string(port()); }
  std::string nexus() const;
  const std::string& ca_file() const { return ca_file_; }

  // Closes all connections and accepts no more, as if the machine were off; and the reverse.
  void stop();
  void start();
  // Sends a raw line on the account's notification connection.
  void say(const std::string& email, const std::string& octets);
  void hang_up(const std::string& email);
  void drop_switchboards();
  bool online(const std::string& email) const { return find(email) != nullptr; }
  std::size_t switchboards() const { return rooms_.size(); }
  const std::vector<std::string>& heard() const { return heard_; }  // client lines, "email> LINE"

  Manners manners;

 private:
  using Command = network::msnp::Command;
  struct User {  // a session
    std::shared_ptr<MsnLink> link;
    MsnAccount* account = nullptr;
    std::string email, version, status;  // status empty: before the first CHG
    std::string caps = "0";
    int redirected = 0;
    std::map<std::string, std::string> sent;  // of each contact: "code name", empty: offline
  };
  struct Guest {  // a participant of a switchboard session
    std::shared_ptr<MsnLink> link;
    std::string email;
  };
  struct Room {
    std::string id;
    std::vector<Guest> guests;
  };
  struct Pass {
    std::string email, room;
  };

  HttpsReply on_https(const HttpsRequest&);
  void on_ns(MsnLink&, const Command&);
  void on_login(User&, const Command&);
  void on_verb(User&, const Command&);
  void on_sync(User&, const Command&);
  void on_add(User&, const Command&);
  void on_remove(User&, const Command&);
  void on_property(User&, const Command&);
  void on_sb(MsnLink&, const Command&);
  void enter(MsnLink&, const Command&);
  void call(Room&, MsnLink&, const std::string& caller, const Command&);
  void relay(Room&, MsnLink&, const std::string& from, const Command&);
  void left(MsnLink&);
  void reply(MsnLink&, const std::string& line);
  User* user(MsnLink&);
  User* find(const std::string& email) const;
  void sign_out(User&, bool close);
  bool allows(const MsnAccount& of, const std::string& email) const;
  void look(User& watcher, const std::string& at, const std::string& trid = {});
  void announce(const std::string& email);
  std::string fresh(std::size_t digits);
  std::string name_of(const std::string& email) const;

  asio::io_context& loop_;
  std::string ca_file_;
  std::map<std::string, MsnAccount> accounts_;
  std::map<MsnLink*, std::unique_ptr<User>> users_;
  std::map<std::string, std::string> tickets_;  // of the login: whose
  std::map<std::string, Pass> passes_;          // of the switchboards
  std::map<std::string, Room> rooms_;
  std::set<std::shared_ptr<MsnLink>>
      strangers_;  // switchboard connections that have not authenticated yet
  std::vector<std::string> heard_;
  std::uint64_t serial_ = 0;
  std::unique_ptr<HttpsServer> https_;
  std::unique_ptr<MsnListener> ns_, sb_;
};

}  // namespace msn::test
