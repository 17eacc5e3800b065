// SPDX-License-Identifier: MIT
// Delivers the account's inbox to the listener, and ends the sessions of daemons that died.
#include "core/base/text.hpp"
#include "core/network/local/local_network.hpp"

#include <algorithm>
#include <chrono>
#include <unistd.h>

namespace msn::network::local {
namespace {

constexpr std::size_t batch_rows = 512;
// The inbox is not read while this many batches are not stored: bounds memory if the listener is
// slow.
constexpr int max_unstored = 4;
constexpr std::chrono::seconds poll_interval{1};
// When a daemon dies, its lease is closed a moment before the lock is released.
constexpr int max_reap_attempts = 9;
constexpr int max_read_failures = 9;  // about 15 s, plus the waits for locks

// The recommended value of a system limit.
int enough_inotify(std::string_view limit) {
  return limit.ends_with("instances") ? 1024 : 131'072;
}

const std::vector<std::pair<std::string, std::string>> headers{
    {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}};

}  // namespace

void LocalNetwork::watch_lease() {
  UniqueFd inotify = session_->lease.take_inotify();
  if (!inotify) {
    const std::string& limit = session_->lease.exhausted_limit();
    if (!std::exchange(warned_no_inotify_, true))
      dependencies_.log.warn("network.local",
                             "the limit " + limit +
                                 " is reached, so msncd polls for events once a second; "
                                 "run: sudo sysctl " +
                                 limit + "=" + std::to_string(enough_inotify(limit)));
    return poll_later();
  }
  warned_no_inotify_ = false;
  inotify_.assign(inotify.release());
  wait_for_signal();
}

// Used instead of wait_for_signal() until an inotify instance is available.
void LocalNetwork::poll_later() {
  poll_timer_.expires_after(poll_interval);
  poll_timer_.async_wait([this, alive = Alive(alive_), epoch = epoch_](std::error_code) {
    if (alive.expired() || epoch != epoch_) return;
    worker_->add({Worker::Access::read,
                  [session = session_](Store&) { return session->lease.watch(); },
                  [this, epoch](const Result<void>&) {
                    if (epoch != epoch_) return;
                    watch_lease();
                    reap({}, 0);
                    request_read();
                  }});
  });
}

void LocalNetwork::wait_for_signal() {
  inotify_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this, alive = Alive(alive_), epoch = epoch_](std::error_code error) {
                        if (error || alive.expired() || epoch != epoch_) return;
                        auto signals = Lease::read_signals(inotify_.native_handle());
                        wait_for_signal();
                        if (signals.overflow) {
                          reap({}, 0);
                          request_read();
                        }
                        if (!signals.closed.empty()) reap(std::move(signals.closed), 0);
                        if (signals.woken) request_read();
                      });
}

// Ends those of the given sessions whose daemon died; an empty list means all sessions.
void LocalNetwork::reap(std::vector<std::string> sessions, int attempt) {
  auto alive_still = std::make_shared<std::vector<std::string>>();
  worker_->add({Worker::Access::write_unsynced,
                [sessions = std::move(sessions), alive_still, worker = worker_.get(),
                 now = dependencies_.clock.now()](Store& store) -> Result<void> {
                  auto looked_at = sessions;
                  if (looked_at.empty()) {
                    auto all = store.sessions();
                    if (!all) return fail(all.error());
                    looked_at = std::move(*all);
                  }
                  for (const auto& session : looked_at) {
                    if (worker->leases().state(session) == Leases::Life::alive) {
                      if (!sessions.empty()) alive_still->push_back(session);
                      continue;
                    }
                    if (auto reaped = store.reap(session, now); !reaped) return reaped;
                    worker->leases().remove(session);
                  }
                  return {};
                },
                [this, epoch = epoch_, alive_still, attempt](const Result<void>& result) {
                  if (!result || epoch != epoch_ || alive_still->empty() ||
                      attempt >= max_reap_attempts)
                    return;
                  reap_timer_.expires_after(std::chrono::milliseconds(1 << attempt));
                  reap_timer_.async_wait(
                      [this, alive = Alive(alive_), epoch, alive_still, attempt](std::error_code) {
                        if (!alive.expired() && epoch == epoch_) reap(*alive_still, attempt + 1);
                      });
                }});
}

