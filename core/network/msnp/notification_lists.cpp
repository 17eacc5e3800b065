// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/network/msnp/notification.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {

void Notification::on_sync(const Command& line) {
  if (phase_ != Phase::lists) return;
  // The counts are the last two words: "SYN 5 1 3 3", "SYN 5 <time> <time> 3 2".
  const auto contacts = line.size() >= 5 ? parse_number(line.word(line.size() - 2)) : std::nullopt;
  const auto groups = line.size() >= 5 ? parse_number(line.last()) : std::nullopt;
  lists_left_ = contacts.value_or(0);
  groups_left_ = groups.value_or(0);
  if (!contacts || !groups)  // without counts only silence tells that it is all
    lists_left_ = groups_left_ = UINT64_MAX;
  book_.begin_sync();
  step_deadline_ = now_ + timing_.lists_quiet;
  if (lists_left_ == 0 && groups_left_ == 0) end_lists(true);
}

void Notification::count_list_line() {
  step_deadline_ = now_ + timing_.lists_quiet;
  if (lists_left_ == 0 && groups_left_ == 0) end_lists(true);
}

void Notification::on_group(const Command&) {
  if (!book_.syncing()) return;
  if (groups_left_ > 0 && groups_left_ != UINT64_MAX) --groups_left_;
  count_list_line();
}

void Notification::on_list_entry(const Command& line) {
  if (phase_ != Phase::ready && !book_.syncing()) return;
  const auto entry = read_list_entry(line);
  last_listed_.clear();
  if (entry) {
    const auto changes = book_.put(*entry);
    last_listed_ = entry->email;
    owner_.ns_changes(changes);
    if (!changes.added_you.empty()) answer_waiting(entry->email, true);
  }
  if (!book_.syncing()) return;
  if (lists_left_ > 0 && lists_left_ != UINT64_MAX) --lists_left_;
  count_list_line();
}

void Notification::end_lists(bool complete) {
  const auto changes = book_.end_sync(first_, complete);
  phase_ = Phase::ready;
  good_offer_ = offer_;
  login_deadline_.reset();
  step_deadline_.reset();
  ping_at_ = now_ + timing_.ping;
  const auto generation = generation_;
  owner_.ns_ready(changes);
  for (auto& operation : std::exchange(unfinished_, {}))
    if (generation == generation_) resume(std::move(operation));
  if (generation == generation_ && !will_ask()) {
    for (const auto& email : changes.added_you) answer_waiting(email, true);
    accept_waiting();
  }
  const auto early = std::exchange(early_, {});
  for (const auto line : split(early, '\n'))
    if (generation == generation_) on_command(Command(line));
}

// Others' changes come at any time; these lists may not know of them yet, and are not there.
bool Notification::keep_for_later(const Command& line) {
  if (phase_ != Phase::lists) return false;
  if (line.word(1) == "0" && early_.size() + line.line().size() < limits::early_changes)
    early_.append(line.line()).append("\n");
  return true;
}

// We are to be asked, though the server does not know yet.
bool Notification::will_ask() const {
  return std::any_of(transactions_.begin(), transactions_.end(), [](const auto& each) {
    const auto& operation = each.second.operation;
    return operation.steps.front().kind == Kind::mode_open && operation.privacy.ask;
  });
}

// Those who wait for an answer that we have given already, or always give.
void Notification::accept_waiting() {
  std::vector<std::string> waiting;
  for (const auto& [email, contact] : book_.roster())
    if (book_.card(email).pending) waiting.push_back(email);
  for (const auto& email : waiting) answer_waiting(email, false);
}

// Without a pending list only news tell that somebody waits: whom we have removed looks the same.
void Notification::answer_waiting(const std::string& email, bool news) {
  const auto* contact = book_.find(email);
  const bool pending = book_.card(email).pending;
  if (!contact || !(pending || (news && book_.waits_for_answer(email)))) return;
  // One that has not begun yet will do.
  const auto queue = behind_.find(email);
  if (queue != behind_.end() && !queue->second.empty() && queue->second.back().token == 0) return;
  const bool answered =
      pending && (contact->lists.allow || contact->lists.block || contact->lists.forward);
  if (!answered && self_.privacy.ask) return;
  Operation operation;
  operation.email = email;
  operation.steps = {{Kind::add, List::allow, false},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false, true}};
  start(std::move(operation));
}

