// SPDX-License-Identifier: MIT
#include "core/daemon/conversation.hpp"

#include "core/base/text.hpp"
#include "core/daemon/answers.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/dispatch.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/request_reader.hpp"

#include <string.h>
#include <utility>

namespace msn::daemon {
namespace {

// The most outstanding overlapping requests, which can share one commit of the event log.
constexpr std::size_t most_answers = 512;
constexpr std::string_view new_client = "HELLO SYNC=";

// The position in the input of a named pipe at which a new client begins; npos: none.
std::size_t find_new_client(std::string_view input, bool at_line_start) {
  for (auto at = input.rfind(new_client); at != input.npos && at > 0;
       at = input.rfind(new_client, at - 1))
    if (input[at - 1] == '\n') return at;
  return at_line_start && input.starts_with(new_client) ? 0 : input.npos;
}

}  // namespace

struct Conversation::State final : Reply::Receiver, std::enable_shared_from_this<State> {
  State(Daemon& daemon, Connection& connection, Binding kind);
  ~State() override { end(); }

  std::size_t feed(std::string_view input, std::string& out, std::size_t room);
  void datagram(std::string_view);
  // Receives every answer of this conversation and converts errors to ERR lines.
  void answered(std::uint64_t number, Result<Answer>&&) override;
  void disconnect();
  void end();

  bool blocked() const {
    const auto outstanding = answers.outstanding();
    return answers.has_rest() || !deferred.empty() ||
           (outstanding > 0 && (exclusive || outstanding >= most_answers));
  }
  bool answering() const { return !answers.empty() || !deferred.empty(); }
  bool idle() const {
    return !answering() && !reader.pending() && client.hold_count == 0 && client.waits.empty();
  }

  Daemon& daemon;
  Connection& connection;
  Binding binding;
  bool exclusive = false;  // the last request must be answered before another begins
  bool feeding = false;
  bool disconnected = false;
  bool ended = false;
  QueueClient client;
  protocol::RequestReader reader;

  Answers answers;
  std::string deferred;  // a request that begins when all earlier ones are answered

 private:
  // While one exists, feed() or datagram() is running: on_answer() is not needed, because the
  // binding collects the answers afterwards.
  class Feeding {
   public:
    explicit Feeding(State& state) : state_(state.shared_from_this()) { state_->feeding = true; }
    ~Feeding() { state_->feeding = false; }

   private:
    std::shared_ptr<State> state_;
  };