void LocalNetwork::begin_delivery(const std::string& database_name) {
  mark_prefix_ = database_name + ":";
  if (const std::string mark = dependencies_.listener.mark(self_.email);
      mark.starts_with(mark_prefix_)) {
    const auto numbers = std::string_view(mark).substr(mark_prefix_.size());
    const auto colon = numbers.find(':');
    const auto row = parse_number(numbers.substr(0, colon), 18);
    const auto stamp =
        colon == numbers.npos ? std::nullopt : parse_number(numbers.substr(colon + 1), 18);
    if (row && stamp)
      resume_at_ = Mark{static_cast<std::int64_t>(*row), static_cast<std::int64_t>(*stamp)};
  }
  request_read();
}

void LocalNetwork::request_read() {
  if (!session_ || mark_prefix_.empty()) return;
  if (reading_ || unstored_ >= max_unstored) {
    read_again_ = true;
    return;
  }
  reading_ = true;
  read_again_ = false;
  auto inbox = std::make_shared<Inbox>();
  auto hopeless = std::make_shared<bool>(false);
  worker_->add({Worker::Access::read,
                [session = session_, mark = resume_at_, after = after_, inbox,
                 hopeless](Store& store) mutable -> Result<void> {
                  // The file or folder of the lease may have been deleted.
                  if (session->lease.lost())
                    if (auto taken = session->lease.acquire(); !taken) return taken;
                  // A database restored from a backup has another row of this number, or none.
                  if (mark) {
                    auto known = store.is_valid_mark(session->me, *mark);
                    if (!known) return fail(known.error());
                    if (*known) after = mark->row;
                  }
                  auto read = store.read_inbox(session->me, after, batch_rows);
                  *hopeless = store.damaged();
                  if (!read) return fail(read.error());
                  *inbox = std::move(*read);
                  return {};
                },
                [this, epoch = epoch_, inbox, hopeless](const Result<void>& result) {
                  if (epoch == epoch_) read_finished(result, *inbox, *hopeless);
                }});
}

void LocalNetwork::read_finished(const Result<void>& result, const Inbox& inbox, bool hopeless) {
  reading_ = false;
  if (result && inbox.displaced) return end_by_network({logged_in_elsewhere()});
  if (!result) {
    // The pending rows are safe in the database: try again.
    if (hopeless || ++read_failures_ > max_read_failures) {
      dependencies_.log.error("network.local", result.error().message);
      return end_by_network({model::ErrorEvent{"501", "Database server error"}});
    }
    read_timer_.expires_after(std::chrono::milliseconds(50 << std::min(read_failures_, 6)));
    read_timer_.async_wait([this, alive = Alive(alive_), epoch = epoch_](std::error_code) {
      if (!alive.expired() && epoch == epoch_) request_read();
    });
    return;
  }
  read_failures_ = 0;
  if (std::exchange(resume_at_, std::nullopt) && inbox.after > 0) {
    after_ = inbox.after;
    acknowledge({.email = self_.email, .last = after_, .synced = true});
  }
  const Alive alive = alive_;
  const auto epoch = epoch_;
  deliver(inbox);
  if (alive.expired() || epoch != epoch_) return;
  if (inbox.more || read_again_) request_read();
}

