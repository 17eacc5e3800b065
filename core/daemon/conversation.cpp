// SPDX-License-Identifier: MIT
#include "core/daemon/conversation.hpp"

#include "core/daemon/core.hpp"
#include "core/daemon/dispatch.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/request_reader.hpp"

#include <deque>
#include <string.h>
#include <string>
#include <utility>
#include <vector>

namespace msn::daemon {
namespace {

// Of overlapping requests, under way at once: what they ask for can share one sync of a slow disk.
constexpr std::size_t most_answers = 512;
constexpr std::size_t most_kept = 64;  // room for so many stays with a client that is quiet again
constexpr std::size_t most_held_back = 64 * 1024;  // octets read but not begun
constexpr std::size_t most_datagrams = 16;         // the same; more are dropped, as on any net
constexpr std::string_view new_client = "HELLO SYNC=";

void wipe(std::string& text) {
  if (!text.empty()) explicit_bzero(text.data(), text.size());
}

}  // namespace

// A request goes to the reader line by line, so that what stands behind one that is not answered
// yet can be held back as it came.
struct Conversation::State : std::enable_shared_from_this<Conversation::State> {
  State(Daemon& daemon, Sink& sink, Binding kind);
  ~State() { end(); }

  void take(std::string_view octets);
  void take_datagram(std::string_view octets);
  void depart();
  void end();

  bool blocked() const { return waiting() > 0 && (exclusive || waiting() >= most_answers); }
  bool idle() const {
    return !reader.pending() && waiting() == 0 && !rest && client.holds == 0 && client.waits == 0;
  }

  Core& core;
  Sink& sink;
  Binding binding;
  bool exclusive = false;  // the last request lets no other begin before it is answered
  bool working = false;    // in the middle of take(): answers are gathered
  bool departed = false;   // there is nobody to hand events out to
  bool ended = false;
  Client client;
  protocol::RequestReader reader;

  // One for each request that is not answered yet, and those behind it, in their order.
  struct Slot {
    bool ready = false;
    std::string answer;
  };
  std::vector<Slot> answers;
  std::size_t given = 0;    // the first so many are out, and stand there only to be erased together
  std::uint64_t first = 0;  // the number of the first that is not out
  std::size_t waiting() const { return answers.size() - given; }

  // What is read, but not begun.
  struct Rest {
    std::string octets;
    std::deque<std::string> datagrams;
  };
  std::unique_ptr<Rest> rest;

 private:
  // Gathers answers into the core's one buffer and writes them in the end.
  class Gathered {
   public:
    explicit Gathered(State& state) : state_(state), out_(std::exchange(state.core.scratch, {})) {
      out_.clear();
      state_.working = true;
    }
    ~Gathered() {
      state_.working = false;
      if (!out_.empty() && !state_.ended) state_.sink.write(out_);
      if (out_.capacity() <= 4 * most_held_back) state_.core.scratch = std::move(out_);
    }
    std::string& out() { return out_; }

   private:
    State& state_;
    std::string out_;
  };

