// SPDX-License-Identifier: MIT
#include "tests/support/msn_server.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/challenge.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/md5.hpp"

#include <algorithm>
#include <utility>

namespace msn::test {

using namespace network::msnp;

MsnServer::MsnServer(asio::io_context& loop, const std::string& directory)
    : loop_(loop), ca_file_(directory + "/msn-server.pem") {
  make_certificate(ca_file_, directory + "/msn-server.key");
  https_ = std::make_unique<HttpsServer>(loop, ca_file_, directory + "/msn-server.key",
                                         [this](const HttpsRequest& r) { return on_https(r); });
  ns_ = std::make_unique<MsnListener>(loop, [this](std::shared_ptr<MsnLink> link) {
    auto user = std::make_unique<User>();
    user->link = link;
    users_.emplace(link.get(), std::move(user));
    link->start([this](MsnLink& l, const Command& c) { on_ns(l, c); },
                [this](MsnLink& l) {
                  auto node = users_.extract(&l);
                  if (!node.empty()) sign_out(*node.mapped(), false);
                });
  });
  sb_ = std::make_unique<MsnListener>(loop, [this](std::shared_ptr<MsnLink> link) {
    strangers_.insert(link);
    link->start([this](MsnLink& l, const Command& c) { on_sb(l, c); },
                [this](MsnLink& l) { left(l); });
  });
}

MsnServer::~MsnServer() {
  stop();
  https_.reset();
}

MsnAccount& MsnServer::account(const std::string& email, const std::string& password,
                               const std::string& name) {
  auto& account = accounts_[email];
  if (account.email.empty()) {
    account.email = email;
    account.password = password;
    account.name = name.empty() ? email : name;
  }
  return account;
}

void MsnServer::befriend(const std::string& one, const std::string& other) {
  for (const auto& [a, b] : {std::pair(one, other), std::pair(other, one)}) {
    auto& entry = account(a).people[b];
    entry.forward = entry.allow = entry.reverse = true;
    entry.id = fresh(32);
  }
}

void MsnServer::populate(const std::string& email, std::size_t people) {
  for (std::size_t i = 1; i <= people; ++i) {
    const auto number = std::to_string(i);
    const auto person = "person" + number + "@example.org";
    account(person, "secret", "Person No. " + number + " \xE2\x98\xBA");
    befriend(email, person);
  }
}

std::uint16_t MsnServer::port() const {
  return ns_->port();
}
std::string MsnServer::nexus() const {
  return https_->url("/rdr/pprdr.asp");
}

void MsnServer::stop() {
  ns_->stop();
  sb_->stop();
  drop_switchboards();
  for (auto& [link, user] : users_) user->account = nullptr;  // no contact is notified
  while (!users_.empty()) users_.begin()->second->link->close();
}

void MsnServer::start() {
  ns_->start();
  sb_->start();
}

void MsnServer::say(const std::string& email, const std::string& octets) {
  if (auto* user = find(email)) user->link->send(octets, manners.chop);
}

void MsnServer::hang_up(const std::string& email) {
  if (auto* user = find(email)) user->link->close_after_sending();
}

std::string MsnServer::fresh(std::size_t digits) {
  auto text = md5_hex("fresh " + std::to_string(++serial_));
  if (digits == 32) {
    for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, "-");
    return text;
  }
  return text.substr(0, digits);
}

std::string MsnServer::name_of(const std::string& email) const {
  // As the running server does it: only these four are encoded again.
  const auto found = accounts_.find(email);
  std::string out;
  for (const char c : found == accounts_.end() ? email : found->second.name) {
    if (c == ' ')
      out += "%20";
    else if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else
      out += c;
  }
  return out;
}

