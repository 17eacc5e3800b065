// SPDX-License-Identifier: MIT
// For any answers of a daemon, on a stream or in datagrams, the client's calls end and return valid
// text.
#include "core/client/calls.hpp"

#include "core/base/text.hpp"
#include "tests/fuzz/input.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

using namespace msn;

namespace {

// Each piece of the input is one read.
class Answers final : public pipe::Pipe {
 public:
  Answers(fuzz::Input& input, bool datagrams) : input_(input), datagrams_(datagrams) {}
  Result<void> send(std::string_view, pipe::Patience) override { return {}; }
  Result<std::string_view> receive(pipe::Patience) override {
    if (input_.empty()) return fail(ErrorCode::daemon_timeout, "silence");
    piece_ = input_.text();
    if (datagrams_ && piece_.empty()) piece_ = "\n";
    return std::string_view(piece_);
  }
  bool datagrams() const override { return datagrams_; }

 private:
  fuzz::Input& input_;
  bool datagrams_;
  std::string piece_;
};

void claim(bool holds) {
  if (!holds) std::abort();
}

void one_call(client::Connection& to, unsigned which) {
  switch (which) {
    case 0:
      if (const auto list = client::contacts(to, client::List::forward))
        for (const auto& entry : *list)
          claim(is_utf8(entry.email) && is_utf8(entry.nick) && is_utf8(entry.status));
      break;
    case 1:
    case 2: {
      protocol::Poll poll;
      poll.extended = true;
      poll.hold = which == 2;
      (void)client::poll(to, poll, [](const model::StampedEvent& event) {
        claim(is_utf8(model::event_email(event.event)));
      });
      break;
    }
    case 3:
      if (const auto attributes = client::info(to, "a@b"))
        for (const auto& one : *attributes) claim(is_utf8(one.name) && is_utf8(one.value));
      break;
    case 4:
      (void)client::state(to);
      break;
    case 5:
      (void)client::queue_list(to);
      break;
    case 6: {
      protocol::SendMsg message;
      message.who = "a@b";
      message.lines = {"x"};
      message.id = "i";
      (void)client::send(to, message);
      break;
    }
    case 7:
      (void)to.exchange_raw("POLL\n", client::answer_shape("POLL\n"));
      break;
    case 8: {
      protocol::Ack ack;
      ack.cursor = 5;
      (void)client::send_ack(to, ack);
      break;
    }
    case 9:
      (void)client::create_account(to, {"a@b", "x"});
      break;
    case 10:
      (void)client::change_password(to, {"x", "y"});
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const bool datagrams = input.choice(2) == 1;
  pipe::Address address;
  address.kind = datagrams ? pipe::Address::Kind::udp : pipe::Address::Kind::unix_socket;
  client::Connection daemon(
      std::make_unique<Answers>(input, datagrams), address, std::chrono::milliseconds(1),
      [](char, std::string_view line) { claim(line.find('\n') == line.npos); });
  if (datagrams) (void)daemon.hello();
  for (int calls = 0; calls < 6 && !input.empty(); ++calls) one_call(daemon, input.choice(11));
  return 0;
}