void Notification::on_mode(const Command& line) {
  auto operation = phase_ == Phase::ready ? take(line) : std::nullopt;
  // "GTC A" in the lists, "GTC 10 N" or "GTC 12 3 A" as an answer.
  const auto value = line.last();
  if (line.verb() == "BLP" && (value == "AL" || value == "BL"))
    said_open_ = self_.privacy.open = value == "AL";
  if (line.verb() == "GTC" && (value == "A" || value == "N"))
    said_ask_ = self_.privacy.ask = value == "A";
  if (operation) step_done(std::move(*operation));
}

void Notification::on_property(const Command& line) {
  if (auto operation = phase_ == Phase::ready ? take(line) : std::nullopt) {
    step_done(std::move(*operation));
    return;
  }
  auto property = read_property(line);
  if (!property) return;
  if (line.verb() == "PRP") {
    if (property->kind == "MFN")
      self_.nick = property->value == self_.email ? std::string() : std::move(property->value);
    return;
  }
  book_.set_phone(property->email.empty() ? last_listed_ : property->email, property->kind,
                  std::move(property->value));
}

void Notification::on_add(const Command& line) {
  if (keep_for_later(line) || phase_ != Phase::ready) return;
  auto change = read_list_change(line);
  auto operation = take(line);
  if (!change) {
    if (operation) step_done(std::move(*operation));
    return;
  }
  const auto email = operation ? operation->email : change->email;
  const bool theirs = change->list == List::reverse || change->list == List::pending;
  if (!email.empty() && theirs && !operation) {
    if (line.word(1) != "0") return;  // a late answer to ours, no news
    const bool changed = book_.set(List::reverse, email, true);
    if (dialect_.has_pending()) book_.set(List::pending, email, true);
    if (!change->name.empty()) book_.set_name(email, change->name);
    if (changed) owner_.ns_event(model::AddedYou{email});
    answer_waiting(email, true);
  } else if (!email.empty() && !operation) {
    // From another place where we are logged in, or a late answer.
    const bool changed = book_.set(change->list, email, true);
    if (changed && change->list == List::forward) owner_.ns_event(model::ContactAdded{email});
    if (changed && change->list == List::block) owner_.ns_blocked(email);
    if (change->list == List::forward) book_.set_id(email, change->id);
  }
  if (!operation) return;
  const auto& step = operation->steps[operation->at];
  const bool to_forward = step.kind == Kind::add && step.list == List::forward;
  const std::string id(to_forward ? change->id : std::string_view{});
  const std::string name = to_forward ? change->name : std::string();
  // The id before the event that makes people use it.
  const bool changed = to_forward && book_.set(List::forward, email, true);
  if (to_forward) {
    book_.set_id(email, id);
    if (!name.empty() && name != operation->name) book_.set_name(email, name);
  }
  if (changed) owner_.ns_event(model::ContactAdded{email});
  step_done(std::move(*operation));
}

void Notification::on_remove(const Command& line) {
  if (keep_for_later(line) || phase_ != Phase::ready) return;
  const auto change = read_list_change(line);
  if (auto operation = take(line)) {
    step_done(std::move(*operation));
    return;
  }
  if (!change || change->in_group) return;
  const auto email = change->email.empty() ? book_.email_of(change->id) : change->email;
  if (!book_.set(change->list, email, false)) return;
  if (change->list == List::reverse) owner_.ns_event(model::RemovedYou{email});
  if (change->list == List::forward) owner_.ns_event(model::ContactRemoved{email});
}

void Notification::on_answer(const Command& line) {
  if (auto operation = take(line)) step_done(std::move(*operation));
}

}  // namespace msn::network::msnp