  void work(std::string_view octets, std::string& out);
  void request(const Result<protocol::Request>&, std::string& out);
  void begin(const Row& row, const Later& later);
  void answered(std::uint64_t number, const Result<Answer>&);
  void flush(std::string& out);
  void resume(std::string& out);
  Rest& held_back() {
    if (!rest) rest = std::make_unique<Rest>();
    return *rest;
  }
  void restart_if_asked();
  void forget_answers();
};

Conversation::State::State(Daemon& daemon, Sink& answers_to, Binding kind)
    : core(Core::of(daemon)),
      sink(answers_to),
      binding(kind),
      reader(kind == Binding::fifo ? protocol::RequestReader::Binding::fifo
                                   : protocol::RequestReader::Binding::stream) {
  client.lasting = kind == Binding::stream;
  client.listens = [this] { return !departed && sink.listens(); };
}

void Conversation::State::depart() {
  if (std::exchange(departed, true)) return;
  const auto self = shared_from_this();
  core.queues.end_waits(client);
}

void Conversation::State::end() {
  if (std::exchange(ended, true)) return;
  core.queues.forget(client);
  if (rest) wipe(rest->octets);
}

// Whatever was asked before gets no answer any more.
void Conversation::State::forget_answers() {
  first += waiting();
  answers.clear();
  given = 0;
  exclusive = false;
  core.queues.forget(client);
}

void Conversation::State::take(std::string_view octets) {
  if (rest) {
    rest->octets += octets;
    restart_if_asked();
    if (blocked()) return;
    octets = {};
  }
  const auto self = shared_from_this();
  Gathered gathered(*this);
  if (rest)
    resume(gathered.out());
  else
    work(octets, gathered.out());
}

void Conversation::State::take_datagram(std::string_view octets) {
  if (blocked() || rest) {
    if (held_back().datagrams.size() < most_datagrams) rest->datagrams.emplace_back(octets);
    return;
  }
  const auto self = shared_from_this();
  Gathered gathered(*this);
  request(protocol::read_datagram(octets), gathered.out());
  flush(gathered.out());
}

// While a request of a FIFO's former client waits for its answer, nothing is read; but the new
// client must not wait for it (protocol 2.2a).
void Conversation::State::restart_if_asked() {
  if (binding != Binding::fifo || !rest) return;
  const std::string_view held = rest->octets;
  std::size_t at = held.starts_with(new_client) ? 0 : held.npos;
  for (std::size_t end = held.find('\n'); end != held.npos; end = held.find('\n', end + 1))
    if (held.substr(end + 1).starts_with(new_client)) at = end + 1;
  if (at == held.npos) return;
  forget_answers();
  rest->octets.erase(0, at);
}

void Conversation::State::work(std::string_view octets, std::string& out) {
  while (!octets.empty() && !ended) {
    if (blocked()) {
      held_back().octets += octets;
      restart_if_asked();
      if (blocked()) return;
      return resume(out);
    }
    const std::size_t end = octets.find('\n');
    const std::size_t count = end == octets.npos ? octets.size() : end + 1;
    reader.feed(octets.substr(0, count));
    octets.remove_prefix(count);
    while (const auto next = reader.next()) {
      if (reader.restarted()) forget_answers();
      request(*next, out);
    }
    flush(out);
  }
}

void Conversation::State::request(const Result<protocol::Request>& read, std::string& out) {
  if (!read) {
    if (waiting() == 0)
      out += protocol::err(read.error());
    else
      answers.push_back({true, protocol::err(read.error())});
    return;
  }
  const Row* row = find_command(read->keyword);
  if (departed && row != nullptr && row->command->hands_out) return;
  if (waiting() > 0 && row != nullptr && !row->command->overlaps) {
    // Its turn comes when everything before it is answered.
    std::string line(read->keyword);
    if (!read->words.empty()) (line += ' ') += read->rest;
    held_back().octets = line + '\n' + std::exchange(held_back().octets, {});
    wipe(line);
    exclusive = true;
    return;
  }
  Context context = core.context(client);
  if (waiting() == 0) {
    if (const auto later = dispatch(context, row, *read, core.log(), out)) begin(*row, *later);
    return;
  }
  std::string answer;
  if (const auto later = dispatch(context, row, *read, core.log(), answer))
    begin(*row, *later);
  else
    answers.push_back({true, std::move(answer)});
}

void Conversation::State::begin(const Row& row, const Later& later) {
  const std::uint64_t number = first + waiting();
  answers.emplace_back();
  exclusive = !row.command->overlaps;
  start(later, row, core.log(), [weak = weak_from_this(), number](Result<Answer> answer) {
    if (const auto state = weak.lock()) state->answered(number, answer);
  });
}

void Conversation::State::answered(std::uint64_t number, const Result<Answer>& answer) {
  if (ended || number < first || number - first >= waiting()) return;
  Slot& slot = answers[given + static_cast<std::size_t>(number - first)];
  if (slot.ready) return;
  slot.ready = true;
  append_answer(answer, slot.answer);
  if (working || number != first) return;
  Gathered gathered(*this);
  flush(gathered.out());
  resume(gathered.out());
}

// Moves the answers whose turn it is.
void Conversation::State::flush(std::string& out) {
  for (; waiting() > 0 && answers[given].ready; ++given, ++first) {
    std::string& answer = answers[given].answer;
    if (out.empty())
      out.swap(answer);
    else
      out += answer;
  }
  // Not each time: those behind would have to move up for each.
  if (given * 2 >= answers.size()) {
    answers.erase(answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(given));
    given = 0;
  }
  if (answers.empty()) {
    exclusive = false;
    if (answers.capacity() > most_kept) answers = {};
  }
}

void Conversation::State::resume(std::string& out) {
  while (rest && !blocked() && !ended) {
    if (!rest->octets.empty()) {
      std::string octets = std::exchange(rest->octets, {});
      if (rest->datagrams.empty()) rest.reset();
      work(octets, out);
      wipe(octets);
    } else if (!rest->datagrams.empty()) {
      // An answer on datagrams is written alone.
      if (!out.empty()) sink.write(std::exchange(out, {}));
      const std::string datagram = std::move(rest->datagrams.front());
      rest->datagrams.pop_front();
      if (rest->datagrams.empty()) rest.reset();
      request(protocol::read_datagram(datagram), out);
      flush(out);
    } else {
      rest.reset();
    }
  }
}

Conversation::Conversation(Daemon& daemon, Sink& sink, Binding binding)
    : daemon_(daemon), sink_(sink), binding_(binding) {}

Conversation::~Conversation() {
  // An answer under way may keep the state for a moment longer; it is told to nobody.
  if (state_) state_->end();
}

Conversation::State& Conversation::state() {
  if (!state_) state_ = std::make_shared<State>(daemon_, sink_, binding_);
  return *state_;
}

void Conversation::feed(std::string_view octets) {
  if (!octets.empty()) state().take(octets);
}

void Conversation::datagram(std::string_view octets) {
  state().take_datagram(octets);
}

bool Conversation::full() const {
  return state_ && state_->rest &&
         (state_->rest->octets.size() >= most_held_back ||
          state_->rest->datagrams.size() >= most_datagrams);
}

bool Conversation::blocked() const {
  return state_ && (state_->blocked() || state_->rest);
}

void Conversation::depart() {
  state().depart();
}

bool Conversation::idle() const {
  return !state_ || state_->idle();
}

bool Conversation::remembers() const {
  return state_ && !state_->client.handed.empty();
}

bool Conversation::answering() const {
  return state_ && (state_->waiting() > 0 || state_->rest);
}

}  // namespace msn::daemon
