// SPDX-License-Identifier: MIT
// Messages and everything else that has to reach somebody, in one ordered inbox per address.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/local/store_inside.hpp"

#include <algorithm>
#include <array>

namespace msn::network::local {
namespace {

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array kinds{
    KindName{Kind::message, "message"},
    KindName{Kind::typing, "typing"},
    KindName{Kind::look, "look"},
    KindName{Kind::added_you, "added_you"},
    KindName{Kind::removed_you, "removed_you"},
    KindName{Kind::contact_added, "contact_added"},
    KindName{Kind::contact_removed, "contact_removed"},
    KindName{Kind::flushed, "flushed"},
    KindName{Kind::sent, "sent"},
    KindName{Kind::failed, "failed"},
    KindName{Kind::error, "error"},
};

constexpr const char* not_online = "User not online";
constexpr const char* not_while_offline = "Not allowed when offline";

// Nothing that would break the pipe's lines may come out of a file that others write, too.
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

void Store::tell(const std::string& recipient, Kind kind, const std::string& other,
                 const std::string& token, const std::string& text, bool kept, Time now) {
  inside_->query.run(
      "INSERT OR REPLACE INTO inbox(recipient, kind, other, token, text, kept, time) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)",
      recipient, kind_name(kind), other, token, text, kept, milliseconds(now));
}

void Store::wake(const std::string& email) {
  Query query = inside_->query(
      "SELECT s.id FROM account a JOIN session s ON s.account = a.id WHERE a.email = ?", email);
  if (query.row()) wakes_.insert(query.text(0));
}

// Everybody who has us on the list and has set a status looks again.
void Store::tell_watchers(const std::string& email, Time now) {
  std::vector<std::string> watchers;
  {
    Query query = inside_->query(
        "SELECT a.email, s.id FROM entry e JOIN account a ON a.id = e.owner "
        "JOIN session s ON s.account = e.owner "
        "WHERE e.contact = ? AND e.forward = 1 AND s.status IS NOT NULL",
        email);
    while (query.row()) {
      watchers.push_back(query.text(0));
      wakes_.insert(query.text(1));
    }
  }
  for (const auto& watcher : watchers) tell(watcher, Kind::look, email, {}, {}, false, now);
}

// Of "added you" and "removed you" an absent one needs to hear the last only.
void Store::cancel(const std::string& recipient, Kind kind, const std::string& other) {
  inside_->query.run("DELETE FROM inbox WHERE recipient = ? AND kind = ? AND other = ?", recipient,
                     kind_name(kind), other);
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
    const auto found = standing(message.to, me.email);
    if (!found &&
        !inside_
             ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND forward = 1",
                     me.account, message.to)
             .row())
      return fail(ErrorCode::unknown_contact, "neither a contact nor an account");
    const auto refuse = [&](const std::string& code, const std::string& text) {
      // With an identity exactly one event tells what became of it (protocol 13.7).
      if (message.id.empty())
        tell(me.email, Kind::error, {}, code, text, false, now);
      else
        tell(me.email, Kind::failed, message.to, message.id, code + " " + text, false, now);
      wakes_.insert(me.session);
      return Sending::refused;
    };
    if (offline) return refuse("913", not_while_offline);
    if (found && !found->allows) return refuse("217", not_online);

    std::string text;
    for (const auto& line : message.lines) {
      if (&line != &message.lines.front()) text += '\n';
      text += line;
    }
    // Whoever does not look online is treated as if away, so that nothing gives them away.
    const bool kept = !found || !found->looks_online;
    tell(message.to, Kind::message, me.email, message.id, clean_text(std::move(text)), kept, now);
    if (found && !found->session.empty()) wakes_.insert(found->session);
    return kept ? Sending::kept : Sending::on_its_way;
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
    const auto found = standing(email, me.email);
    if (!found || !found->allows || found->session.empty()) return {};
    tell(email, Kind::typing, me.email, {}, {}, false, now);
    wakes_.insert(found->session);
    return {};
  });
}

