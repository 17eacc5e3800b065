// SPDX-License-Identifier: MIT
// The inboxes: messages and all other notices to a user, in order, one inbox for each address.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/local/store_inside.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <map>

namespace msn::network::local {
namespace {

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array kinds{
    KindName{Kind::message, "message"},
    KindName{Kind::typing, "typing"},
    KindName{Kind::presence, "look"},
    KindName{Kind::added_you, "added_you"},
    KindName{Kind::removed_you, "removed_you"},
    KindName{Kind::contact_added, "contact_added"},
    KindName{Kind::contact_removed, "contact_removed"},
    KindName{Kind::flushed, "flushed"},
    KindName{Kind::sent, "sent"},
    KindName{Kind::failed, "failed"},
    KindName{Kind::error, "error"},
};

constexpr std::size_t longest_text = 65'536;

// Other programs can write to the file: remove what would break the lines of the pipe protocol.
std::string clean_text(std::string text) {
  std::erase_if(text, [](char c) { return c == '\0' || c == '\r'; });
  return is_utf8(text) ? text : decode_charset(text);
}

std::string clean_word(const std::string& word) {
  std::string clean = without_controls(word);
  std::erase(clean, ' ');
  return clean;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].name;
}

std::optional<Kind> kind_from_name(std::string_view name) {
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](auto& k) { return k.name == name; });
  if (found == kinds.end()) return std::nullopt;
  return found->kind;
}

void Store::notify(const std::string& recipient, Kind kind, const std::string& other,
                   const std::string& token, const std::string& text, bool kept, Time now) {
  inside_->query.run(
      "INSERT OR REPLACE INTO inbox(recipient, kind, other, token, text, kept, time, stamp) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, random() & 0xffffffffffff)",
      recipient, kind_name(kind), other, token, text, kept, milliseconds(now));
}

void Store::wake(const std::string& email) {
  Query query = inside_->query(
      "SELECT s.id FROM account a JOIN session s ON s.account = a.id WHERE a.email = ?", email);
  if (query.row()) wakes_.insert(query.text(0));
}

// Notifies the users who have this account as a contact and have set a status.
void Store::notify_watchers(const std::string& email, Time now) {
  notify_viewers(
      email,
      inside_->query("SELECT a.email, s.id FROM entry e JOIN account a ON a.id = e.owner "
                     "JOIN session s ON s.account = e.owner "
                     "WHERE e.contact = ? AND e.forward = 1 AND s.status IS NOT NULL",
                     email),
      now);
}

// Makes the present nick the public one. Besides the watchers (notify_watchers), the contacts of
// this account are notified: a contact without this account in its list still sees its name, in
// the reverse list.
void Store::publish_name(const Me& me, Time now) {
  inside_->query.run("UPDATE account SET public_nick = nick WHERE id = ? AND public_nick <> nick",
                     me.account);
  if (inside_->db->getChanges() == 0) return;
  notify_viewers(
      me.email,
      inside_->query("SELECT a.email, s.id FROM entry e JOIN account a ON a.email = e.contact "
                     "JOIN session s ON s.account = a.id WHERE e.owner = ? AND e.forward = 1",
                     me.account),
      now);
}

// `viewers` returns the address and the session of each user to notify.
void Store::notify_viewers(const std::string& email, Query viewers, Time now) {
  while (viewers.row()) {
    notify(viewers.text(0), Kind::presence, email, {}, {}, false, now);
    wakes_.insert(viewers.text(1));
  }
}

// Cancels an earlier "added you" or "removed you": an offline recipient needs only the last one. A
// row that a session may have read is kept without its kind, because it may be the listener's mark.
void Store::cancel(const std::string& recipient, Kind kind, const std::string& other) {
  inside_->query.run(
      "DELETE FROM inbox WHERE recipient = ? AND kind = ? AND other = ? AND kept = 1", recipient,
      kind_name(kind), other);
  inside_->query.run("UPDATE inbox SET kind = '' WHERE recipient = ? AND kind = ? AND other = ?",
                     recipient, kind_name(kind), other);
}