void LocalNetwork::deliver(const Inbox& inbox) {
  if (inbox.seen_up_to <= after_) return;
  std::vector<model::Event> events;
  std::vector<View> seen;
  for (const auto& notice : inbox.notices) {
    const std::string& other = notice.other;
    switch (notice.kind) {
      case Kind::message:
        events.emplace_back(model::Message{other, headers, notice.text, std::nullopt});
        break;
      case Kind::typing:
        events.emplace_back(model::Typing{other});
        break;
      case Kind::presence:
        update_presence(notice.view, events, seen);
        break;
      case Kind::added_you: {
        auto& contact = roster_[other];
        contact.email = other;
        contact.lists.reverse = true;
        if (contact.real_nick.empty()) contact.real_nick = notice.view.nick;
        if (notice.denied)
          denied_.insert(other);
        else
          denied_.erase(other);
        update_lists(other);
        events.emplace_back(model::AddedYou{other});
        break;
      }
      case Kind::removed_you:
        if (const auto found = roster_.find(other); found != roster_.end()) {
          found->second.lists.reverse = false;
          update_lists(other);
        }
        events.emplace_back(model::RemovedYou{other});
        break;
      case Kind::contact_added:
        events.emplace_back(model::ContactAdded{other});
        break;
      case Kind::contact_removed:
        events.emplace_back(model::ContactRemoved{other});
        break;
      case Kind::flushed:
        kept_[other] = notice.kept;
        count_queued();
        events.emplace_back(model::Flushed{other});
        break;
      case Kind::sent:
        events.emplace_back(model::Sent{notice.token, other});
        break;
      case Kind::failed:
        events.emplace_back(model::Failed{notice.token, other, notice.text});
        break;
      case Kind::error:
        events.emplace_back(
            model::ErrorEvent{notice.token, notice.text, other, {}, notice.request});
        break;
    }
  }
  const Acknowledgement done{self_.email, after_ + 1,      inbox.seen_up_to,
                             inbox.mark,  std::move(seen), inbox.owes_receipts};
  after_ = inbox.seen_up_to;
  if (events.empty()) return acknowledge(done);

  ++unstored_;
  auto stored = [this, alive = Alive(alive_), epoch = epoch_, done,
                 once = std::make_shared<bool>(false)] {
    if (alive.expired() || std::exchange(*once, true)) return;
    acknowledge(done);
    if (epoch != epoch_) return;
    --unstored_;
    if (read_again_) request_read();
  };
  std::string mark;
  if (inbox.mark.row > 0)
    mark = mark_prefix_ + std::to_string(inbox.mark.row) + ":" + std::to_string(inbox.mark.stamp);
  dependencies_.listener.on_batch({std::move(events), std::move(mark), std::move(stored)});
}

// Retries after a failure, because the senders wait for the outcome. If a crash of the machine
// undoes an unsynced acknowledgement, the events are delivered again.
void LocalNetwork::acknowledge(const Acknowledgement& done) {
  worker_->add(
      {done.synced ? Worker::Access::write : Worker::Access::write_unsynced,
       [done, now = dependencies_.clock.now()](Store& store) {
         return store.acknowledge(done, now);
       },
       [this, epoch = epoch_, done](const Result<void>& result) {
         if (result || epoch != epoch_) return;
         auto timer = std::make_shared<asio::steady_timer>(dependencies_.loop, poll_interval);
         timer->async_wait([this, alive = Alive(alive_), epoch, done, timer](std::error_code) {
           if (!alive.expired() && epoch == epoch_) acknowledge(done);
         });
       },
       true});
}

// Updates the roster to what the account sees of a contact now, and adds an event if the status has
// changed. For a user who is only on the reverse list, updates only the name.
void LocalNetwork::update_presence(const View& view, std::vector<model::Event>& events,
                                   std::vector<View>& seen) {
  const auto found = roster_.find(view.email);
  if (found == roster_.end()) return;
  auto& contact = found->second;
  const bool online = view.status != model::Status::offline;
  if (!contact.lists.forward && contact.lists.reverse && (online || !view.nick.empty()))
    contact.real_nick = view.nick;
  if (!presence_known_ || !contact.lists.forward) return;
  if (online && contact.real_nick != view.nick) {
    contact.real_nick = view.nick;
    seen.push_back(view);
  }
  if (contact.status == view.status) return;
  contact.status = view.status;
  model::StatusChange change{view.email, std::string(model::status_name(view.status)), {}};
  if (!online) change.discarded = 0;  // messages to an offline contact are kept
  events.emplace_back(std::move(change));
}

void LocalNetwork::report_present(const std::vector<View>& views) {
  presence_known_ = true;
  std::vector<model::Event> events;
  std::vector<View> seen;
  for (const auto& view : views) update_presence(view, events, seen);
  if (!seen.empty()) acknowledge({.email = self_.email, .seen = std::move(seen)});
  report(std::move(events));
}

void LocalNetwork::count_queued() {
  self_.queued = 0;
  for (const auto& [email, count] : kept_) self_.queued += count;
}

}  // namespace msn::network::local
