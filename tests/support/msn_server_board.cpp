// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/network/msnp/codec.hpp"
#include "tests/support/msn_server.hpp"

#include <algorithm>

namespace msn::test {

using namespace network::msnp;

void MsnServer::drop_switchboards() {
  while (!strangers_.empty()) (*strangers_.begin())->close();
  while (!rooms_.empty()) {
    auto room = std::move(rooms_.begin()->second);
    rooms_.erase(rooms_.begin());
    for (const auto& guest : room.guests) guest.link->close();
  }
}

void MsnServer::on_sb(MsnLink& link, const Command& line) {
  const auto verb = line.verb();
  heard_.push_back("SB> " + std::string(line.line()));
  if (manners.deaf.contains("SB " + std::string(verb))) return;
  if (const auto error = manners.errors.find("SB " + std::string(verb));
      error != manners.errors.end()) {
    reply(link, error->second + " " + std::string(line.word(1)));
    return;
  }
  for (auto& [id, room] : rooms_) {
    for (const auto& guest : room.guests) {
      if (guest.link.get() != &link) continue;
      const auto email = guest.email;
      if (verb == "CAL")
        call(room, link, email, line);
      else if (verb == "MSG")
        relay(room, link, email, line);
      else if (verb == "OUT")
        link.close();
      return;
    }
  }
  if (verb == "USR" || verb == "ANS") enter(link, line);
}

void MsnServer::enter(MsnLink& link, const Command& line) {
  const std::string trid(line.word(1));
  const std::string email(line.word(2));
  auto pass = passes_.extract(std::string(line.word(3)));
  const bool answers = line.verb() == "ANS";
  const bool good =
      !pass.empty() && pass.mapped().email == email &&
      (answers ? pass.mapped().room == line.word(4) && rooms_.contains(pass.mapped().room)
               : pass.mapped().room.empty());
  if (!good) {
    reply(link, "911 " + trid);
    link.close_after_sending();
    return;
  }
  const auto self = link.shared_from_this();
  strangers_.erase(self);
  auto* me = find(email);
  const std::string caps = me && me->version == "MSNP12" ? " " + me->caps : "";
  if (!answers) {
    const auto id = fresh(31);
    rooms_[id] = {id, {{self, email}}};
    reply(link, "USR " + trid + " OK " + email + " " + name_of(email));
    return;
  }
  auto& room = rooms_[pass.mapped().room];
  const auto all = std::to_string(room.guests.size());
  std::size_t number = 0;
  for (const auto& guest : room.guests) {
    reply(link, "IRO " + trid + " " + std::to_string(++number) + " " + all + " " + guest.email +
                    " " + name_of(guest.email) + caps);
    reply(*guest.link, "JOI " + email + " " + name_of(email) + caps);
  }
  room.guests.push_back({self, email});
  reply(link, "ANS " + trid + " OK");
}

void MsnServer::call(Room& room, MsnLink& link, const std::string& caller, const Command& line) {
  const std::string trid(line.word(1));
  const std::string email(line.word(2));
  const bool here = std::any_of(room.guests.begin(), room.guests.end(),
                                [&](const Guest& guest) { return guest.email == email; });
  auto* them = find(email);
  if (email.find('@') == std::string::npos) {
    reply(link, "208 " + trid);
  } else if (here) {
    reply(link, "215 " + trid);
  } else if (!them && manners.joins) {
    reply(link, "CAL " + trid + " RINGING " + room.id);
    reply(link, "JOI " + email + " " + name_of(email));
  } else if (!them || them->status.empty() || them->status == "HDN" ||
             !allows(*them->account, caller)) {
    reply(link, "217 " + trid);
  } else {
    const auto pass = fresh(20);
    passes_[pass] = {email, room.id};
    reply(*them->link, "RNG " + room.id + " 127.0.0.1:" + std::to_string(sb_->port()) + " CKI " +
                           pass + " " + caller + " " + name_of(caller));
    reply(link, "CAL " + trid + " RINGING " + room.id);
  }
}

void MsnServer::relay(Room& room, MsnLink& link, const std::string& from, const Command& line) {
  const std::string trid(line.word(1));
  const auto letter = line.word(2);
  const std::string payload(line.payload());
  if (payload.size() > 1664 || (letter != "U" && letter != "A" && letter != "N" && letter != "D")) {
    link.close();
    return;
  }
  if (!manners.refuses)
    for (const auto& guest : room.guests)
      if (guest.link.get() != &link)
        guest.link->send("MSG " + from + " " + name_of(from) + " " +
                             std::to_string(payload.size()) + "\r\n" + payload,
                         manners.chop);
  if (manners.refuses && letter != "U")
    reply(link, "NAK " + trid);
  else if (manners.acknowledges && (letter == "A" || letter == "D"))
    reply(link, "ACK " + trid);
}

void MsnServer::left(MsnLink& link) {
  const auto self = link.shared_from_this();
  strangers_.erase(self);
  for (auto it = rooms_.begin(); it != rooms_.end(); ++it) {
    auto& guests = it->second.guests;
    const auto found = std::find_if(guests.begin(), guests.end(),
                                    [&](const Guest& guest) { return guest.link == self; });
    if (found == guests.end()) continue;
    const auto email = found->email;
    guests.erase(found);
    for (const auto& guest : guests) reply(*guest.link, "BYE " + email);
    if (guests.empty()) rooms_.erase(it);
    return;
  }
}

}  // namespace msn::test
