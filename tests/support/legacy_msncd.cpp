// SPDX-License-Identifier: MIT
#include "tests/support/legacy_msncd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace msn::test {
namespace {

using namespace std::string_literals;

// Python's str.strip().
std::string_view strip(std::string_view text) {
  constexpr std::string_view white = " \t\n\r\x0b\x0c";
  const auto begin = text.find_first_not_of(white);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto end = text.find(' ');
    words.push_back(text.substr(0, end));
    if (end == text.npos) return words;
    text.remove_prefix(end + 1);
  }
}

std::string unquote(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// The original took what it got for Latin-1 and sent it on as UTF-8 (protocol 10, row 13).
std::string from_latin1(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | octet >> 6);
      text += static_cast<char>(0x80 | (octet & 0x3f));
    }
  }
  return text;
}

bool has_at(std::string_view word) {
  return word.find('@') != word.npos;
}

}  // namespace

std::vector<std::string> LegacyMsncd::die(int status, Units answer) {
  alive_ = false;
  status_ = status;
  return answer;
}

LegacyMsncd::Contact* LegacyMsncd::find(std::string_view email) {
  const auto it = std::find_if(contacts.begin(), contacts.end(),
                               [&](const Contact& contact) { return contact.email == email; });
  return it == contacts.end() ? nullptr : &*it;
}

std::vector<std::string> LegacyMsncd::handle(std::string_view datagram) {
  if (!alive_) return {};
  heard.emplace_back(datagram);
  const auto request = strip(datagram.substr(0, 4096));
  const auto words = split(request);
  const auto keyword = words.front().substr(0, words.front().find('\n'));
  const std::size_t parameters = words.size() - 1;

  if (keyword == "LOGIN") return login(words);
  if (keyword == "LOGOFF") return connected_ ? die(0, {"OK\n"}) : die();
  // The session comes before the keyword (protocol 5.1).
  if (!connected_) return {"ERR ENOTCONN\n"};
  if (keyword == "POLL") return poll();
  if (keyword == "GETCL") return list(contacts, late_forward_);
  if (keyword == "GETRCL") return list(reverse, late_reverse_);
  if (keyword == "STATUS") return status(words);
  if (keyword == "ADD") return add(words);
  if (keyword == "SENDMSG") return send(request);
  if (keyword == "PRIV") return {parameters == 2 ? "ERR EINVAL\n" : "ERR PARAMS\n"};
  if (keyword == "NICK" || keyword == "DEL" || keyword == "INFO")
    return parameters == 1 ? die() : Units{"ERR PARAMS\n"};
  return {"ERR UNK\n"};
}

std::vector<std::string> LegacyMsncd::login(const std::vector<std::string_view>& words) {
  if (words.size() != 3) return {"ERR PARAMS\n"};
  if (sock_error) return die(1, {"ERR SOCK [Errno 111] Connection refused\n"});
  connected_ = true;
  if (words[2] != password) return {"ERR MSN 911 Authentication failed\n"};
  seen_ = false;
  late_forward_ = late_reverse_ = late_lists;
  return {"OK\n"};
}

std::vector<std::string> LegacyMsncd::status(const std::vector<std::string_view>& words) {
  constexpr std::string_view known[] = {"online", "away",      "busy", "brb",    "phone",
                                        "lunch",  "invisible", "idle", "offline"};
  if (words.size() != 2) return {"ERR PARAMS\n"};
  if (std::find(std::begin(known), std::end(known), words[1]) == std::end(known))
    return {"ERR UNK STATUS\n"};
  if (!std::exchange(seen_, true))
    for (const auto& contact : contacts)
      if (contact.status != "offline")
        events.push_back("STCH " + contact.email + ' ' + contact.status + '\n');
  return {"OK\n"};
}

std::vector<std::string> LegacyMsncd::add(const std::vector<std::string_view>& words) {
  if (words.size() != 3) return {"ERR PARAMS\n"};
  const std::string email(words[2]);
  if (!has_at(email)) {
    events.push_back("ERR 205 Invalid user\n");
  } else if (find(email)) {
    events.push_back("ERR 215 User already there\n");
  } else {
    contacts.push_back({"offline", email, unquote(words[1])});
    events.push_back("ADDFL " + email + '\n');
  }
  return {"OK\n"};
}