Result<Sending> Store::send(const Me& me, const OutgoingMessage& message, Time now) {
  return guarded([&]() -> Result<Sending> {
    bool offline = false;
    {
      Query query = inside_->query("SELECT status FROM session WHERE account = ? AND id = ?",
                                   me.account, me.session);
      if (!query.row()) return displaced();
      offline = query.text(0) == model::status_name(model::Status::offline);
    }
    const auto found = relation(message.to, me.email);
    if (!found &&
        !inside_
             ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND forward = 1",
                     me.account, message.to)
             .row())
      return fail(ErrorCode::unknown_contact, "the address is neither a contact nor an account");
    const auto refused = [&](const std::string& code, const std::string& text,
                             const std::string& reason) {
      // A message with an identity gets exactly one event (msncd-protocol(7) 13.7).
      if (message.id.empty()) {
        refuse(me, message.to, code, "SENDMSG", text, now);
      } else {
        notify(me.email, Kind::failed, message.to, message.id, reason, false, now);
        wakes_.insert(me.session);
      }
      return Sending::refused;
    };
    if (offline) return refused("913", "Not allowed when offline", "913 Not allowed when offline");
    if (found && !found->allows) return refused("217", "User not online", "217 User not online");

    std::string text;
    for (const auto& line : message.lines) {
      if (&line != &message.lines.front()) text += '\n';
      text += line;
    }
    // A logged-in recipient who looks offline is treated as offline, so as not to be revealed.
    const bool kept = !found || !found->looks_online;
    text = clean_text(std::move(text));
    if (kept && !count_kept_message(me.email, message.to, text.size()))
      return refused("FULL", "too many messages are pending for this contact", "full");
    notify(message.to, Kind::message, me.email, message.id, text, kept, now);
    if (found && !found->session.empty()) wakes_.insert(found->session);
    return kept ? Sending::kept : Sending::forwarded;
  });
}

Result<void> Store::typing(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<void> {
    {
      Query query = inside_->query("SELECT status FROM session WHERE account = ? AND id = ?",
                                   me.account, me.session);
      if (!query.row()) return displaced();
      if (query.text(0) == model::status_name(model::Status::offline)) return {};
    }
    const auto found = relation(email, me.email);
    if (!found || !found->allows || found->session.empty()) return {};
    notify(email, Kind::typing, me.email, {}, {}, false, now);
    wakes_.insert(found->session);
    return {};
  });
}

Result<std::map<std::string, std::uint64_t, std::less<>>> Store::kept(const Me& me) {
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  return guarded([&]() -> Result<Counts> {
    Counts counts;
    Query query = inside_->query("SELECT holder, messages FROM kept WHERE sender = ?", me.email);
    while (query.row()) counts[query.text(0)] = static_cast<std::uint64_t>(query.number(1));
    return counts;
  });
}

Result<std::vector<std::string>> Store::open_tokens(const Me& me) {
  return guarded([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> tokens;
    Query query = inside_->query(
        "SELECT token FROM inbox WHERE token <> '' AND "
        "(other = ?1 AND kind = 'message' OR recipient = ?1 AND kind IN ('sent', 'failed')) "
        "UNION SELECT token FROM receipt WHERE sender = ?1 AND token <> ''",
        me.email);
    while (query.row()) tokens.push_back(query.text(0));
    return tokens;
  });
}

Result<bool> Store::is_valid_mark(const Me& me, Mark mark) {
  return guarded([&]() -> Result<bool> {
    return inside_
        ->query(
            "SELECT 1 FROM inbox WHERE id = ?2 AND stamp = ?3 AND recipient = ?4 UNION ALL "
            "SELECT 1 FROM account WHERE id = ?1 AND acked_row = ?2 AND acked_stamp = ?3",
            me.account, mark.row, mark.stamp, me.email)
        .row();
  });
}