HttpsReply MsnServer::on_https(const HttpsRequest& request) {
  if (manners.https) {
    auto reply = manners.https(request);
    if (reply.status != 0) return reply;
  }
  if (request.target == "/rdr/pprdr.asp")
    return {200, {{"Passporturls", "DALogin=" + https_->url("/login")}}};
  const auto header = request.headers.find("authorization");
  if (request.target != "/login" || header == request.headers.end()) return {500, {}};
  std::map<std::string, std::string> fields;
  for (const auto part : split(header->second, ',')) {
    const auto equals = part.find('=');
    if (equals != part.npos)
      fields[std::string(part.substr(0, equals))] = decode_word(part.substr(equals + 1));
  }
  const auto found = accounts_.find(to_lower_ascii(fields["sign-in"]));
  if (found == accounts_.end() || found->second.password != fields["pwd"])
    return {401, {{"WWW-Authenticate", "Passport1.4 da-status=failed"}}, "401: Unauthorized"};
  const auto ticket = fresh(20);
  tickets_[ticket] = fields["sign-in"];
  return {200, {{"Authentication-Info", "Passport1.4 da-status=success,from-PP='" + ticket + "'"}}};
}

MsnServer::User* MsnServer::user(MsnLink& link) {
  const auto found = users_.find(&link);
  return found == users_.end() ? nullptr : found->second.get();
}

MsnServer::User* MsnServer::find(const std::string& email) const {
  for (const auto& [link, user] : users_)
    if (user->account && user->account->email == email) return user.get();
  return nullptr;
}

void MsnServer::reply(MsnLink& link, const std::string& line) {
  link.send(line + "\r\n", manners.chop);
}

void MsnServer::sign_out(User& user, bool close) {
  auto* account = std::exchange(user.account, nullptr);
  const bool seen = !std::exchange(user.status, {}).empty();
  if (close) user.link->close_after_sending();
  if (account && seen) announce(account->email);
}

void MsnServer::on_ns(MsnLink& link, const Command& line) {
  auto* user = this->user(link);
  if (!user) return;
  heard_.push_back(user->email + "> " + std::string(line.line()));
  const std::string verb(line.verb());
  if (manners.deaf.contains(verb)) return;
  if (const auto error = manners.errors.find(verb); error != manners.errors.end()) {
    reply(link, error->second + " " + std::string(line.word(1)));
    return;
  }
  if (user->account)
    on_verb(*user, line);
  else
    on_login(*user, line);
}

void MsnServer::on_login(User& user, const Command& line) {
  auto& link = *user.link;
  const std::string trid(line.word(1));
  if (line.verb() == "VER") {
    for (const auto& version : manners.versions)
      for (std::size_t i = 2; i < line.size(); ++i)
        if (line.word(i) == version) {
          user.version = version;
          reply(link, "VER " + trid + " " + version);
          return;
        }
    reply(link, "VER " + trid + " 0");
    link.close_after_sending();
  } else if (line.verb() == "CVR") {
    const std::string v(line.word(7));
    reply(link,
          "CVR " + trid + " " + v + " " + v + " " + v + " https://msn.example https://msn.example");
  } else if (line.verb() == "USR" && line.word(3) == "I") {
    user.email = line.word(4);
    if (!manners.redirect.empty()) {
      reply(link,
            "XFR " + trid + " NS " + manners.redirect + " 0 127.0.0.1:" + std::to_string(port()));
    } else if (user.email.find('@') == std::string::npos) {
      reply(link, "911 " + trid);
      link.close_after_sending();
    } else {
      reply(link, "USR " + trid + " TWN S ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1");
    }
  } else if (line.verb() == "USR" && line.word(3) == "S") {
    const auto ticket = tickets_.find(std::string(line.word(4)));
    const bool good =
        ticket != tickets_.end() && ticket->second == user.email && accounts_.contains(user.email);
    if (!good || manners.maintenance) {
      reply(link, (good ? "500 " : "911 ") + trid);
      link.close_after_sending();
      return;
    }
    if (auto* first = find(user.email)) {
      reply(*first->link, "OUT OTH");
      sign_out(*first, true);
    }
    user.account = &accounts_[user.email];
    reply(link, "USR " + trid + " OK " + user.email +
                    (user.version == "MSNP8" ? " " + name_of(user.email) : "") + " 1 0");
    if (user.version != "MSNP8") reply(link, "SBS 0 null");
    const std::string profile =
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nsid: "
        "507\r\n\r\n";
    link.send("MSG Hotmail Hotmail " + std::to_string(profile.size()) + "\r\n" + profile,
              manners.chop);
  } else {
    link.close();
  }
}

