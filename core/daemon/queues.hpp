// SPDX-License-Identifier: MIT
// Which client gets which event: plain and extended polls, holds, acknowledgements, history and the
// named queues (protocol 6.9, 13.2 to 13.5), on the journal's event log.
#pragma once
#include "core/daemon/client.hpp"
#include "core/daemon/journal.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/reservations.hpp"
#include "core/daemon/timers.hpp"
#include "core/daemon/waits.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/request.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

class Queues final : public Journal::Observer {
 public:
  // `alive`: true while events may still arrive (there is a session, it reconnects, or its last
  // events are not committed yet), so that waiting makes sense.
  // `name_of`: the name that a contact has at this moment; empty: none.
  using NameOf = std::function<std::string(const std::string& email)>;
  Queues(Journal&, Timers&, const Clock&, std::function<bool()> alive, NameOf name_of);

  // A poll without options takes everything in "-" (protocol 6.9).
  void poll_plain(Client&, Reply);
  void poll(Client&, protocol::Poll, Reply);
  // These answer when it is durable.
  void ack(Client&, const protocol::Ack&, Reply);
  void create(const protocol::QNew&, Reply);
  void drop(const std::string& name, Reply);

  Result<std::vector<protocol::QueueEntry>> list() const;
  // How many events of a queue are not handed out.
  std::uint64_t pending(const store::QueueState&) const;

  // Answers its waits with nothing, as if their time were over.
  void end_waits(Client&);
  // The daemon ends: waits are answered no more.
  void stop() { waits_.stop(); }
  // The client has gone: its waits end unanswered, what it held is free again.
  void forget(Client&);

  void on_stored(const std::vector<store::Record>&, bool gaps) override;
  void on_closed() override;

 private:
  class PollAnswer;
  friend class PollAnswer;
  // An ACK in progress: it takes long queues in several commits.
  struct Acknowledging;

  std::optional<Result<Answer>> attempt(Client&, protocol::Poll&, bool over);
  std::optional<Result<Answer>> attempt_queue(Client&, const protocol::Poll&, bool over);
  // If there is no answer, the poll goes on after what it has seen.
  std::optional<Result<Answer>> attempt_history(Client&, protocol::Poll&, bool last);
  bool holder_has_gone(const Client&, const protocol::Poll&) const;
  // Where a gap is shown that comes before all that is kept: one below the first event.
  struct Place {
    std::uint64_t cursor = 0;
    Time time{};
  };
  Result<Place> before_queue(const std::string& name);
  Result<Place> before_history(std::uint64_t after);
  void take(std::shared_ptr<Reservation>);
  void acknowledge(std::shared_ptr<Acknowledging>);
  std::uint64_t present() const;
  bool is_shared(const std::string& queue, const Client&) const;
  std::string end_of_poll(const std::string& queue, const Client&, std::uint64_t cursor,
                          std::uint64_t more) const;

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  std::function<bool()> alive_;
  NameOf name_of_;
  Reservations reservations_;
  Waits waits_;
  bool freed_ = false;  // events were freed in this turn: every wait tries again
  struct Creating {
    std::string name;
    Reply reply;
    bool committed = false;
  };
  std::list<Creating> creating_;
};

}  // namespace msn::daemon