Result<Inbox> Store::read_inbox(const Me& me, std::int64_t after, std::size_t limit) {
  return guarded([&]() -> Result<Inbox> {
    Inbox inbox;
    inbox.after = inbox.seen_up_to = after;
    if (!current(me)) {
      inbox.displaced = true;
      return inbox;
    }
    std::size_t rows = 0;
    Query query = inside_->query(
        "SELECT id, kind, other, token, substr(text, 1, ?4), kept, stamp FROM inbox "
        "WHERE recipient = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        me.email, after, limit, longest_text);
    const auto next = [&] {
      try {
        return query.row();
      } catch (const SQLite::Exception& e) {
        if ((e.getErrorCode() & 0xff) != SQLITE_TOOBIG) throw;
      }
      // msncd does not write such long rows: skip it; the next call reads on.
      Query skipped =
          inside_->query("SELECT id FROM inbox WHERE recipient = ? AND id > ? ORDER BY id LIMIT 1",
                         me.email, inbox.seen_up_to);
      if (skipped.row()) inbox.seen_up_to = skipped.number(0);
      inbox.more = true;
      return false;
    };
    while (next()) {
      ++rows;
      inbox.seen_up_to = query.number(0);
      const auto kind = kind_from_name(query.text(1));
      if (kind != Kind::presence && kind != Kind::typing)
        inbox.mark = {inbox.seen_up_to, query.number(6)};
      if (kind == Kind::message && (query.truth(5) || !query.text(3).empty()))
        inbox.owes_receipts = true;
      if (!kind) continue;
      Notice notice;
      notice.id = query.number(0);
      notice.kind = *kind;
      const auto other = model::parse_email(query.text(2));
      if (!other && *kind != Kind::error) continue;
      if (other) notice.other = *other;
      if (*kind == Kind::error) {
        const std::string code = query.text(3);
        const auto space = code.find(' ');
        notice.token = clean_word(code.substr(0, space));
        if (space != code.npos) notice.request = clean_word(code.substr(space));
      } else {
        notice.token = clean_word(query.text(3));
      }
      notice.text =
          *kind == Kind::message ? clean_text(query.text(4)) : without_controls(query.text(4));
      if (*kind == Kind::presence || *kind == Kind::added_you) {
        const auto found = relation(notice.other, me.email);
        if (found) notice.view = found->view(notice.other);
        notice.view.email = notice.other;
      }
      if (*kind == Kind::added_you)
        notice.denied =
            inside_
                ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND denied = 1",
                        me.account, notice.other)
                .row();
      if (*kind == Kind::flushed) {
        Query left = inside_->query("SELECT messages FROM kept WHERE sender = ? AND holder = ?",
                                    me.email, notice.other);
        if (left.row()) notice.kept = static_cast<std::uint64_t>(left.number(0));
      }
      inbox.notices.push_back(std::move(notice));
    }
    inbox.more = inbox.more || rows == limit;
    return inbox;
  });
}

// Counts one more pending message; returns false if the limit is reached.
bool Store::count_kept_message(const std::string& sender, const std::string& holder,
                               std::size_t bytes) {
  inside_->query.run(
      "INSERT INTO kept(sender, holder, messages, bytes) VALUES(?1, ?2, 1, ?3) "
      "ON CONFLICT DO UPDATE SET messages = messages + 1, bytes = bytes + ?3 "
      "WHERE messages - taken < ?4 AND bytes + ?3 <= ?5",
      sender, holder, bytes, max_kept_messages, max_kept_bytes);
  return inside_->db->getChanges() > 0;
}

// Reduces the sender's count by the messages that the holder has received. Returns whether none is
// pending any more.
bool Store::remove_taken(const std::string& sender, const std::string& holder) {
  inside_->query.run(
      "UPDATE kept SET messages = messages - taken, taken = 0 WHERE sender = ? AND holder = ?",
      sender, holder);
  inside_->query.run("DELETE FROM kept WHERE sender = ? AND holder = ? AND messages <= 0", sender,
                     holder);
  return inside_->db->getChanges() > 0;
}