Result<std::map<std::string, std::uint64_t, std::less<>>> Store::kept(const Me& me) {
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  return guarded([&]() -> Result<Counts> {
    Counts counts;
    Query query = inside_->query(
        "SELECT recipient, count(*) FROM inbox WHERE kept = 1 AND other = ? GROUP BY recipient",
        me.email);
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

Result<std::int64_t> Store::last_number() {
  return guarded([&]() -> Result<std::int64_t> {
    Query query = inside_->query("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'");
    return query.row() ? query.number(0) : 0;
  });
}

Result<Inbox> Store::read_inbox(const Me& me, std::int64_t after, std::size_t limit) {
  return guarded([&]() -> Result<Inbox> {
    Inbox inbox;
    inbox.seen_up_to = after;
    if (!current(me)) {
      inbox.displaced = true;
      return inbox;
    }
    std::size_t rows = 0;
    Query query = inside_->query(
        "SELECT id, kind, other, token, text, kept FROM inbox WHERE recipient = ? AND id > ? ORDER "
        "BY id LIMIT ?",
        me.email, after, limit);
    while (query.row()) {
      ++rows;
      inbox.seen_up_to = query.number(0);
      const auto kind = kind_from_name(query.text(1));
      if (kind == Kind::message && (query.truth(5) || !query.text(3).empty()))
        inbox.owes_receipts = true;
      if (!kind) continue;
      Notice notice;
      notice.id = query.number(0);
      notice.kind = *kind;
      if (*kind != Kind::error) {
        auto other = model::parse_email(query.text(2));
        if (!other) continue;
        notice.other = std::move(*other);
      }
      notice.token = clean_word(query.text(3));
      notice.text =
          *kind == Kind::message ? clean_text(query.text(4)) : without_controls(query.text(4));
      if (*kind == Kind::look || *kind == Kind::added_you) {
        const auto found = standing(notice.other, me.email);
        if (found) notice.view = found->view(notice.other);
        notice.view.email = notice.other;
      }
      if (*kind == Kind::flushed) {
        Query left = inside_->query(
            "SELECT count(*) FROM inbox WHERE kept = 1 AND other = ? AND recipient = ?", me.email,
            notice.other);
        if (left.row()) notice.kept = static_cast<std::uint64_t>(left.number(0));
      }
      inbox.notices.push_back(std::move(notice));
    }
    inbox.more = rows == limit;
    return inbox;
  });
}

Result<void> Store::acknowledge(const std::string& email, std::int64_t first, std::int64_t last,
                                const std::vector<View>& seen, Time now) {
  return guarded([&]() -> Result<void> {
    struct Asked {
      std::string sender, token;
      bool kept;
    };
    std::vector<Asked> asked;
    {
      Query query = inside_->query(
          "SELECT other, token, kept FROM inbox WHERE recipient = ? AND id BETWEEN ? AND ? "
          "AND kind = 'message' AND (kept = 1 OR token <> '') ORDER BY id",
          email, first, last);
      while (query.row()) asked.push_back({query.text(0), query.text(1), query.truth(2)});
    }
    inside_->query.run("DELETE FROM inbox WHERE recipient = ? AND id BETWEEN ? AND ?", email, first,
                       last);
    for (const auto& view : seen)
      inside_->query.run(
          "UPDATE entry SET seen_nick = ?3 WHERE owner = (SELECT id FROM account WHERE email = ?1) "
          "AND contact = ?2 AND seen_nick <> ?3",
          email, view.email, view.nick);
    if (asked.empty()) return {};

    const bool online = looks_online(email);
    const auto report = [&](const std::string& sender, Kind kind, const std::string& token,
                            bool kept) {
      if (kept && !online) {
        inside_->query.run(
            "INSERT OR IGNORE INTO receipt(holder, sender, kind, token) VALUES(?, ?, ?, ?)", email,
            sender, kind_name(kind), token);
        return;
      }
      tell(sender, kind, email, token, {}, false, now);
      wake(sender);
    };
    std::set<std::string> flushed;
    for (const auto& [sender, token, kept] : asked) {
      if (!kept || !flushed.insert(sender).second) continue;
      // One MFLUSH for all that was kept: it comes with the last of them.
      if (!inside_
               ->query("SELECT 1 FROM inbox WHERE kept = 1 AND other = ? AND recipient = ?", sender,
                       email)
               .row())
        report(sender, Kind::flushed, {}, true);
    }
    for (const auto& [sender, token, kept] : asked)
      if (!token.empty()) report(sender, Kind::sent, token, kept);
    return {};
  });
}

void Store::release_receipts(const std::string& holder, Time now) {
  struct Receipt {
    std::string sender, token;
    std::optional<Kind> kind;
  };
  std::vector<Receipt> receipts;
  {
    Query query = inside_->query(
        "SELECT sender, token, kind FROM receipt WHERE holder = ? ORDER BY id", holder);
    while (query.row())
      receipts.push_back({query.text(0), query.text(1), kind_from_name(query.text(2))});
  }
  if (receipts.empty()) return;
  inside_->query.run("DELETE FROM receipt WHERE holder = ?", holder);
  for (const auto& receipt : receipts) {
    if (!receipt.kind) continue;
    tell(receipt.sender, *receipt.kind, holder, receipt.token, {}, false, now);
    wake(receipt.sender);
  }
}

}  // namespace msn::network::local