void MsnServer::on_verb(User& user, const Command& line) {
  auto& link = *user.link;
  const auto verb = line.verb();
  const std::string trid(line.word(1));
  if (verb == "PNG") {
    reply(link, user.version == "MSNP8" ? "QNG" : "QNG 60");
  } else if (verb == "OUT") {
    sign_out(user, true);
  } else if (verb == "SYN") {
    on_sync(user, line);
  } else if (verb == "CHG") {
    const bool first = user.status.empty();
    if (line.word(2) == "FLN") {
      reply(link, "201 " + trid);
      return;
    }
    user.status = line.word(2);
    user.caps = line.word(3);
    reply(link, "CHG " + trid + " " + user.status + " " + user.caps);
    if (first)
      for (const auto& [email, entry] : user.account->people)
        if (entry.forward) look(user, email, trid);
    announce(user.email);
  } else if (verb == "ADC" || verb == "ADD") {
    on_add(user, line);
  } else if (verb == "REM") {
    on_remove(user, line);
  } else if (verb == "PRP" || verb == "REA" || verb == "SBP") {
    on_property(user, line);
  } else if (verb == "BLP" || verb == "GTC") {
    const auto value = line.word(2);
    auto& flag = verb == "BLP" ? user.account->open : user.account->ask;
    const bool wanted = verb == "BLP" ? value == "AL" : value == "A";
    const std::string serial = user.version == "MSNP8" ? std::to_string(++serial_) + " " : "";
    if (flag == wanted) {
      reply(link, "218 " + trid);
      return;
    }
    flag = wanted;
    reply(link, std::string(verb) + " " + trid + " " + serial + std::string(value));
    announce(user.email);
  } else if (verb == "XFR") {
    if (line.word(2) != "SB") {
      reply(link, "201 " + trid);
    } else if (user.status.empty() || user.status == "HDN") {
      reply(link, "913 " + trid);
    } else {
      const auto pass = fresh(20);
      passes_[pass] = {user.email, {}};
      reply(link, "XFR " + trid + " SB 127.0.0.1:" + std::to_string(sb_->port()) + " CKI " + pass);
    }
  } else if (verb == "UUX") {
    reply(link, "UUX " + trid + " 0");
  } else if (verb == "QRY") {
    reply(link, "QRY " + trid);
  } else if (verb == "USR") {
    reply(link, "205 " + trid);
  }
}

bool MsnServer::allows(const MsnAccount& of, const std::string& email) const {
  const auto found = of.people.find(email);
  if (found == of.people.end()) return of.open;
  return !found->second.block && (found->second.allow || of.open);
}

// Sends the watcher the status of a contact, if it has changed.
void MsnServer::look(User& watcher, const std::string& at, const std::string& trid) {
  if (watcher.status.empty()) return;
  const auto* them = find(at);
  const bool seen = them && !them->status.empty() && them->status != "HDN" &&
                    allows(*them->account, watcher.email);
  const std::string now =
      seen ? them->status + " " + at + " " + name_of(at) + " " + them->caps : "";
  auto& sent = watcher.sent[at];
  if (sent == now) return;
  sent = now;
  const std::string object = watcher.version == "MSNP8" ? "" : " %3Cmsnobj%2F%3E";
  if (!seen)
    reply(*watcher.link, "FLN " + at);
  else
    reply(*watcher.link, (trid.empty() ? "NLN " : "ILN " + trid + " ") + now + object);
  if (seen && watcher.version != "MSNP8") {
    const std::string data = "<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>";
    watcher.link->send("UBX " + at + " " + std::to_string(data.size()) + "\r\n" + data,
                       manners.chop);
  }
}

void MsnServer::announce(const std::string& email) {
  for (const auto& [link, user] : users_) {
    if (!user->account) continue;
    const auto found = user->account->people.find(email);
    if (found != user->account->people.end() && found->second.forward) look(*user, email);
  }
}

}  // namespace msn::test