Result<void> Store::acknowledge(const Acknowledgement& done, Time now) {
  const std::string& email = done.email;
  return guarded([&]() -> Result<void> {
    if (done.mark.row > 0 && !inside_
                                  ->query("SELECT 1 FROM inbox WHERE id = ? AND stamp = ?",
                                          done.mark.row, done.mark.stamp)
                                  .row())
      return {};
    struct Asked {
      std::string sender, token;
      bool kept;
    };
    std::vector<Asked> asked;
    {
      Query query = inside_->query(
          "SELECT other, token, kept FROM inbox "
          "WHERE recipient = ? AND id BETWEEN ? AND ? "
          "AND kind = 'message' AND (kept = 1 OR token <> '') ORDER BY id",
          email, done.first, done.last);
      while (query.row()) asked.push_back({query.text(0), query.text(1), query.truth(2)});
    }
    inside_->query.run(
        "UPDATE account SET acked_row = i.id, acked_stamp = i.stamp FROM "
        "(SELECT id, stamp FROM inbox WHERE recipient = ?1 AND id BETWEEN ?2 AND ?3 "
        "AND kind NOT IN ('look', 'typing') ORDER BY id DESC LIMIT 1) i "
        "WHERE email = ?1 AND acked_row < i.id",
        email, done.first, done.last);
    inside_->query.run("DELETE FROM inbox WHERE recipient = ? AND id BETWEEN ? AND ?", email,
                       done.first, done.last);
    for (const auto& view : done.seen)
      inside_->query.run(
          "UPDATE entry SET seen_nick = ?3 WHERE owner = (SELECT id FROM account WHERE email = ?1) "
          "AND contact = ?2 AND seen_nick <> ?3",
          email, view.email, view.nick);
    if (asked.empty()) return {};

    // Senders whom the holder no longer allows, or who see it as offline, are notified later, by
    // release_receipts().
    const bool online = looks_online(email);
    std::map<std::string, bool> allowed;
    std::map<std::string, std::int64_t> taken;
    for (const auto& [sender, token, kept] : asked) {
      if (kept) ++taken[sender];
      if (allowed.contains(sender)) continue;
      const auto found = relation(email, sender);
      allowed[sender] = found && found->allows;
    }
    const auto report = [&](const std::string& sender, Kind kind, const std::string& token) {
      notify(sender, kind, email, token, {}, false, now);
      wake(sender);
    };
    // One MFLUSH for all kept messages, when the last one is acknowledged.
    for (const auto& [sender, count] : taken) {
      // Estimates the bytes as an equal share for each message, so as not to read the texts again.
      inside_->query.run(
          "UPDATE kept SET taken = taken + ?3, "
          "bytes = bytes - bytes * ?3 / max(messages - taken, ?3) "
          "WHERE sender = ?1 AND holder = ?2",
          sender, email, count);
      if (online && allowed[sender] && remove_taken(sender, email))
        report(sender, Kind::flushed, {});
    }
    for (const auto& [sender, token, kept] : asked) {
      if (token.empty()) continue;
      if (allowed[sender] && (online || !kept))
        report(sender, Kind::sent, token);
      else
        inside_->query.run(
            "INSERT INTO receipt(holder, sender, kind, token) VALUES(?, ?, 'sent', ?)", email,
            sender, token);
    }
    return {};
  });
}

void Store::release_receipts(const std::string& holder, Time now) {
  if (!looks_online(holder)) return;
  struct Receipt {
    std::int64_t id;
    std::string sender, token;
  };
  std::vector<std::string> senders;
  std::vector<Receipt> receipts;
  {
    Query query = inside_->query("SELECT sender FROM kept WHERE holder = ? AND taken > 0", holder);
    while (query.row()) senders.push_back(query.text(0));
  }
  {
    Query query = inside_->query(
        "SELECT id, sender, token FROM receipt WHERE holder = ? ORDER BY id", holder);
    while (query.row()) receipts.push_back({query.number(0), query.text(1), query.text(2)});
  }
  const auto allows = [&](const std::string& sender) {
    const auto found = relation(holder, sender);
    return found && found->allows;
  };
  const auto report = [&](const std::string& sender, Kind kind, const std::string& token) {
    notify(sender, kind, holder, token, {}, false, now);
    wake(sender);
  };
  for (const auto& sender : senders)
    if (allows(sender) && remove_taken(sender, holder)) report(sender, Kind::flushed, {});
  for (const auto& [id, sender, token] : receipts) {
    if (!allows(sender)) continue;
    inside_->query.run("DELETE FROM receipt WHERE id = ?", id);
    report(sender, Kind::sent, token);
  }
}

}  // namespace msn::network::local