std::vector<std::string> LegacyMsncd::send(std::string_view request) {
  const auto end = request.find('\n');
  const auto words = split(request.substr(0, end));
  if (words.size() < 3) return {"ERR PARAMS\n"};
  const std::string who(words[2]);
  // Neither the count nor any further word is looked at; only one line of text does not kill it.
  if (end == request.npos) return die();
  const auto text = strip(request.substr(end));
  if (text.empty() || text.find('\n') != text.npos) return die();
  if (text.size() > 1500) return {"OK\n"};
  Contact* contact = find(who);
  if (!contact) {  // a recipient is added to the list
    contacts.push_back({"offline", who, ""});
    contact = &contacts.back();
  }
  if (!has_at(who)) {
    events.push_back("ERR 208 Invalid username\n");
  } else if (contact->status == "offline") {
    events.push_back("ERR 217 User not online\n");
  } else {
    delivered.emplace_back(who, from_latin1(text));
    if (std::find(open_.begin(), open_.end(), who) == open_.end()) {
      open_.push_back(who);
      events.push_back("MFLUSH " + who + '\n');
    }
  }
  return {"OK\n"};
}

std::vector<std::string> LegacyMsncd::list(const std::vector<Contact>& members, bool& late) {
  if (std::exchange(late, false)) return {"CL 0\n"};
  Units units{"CL " + std::to_string(members.size()) + '\n'};
  for (const auto& contact : members)
    units.push_back((seen_ ? contact.status : "offline"s) + ' ' + contact.email + ' ' +
                    contact.nick + '\n');
  return units;
}

std::vector<std::string> LegacyMsncd::poll() {
  Units units;
  units.swap(events);
  units.push_back("POLLEND\n");
  return units;
}

int open_udp_port(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(port);
  socklen_t size = sizeof name;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    ::close(fd);
    return -1;
  }
  port = ntohs(name.sin_port);
  return fd;
}

struct LegacyServer::State {
  explicit State(LegacyMsncd daemon_) : daemon(std::move(daemon_)) {}

  void serve() {
    std::vector<char> buffer(65536);
    for (;;) {
      pollfd entries[] = {{fd, POLLIN, 0}, {stop[0], POLLIN, 0}};
      if (::poll(entries, 2, -1) < 0) continue;
      if (entries[1].revents != 0) break;
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const auto got = ::recvfrom(fd, buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0) continue;
      const std::lock_guard lock(mutex);
      for (const auto& unit :
           daemon.handle(std::string_view(buffer.data(), static_cast<std::size_t>(got))))
        (void)::sendto(fd, unit.data(), unit.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                       size);
      if (!daemon.alive()) break;
    }
    ::close(fd);
  }

  mutable std::mutex mutex;
  LegacyMsncd daemon;
  std::uint16_t port = 0;
  int fd = -1;
  int stop[2] = {-1, -1};
  std::thread thread;
};

LegacyServer::LegacyServer(LegacyMsncd daemon) : state_(new State(std::move(daemon))) {
  state_->fd = open_udp_port(state_->port);
  if (state_->fd < 0 || ::pipe(state_->stop) != 0) std::abort();
  state_->thread = std::thread([this] { state_->serve(); });
}

LegacyServer::~LegacyServer() {
  ::close(state_->stop[1]);  // a hang-up is an event, too: it ends without having died
  wait_for_death();
  ::close(state_->stop[0]);
}

void LegacyServer::wait_for_death() {
  if (state_->thread.joinable()) state_->thread.join();
}

std::uint16_t LegacyServer::port() const {
  return state_->port;
}
std::string LegacyServer::address() const {
  return "udp:127.0.0.1:" + std::to_string(port());
}

LegacyMsncd LegacyServer::daemon() const {
  const std::lock_guard lock(state_->mutex);
  return state_->daemon;
}

}  // namespace msn::test