  void request(const Result<protocol::Request>&);
  void append_answers(std::string& out, std::size_t limit);
  void begin_deferred();
  void reset_for_new_client();
};

Conversation::State::State(Daemon& served, Connection& owner, Binding kind)
    : daemon(served),
      connection(owner),
      binding(kind),
      reader(kind == Binding::fifo ? protocol::RequestReader::Binding::fifo
                                   : protocol::RequestReader::Binding::stream) {
  client.detects_disconnect = kind == Binding::stream;
  client.is_connected = [this] { return !disconnected && connection.is_connected(); };
}

void Conversation::State::disconnect() {
  if (std::exchange(disconnected, true)) return;
  const auto self = shared_from_this();
  answers.cut_short();
  daemon.context(client).queues.end_waits(client);
}

void Conversation::State::end() {
  if (std::exchange(ended, true)) return;
  answers.clear();
  daemon.context(client).queues.forget(client);
  explicit_bzero(deferred.data(), deferred.size());
}

// Called when a new client begins on the named pipes. Drops the previous client's requests, holds
// and waits.
void Conversation::State::reset_for_new_client() {
  answers.clear();
  exclusive = false;
  deferred.clear();
  daemon.context(client).queues.forget(client);
}

std::size_t Conversation::State::feed(std::string_view input, std::string& out, std::size_t room) {
  const Feeding now(*this);
  const std::size_t limit = out.size() + room;
  std::size_t consumed = 0;
  while (!ended) {
    append_answers(out, limit);
    // A new client must not wait for requests that the previous one left (protocol 2.2a).
    if (binding == Binding::fifo && (blocked() || out.size() >= limit)) {
      const auto at = find_new_client(input.substr(consumed), !reader.pending());
      if (at != input.npos) {
        reset_for_new_client();
        reader = protocol::RequestReader(protocol::RequestReader::Binding::fifo);
        consumed += at;
      }
    }
    if (consumed == input.size() || blocked() || out.size() >= limit) break;
    // Feed line by line, so that input after a blocking request is not consumed.
    const std::string_view rest = input.substr(consumed);
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    reader.feed(line.empty() ? rest : line);
    consumed += line.empty() ? rest.size() : line.size();
    while (const auto next = reader.next()) {
      if (reader.saw_sync()) reset_for_new_client();
      request(*next);
    }
  }
  return consumed;
}

void Conversation::State::datagram(std::string_view text) {
  const Feeding now(*this);
  request(protocol::read_datagram(text));
}

void Conversation::State::request(const Result<protocol::Request>& read) {
  const Row* row = read ? find_command(read->keyword) : nullptr;
  if (disconnected && row != nullptr && row->command->hands_out) return;
  const bool overlaps = row == nullptr || row->command->overlaps;
  if (!answers.empty() && !overlaps) {
    deferred = read->keyword;
    if (!read->words.empty()) (deferred += ' ') += read->rest;
    return;
  }
  const std::uint64_t number =
      answers.add(row, LoggedRequest::begin(daemon.log(), daemon.clock(), connection, row, read));
  exclusive = !overlaps;
  if (!read) return answered(number, fail(read.error()));
  Context context = daemon.context(client);
  dispatch(context, row, *read, daemon.log(), Reply(weak_from_this(), number));
}

void Conversation::State::answered(std::uint64_t number, Result<Answer>&& answer) {
  if (ended) return;
  if (!answer) {
    const Error& error = answer.error();
    const Row* row = answers.row(number);
    // For an exception the message is empty here: dispatch() has logged it.
    if (error.code == ErrorCode::internal && !error.message.empty() && row != nullptr)
      daemon.log().error("daemon", "internal error in " + std::string(row->keyword) + ": " +
                                       visible(error.message));
    answer = protocol::err(error);
  }
  if (answers.put(number, std::move(*answer)) && !feeding) connection.on_answer();
}

void Conversation::State::append_answers(std::string& out, std::size_t limit) {
  while (!ended) {
    answers.append(out, limit);
    if (out.size() >= limit || deferred.empty() || !answers.empty()) return;
    begin_deferred();
  }
}

void Conversation::State::begin_deferred() {
  std::string line = std::exchange(deferred, {});
  request(protocol::split_request(line));
  explicit_bzero(line.data(), line.size());
}

Conversation::Conversation(Daemon& daemon, Connection& connection, Binding binding)
    : daemon_(daemon), connection_(connection), binding_(binding) {}

Conversation::~Conversation() {
  // A call in progress may keep the state alive; its answers are dropped.
  if (state_) state_->end();
}

Conversation::State& Conversation::state() {
  if (!state_) state_ = std::make_shared<State>(daemon_, connection_, binding_);
  return *state_;
}

std::size_t Conversation::feed(std::string_view input, std::string& out, std::size_t room) {
  if (!state_ && input.empty()) return 0;
  return state().feed(input, out, room);
}

void Conversation::datagram(std::string_view request) {
  state().datagram(request);
}

bool Conversation::blocked() const {
  return state_ && state_->blocked();
}

bool Conversation::producing() const {
  return state_ && state_->answers.producing();
}

bool Conversation::delivered() {
  const auto self = state_;
  return self && self->answers.delivered();
}

void Conversation::disconnect() {
  state().disconnect();
}

bool Conversation::idle() const {
  return !state_ || state_->idle();
}

bool Conversation::has_unacked() const {
  return state_ && !state_->client.expired_holds.empty();
}

bool Conversation::answering() const {
  return state_ && state_->answering();
}

}  // namespace msn::daemon
