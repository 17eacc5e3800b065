// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/dialect.hpp"
#include "tests/support/msn_server.hpp"

namespace msn::test {

using namespace network::msnp;

namespace {

int bits_of(const MsnEntry& entry, bool old) {
  int bits = (entry.forward ? 1 : 0) + (entry.allow ? 2 : 0) + (entry.block ? 4 : 0);
  if (entry.pending && !old) return bits + 16;
  return bits + (entry.reverse || entry.pending ? 8 : 0);
}

}  // namespace

void MsnServer::on_sync(User& user, const Command& line) {
  const bool old = user.version == "MSNP8";
  const auto& me = *user.account;
  const std::string trid(line.word(1));
  std::vector<std::string> lists;
  std::size_t count = 0;
  for (const auto& [email, entry] : me.people) {
    const int bits = bits_of(entry, old);
    if (bits == 0) continue;
    ++count;
    if (old)
      lists.push_back("LST " + email + " " + name_of(email) + " " + std::to_string(bits) + " 0");
    else
      lists.push_back("LST N=" + email + " F=" + name_of(email) +
                      (entry.forward ? " C=" + entry.id : "") + " " + std::to_string(bits) +
                      (user.version == "MSNP12" ? " 1" : "") + " ");
    if (const auto them = accounts_.find(email); them != accounts_.end())
      for (const auto& [kind, number] : them->second.phones)
        lists.push_back("BPR " + kind + " " + encode_word(number));
  }
  std::string out;
  if (old)
    out = "SYN " + trid + " 1 " + std::to_string(count) + " 1\r\n";
  else
    out = "SYN " + trid + " 2000-01-01T00:00:00.0-00:00 2000-01-01T00:00:00.0-00:00 " +
          std::to_string(count) + " 0\r\n";
  out += std::string("GTC ") + (me.ask ? "A" : "N") + "\r\nBLP " + (me.open ? "AL" : "BL") + "\r\n";
  out += old ? "LSG 0 Other%20Contacts 0\r\n" : "PRP MFN " + name_of(user.email) + "\r\n";
  for (const auto& each : lists) out += each + "\r\n";
  user.link->send(std::move(out), manners.chop);
}

void MsnServer::on_add(User& user, const Command& line) {
  auto& link = *user.link;
  const bool old = user.version == "MSNP8";
  const std::string trid(line.word(1));
  const std::string list(line.word(2));
  if ((line.verb() == "ADD") != old) {
    link.close();
    return;
  }
  const auto change = read_list_change(line);
  if (!change) {
    reply(link, "201 " + trid);
    return;
  }
  const auto& email = change->email;
  if (!accounts_.contains(email)) {
    reply(link, (old ? "205 " : "208 ") + trid);
    return;
  }
  auto& entry = user.account->people[email];
  if (list == "RL" && !entry.pending) {
    link.close();
    return;
  }
  if (list == "FL" && !entry.forward) {
    entry.forward = true;
    entry.id = fresh(32);
    auto& theirs = accounts_[email].people[user.email];
    theirs.reverse = true;
    theirs.pending = manners.has_pending_list;
    if (auto* them = find(email)) {
      reply(*them->link, them->version == "MSNP8"
                             ? "ADD 0 RL " + std::to_string(++serial_) + " " + user.email + " " +
                                   name_of(user.email)
                             : "ADC 0 RL N=" + user.email + " F=" + name_of(user.email));
      them->link->send("NOT 19\r\n<NOTIFICATION />\r\n\r", manners.chop);
    }
  }
  if (list == "AL") entry.allow = true;
  if (list == "BL") entry.block = true;
  if (old)
    reply(link, "ADD " + trid + " " + list + " " + std::to_string(++serial_) + " " + email + " " +
                    name_of(email) + (list == "FL" ? " 0" : ""));
  else
    reply(link, "ADC " + trid + " " + list + " N=" + email +
                    (list == "FL" ? " F=" + name_of(email) + " C=" + entry.id : ""));
  if (list == "FL") look(user, email, trid);
  if (list == "AL" || list == "BL") announce(user.email);
}

void MsnServer::on_remove(User& user, const Command& line) {
  auto& link = *user.link;
  const bool old = user.version == "MSNP8";
  const std::string trid(line.word(1));
  const std::string list(line.word(2));
  const std::string who(line.word(3));
  std::string email = who;
  if (list == "FL" && !old) {
    email.clear();
    for (const auto& [address, entry] : user.account->people)
      if (entry.forward && entry.id == who) email = address;
    if (email.empty()) {
      reply(link, (who.find('@') == std::string::npos ? "208 " : "403 ") + trid);
      return;
    }
  }
  const auto found = user.account->people.find(email);
  if (found == user.account->people.end()) {
    reply(link, (old ? "205 " : "208 ") + trid);
    return;
  }
  auto& entry = found->second;
  bool* flag = list == "FL"   ? &entry.forward
               : list == "AL" ? &entry.allow
               : list == "BL" ? &entry.block
                              : &entry.pending;
  if (!*flag) {
    reply(link, "216 " + trid);
    return;
  }
  *flag = false;
  if (list == "FL") {
    user.sent.erase(email);
    auto& theirs = accounts_[email].people[user.email];
    theirs.reverse = theirs.pending = false;
    if (auto* them = find(email))
      reply(*them->link, "REM 0 RL " +
                             (them->version == "MSNP8" ? std::to_string(++serial_) + " " : "") +
                             user.email);
  }
  reply(link,
        "REM " + trid + " " + list + " " + (old ? std::to_string(++serial_) + " " : "") + who);
  if (list == "AL" || list == "BL") announce(user.email);
}

void MsnServer::on_property(User& user, const Command& line) {
  auto& link = *user.link;
  const std::string trid(line.word(1));
  const bool old = user.version == "MSNP8";
  if (line.verb() == "REA" && !old) {
    reply(link, "502 " + trid);
    return;
  }
  if (line.verb() == "REA") {
    if (line.word(2) == user.email) user.account->name = decode_word(line.word(3));
    reply(link, "REA " + trid + " " + std::to_string(++serial_) + " " + std::string(line.rest(2)));
    announce(user.email);
    return;
  }
  if (line.verb() == "PRP" && line.word(2) == "MFN") {
    user.account->name = decode_word(line.word(3));
    reply(link, "PRP " + trid + " MFN " + name_of(user.email));
    announce(user.email);
    return;
  }
  reply(link, std::string(line.line()));  // SBP: an echo, and nothing is stored
}

}  // namespace msn::test
