// SPDX-License-Identifier: MIT
#include "core/network/msnp/msnp_network.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"

#include <asio/post.hpp>

#include <random>
#include <utility>
#include <variant>

namespace msn::network::msnp {
namespace {

constexpr std::string_view domain = "network.msnp";

SessionOptions session_options(const Options& options) {
  auto engine = std::make_shared<std::minstd_rand>(std::random_device{}());
  return {options.server, options.timing,
          [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); }};
}

}  // namespace

MsnpNetwork::MsnpNetwork(Options options, const Surroundings& surroundings)
    : options_(std::move(options)),
      loop_(surroundings.loop),
      listener_(surroundings.listener),
      clock_(surroundings.clock),
      log_(surroundings.log),
      state_directory_(surroundings.state_directory),
      session_(session_options(options_)),
      lookups_(loop_, options_.look_up),
      tickets_(loop_, {options_.ca_file, options_.timing.http}, log_),
      timer_(loop_) {
  // Loading libcurl takes longer than a short login. Not before the loop runs: until then the
  // process may fork, or only want to know whether the settings are right.
  asio::post(loop_, [this, still = alive_] {
    if (*still) tickets_.prepare();
  });
}

MsnpNetwork::~MsnpNetwork() {
  *alive_ = false;
  for (auto& [id, connection] : connections_) connection->drop();
}

Token MsnpNetwork::token(Done done) {
  waiting_.emplace(++last_token_, std::move(done));
  return last_token_;
}

void MsnpNetwork::login(Credentials credentials, Done done) {
  const auto waiting = token(std::move(done));
  auto email = model::parse_email(credentials.email);
  if (!email) {
    Finish refused{waiting, fail(std::move(email.error()))};
    perform(refused);
    return;
  }
  credentials_ = std::move(credentials);
  credentials_.email = *email;
  MemoryFile file(state_directory_, *email, session_.self().server);
  std::optional<Known> known;
  if (const auto text = file.read()) known = read_known(*text);
  // Ends the former session first, which still writes its own.
  session_.login(waiting, std::move(*email), std::move(known), now());
  perform();
  if (!memory_ || memory_->file.path() != file.path())
    memory_ = std::make_shared<Memory>(Memory{std::move(file), 0, {}});
}

void MsnpNetwork::logoff(Done done) {
  session_.logoff(token(std::move(done)), now());
  perform();
  if (session_.state() == State::offline) credentials_ = {};
}

void MsnpNetwork::set_status(model::Status status, Done done) {
  session_.set_status(token(std::move(done)), status, now());
  perform();
}

void MsnpNetwork::set_nick(std::string nick, Done done) {
  session_.set_nick(token(std::move(done)), std::move(nick), now());
  perform();
}

void MsnpNetwork::set_privacy(model::Privacy privacy, Done done) {
  session_.set_privacy(token(std::move(done)), privacy, now());
  perform();
}

void MsnpNetwork::add(std::string email, std::string nick, Done done) {
  session_.add(token(std::move(done)), email, nick, now());
  perform();
}

void MsnpNetwork::remove(std::string email, Done done) {
  session_.remove(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::rename(std::string email, std::string nick, Done done) {
  session_.rename(token(std::move(done)), email, nick, now());
  perform();
}

Abilities MsnpNetwork::abilities() const {
  Abilities abilities;
  abilities.offline_messages = false;    // a conversation needs both
  abilities.knows_all_accounts = false;  // 217 is told for offline and unknown alike
  abilities.sends_unseen = false;
  abilities.sent_means_stored = false;
  abilities.flushes_only_the_kept = false;
  return abilities;
}

void MsnpNetwork::allow(std::string email, Done done) {
  session_.allow(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::deny(std::string email, Done done) {
  session_.deny(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::block(std::string email, Done done) {
  session_.block(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::unblock(std::string email, Done done) {
  session_.unblock(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::send(OutgoingMessage message, Done done) {
  session_.send(token(std::move(done)), message, now());
  perform();
}

void MsnpNetwork::typing(std::string email, Done done) {
  session_.typing(token(std::move(done)), email, now());
  perform();
}

void MsnpNetwork::perform() {
  auto actions = session_.take_actions();
  for (auto& action : actions) std::visit([&](auto& each) { perform(each); }, action);
  if (session_.state() == State::offline) {
    credentials_.password.wipe();
    tickets_.cancel();
  }
  arm();
}

void MsnpNetwork::perform(Connect& connect) {
  const auto id = connect.id;
  if (log_.enabled(LogLevel::trace)) traces_.try_emplace(id, log_, to_text(connect.to));
  // The connection tells nothing any more once it is hung up, which the destructor does.
  auto connection =
      Connection::make(loop_, options_.timing,
                       {[this, id] {
                          session_.connected(id, now());
                          perform();
                        },
                        [this, id](std::string_view octets) {
                          if (const auto trace = traces_.find(id); trace != traces_.end())
                            trace->second.received(octets);
                          session_.received(id, octets, now());
                          perform();
                        },
                        [this, id](const std::string& why) {
                          connections_.erase(id);
                          traces_.erase(id);
                          session_.closed(id, why, now());
                          perform();
                        }});
  connections_[id] = connection;
  connection->connect(lookups_, connect.to);
}

void MsnpNetwork::perform(Send& send) {
  const auto found = connections_.find(send.id);
  if (const auto trace = traces_.find(send.id); trace != traces_.end())
    trace->second.sent(send.octets);
  if (found != connections_.end()) found->second->send(std::move(send.octets));
}

void MsnpNetwork::perform(HangUp& hang_up) {
  traces_.erase(hang_up.id);
  auto node = connections_.extract(hang_up.id);
  if (!node.empty()) node.mapped()->hang_up();
}

void MsnpNetwork::perform(FetchTicket& fetch) {
  TicketDialogue dialogue({options_.nexus, credentials_.email, credentials_.password.copy(),
                           fetch.challenge, options_.insecure_login});
  tickets_.fetch(std::move(dialogue), [this, number = fetch.number](Result<std::string> ticket) {
    session_.ticket(number, std::move(ticket), now());
    perform();
  });
}

void MsnpNetwork::perform(Remember& keep) {
  if (!memory_) return;
  if (memory_->unstored > 0)
    memory_->later = std::move(keep.text);
  else
    remember(*memory_, keep.text);
}

void MsnpNetwork::perform(Note& note) {
  log_.info(domain, visible(credentials_.email) + ": " + note.text);
}

void MsnpNetwork::perform(Emit& emit) {
  std::function<void()> stored = [] {};
  if (emit.remember && memory_) {
    ++memory_->unstored;
    memory_->later.reset();
    // The account may be another one by then; this is still the file of this one.
    stored = [this, still = std::weak_ptr(alive_), memory = memory_,
              text = std::move(*emit.remember)] {
      const auto alive = still.lock();
      if (!alive || !*alive) return;
      const bool last = --memory->unstored == 0;
      const auto later = last ? std::exchange(memory->later, {}) : std::nullopt;
      remember(*memory, later ? *later : text);
    };
  }
  tell([this, events = std::move(emit.events), stored = std::move(stored)]() mutable {
    listener_.on_batch({std::move(events), {}, std::move(stored)});
  });
}

void MsnpNetwork::perform(Report& report) {
  tell([this, state = report.state] { listener_.on_state(state); });
}

void MsnpNetwork::perform(Finish& finish) {
  auto node = waiting_.extract(finish.token);
  if (node.empty()) return;
  tell([done = std::move(node.mapped()), result = std::move(finish.result)]() mutable {
    if (done) done(std::move(result));
  });
}

// Later, because nobody expects to be called from inside the verb; in order, because events and
// answers belong together.
void MsnpNetwork::tell(std::function<void()> call) {
  calls_.push_back(std::move(call));
  if (std::exchange(delivering_, true)) return;
  asio::post(loop_, [this, still = alive_] {
    if (*still) deliver();
  });
}

void MsnpNetwork::deliver() {
  delivering_ = false;
  const auto still = alive_;
  auto calls = std::exchange(calls_, {});
  // A call may end our life, and its own with it.
  while (!calls.empty()) {
    auto call = std::move(calls.front());
    calls.pop_front();
    call();
    if (!*still) return;
  }
}

void MsnpNetwork::remember(const Memory& memory, const std::string& text) {
  if (const auto written = memory.file.write(text); !written)
    log_.warn(domain, written.error().message);
}

void MsnpNetwork::arm() {
  const auto at = session_.deadline();
  if (!at) {
    timer_.cancel();
    return;
  }
  const auto delay =
      std::max<std::chrono::steady_clock::duration>(*at - now(), std::chrono::milliseconds(1));
  timer_.expires_after(delay);
  timer_.async_wait([this, still = alive_](const std::error_code& error) {
    if (error || !*still) return;
    session_.on_time(now());
    perform();
  });
}

}  // namespace msn::network::msnp
