// SPDX-License-Identifier: MIT
#include "core/pipe/recording.hpp"

namespace msn::pipe {
namespace {

class Recording final : public Pipe {
 public:
  explicit Recording(std::vector<std::string>& units) : units_(units) {}

  Result<void> send(std::string_view unit, Patience) override {
    units_.emplace_back(unit);
    // Keeps earlier answers that were not received, as a stream does.
    answers_ += empty_answer(unit);
    return {};
  }
  Result<std::string_view> receive(Patience) override {
    received_ = std::move(answers_);
    answers_.clear();
    return std::string_view(received_);
  }
  bool datagrams() const override { return false; }

 private:
  std::vector<std::string>& units_;
  std::string answers_, received_;
};

}  // namespace

std::unique_ptr<Pipe> make_recording(std::vector<std::string>& units) {
  return std::make_unique<Recording>(units);
}

std::string empty_answer(std::string_view unit) {
  const auto line = unit.substr(0, unit.find('\n'));
  const auto end = line.find(' ');
  const auto keyword = line.substr(0, end);
  if (keyword == "GETCL" || keyword == "GETRCL" || keyword == "GETBL") return "CL 0\n";
  if (keyword == "QLIST") return "QL 0\n";
  if (keyword == "INFO" || keyword == "STATE") return "\n";
  if (keyword == "POLL") return end == line.npos ? "POLLEND\n" : "POLLEND 0 0\n";
  if (keyword == "ACK") return "OK 0\n";
  if (keyword == "HELLO")
    return "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type "
           "block once allow long quiet said who with last since nicks shared register passwd\n";
  if (const auto id = line.find(" ID="); keyword == "SENDMSG" && id != line.npos) {
    const auto token = line.substr(id + 4);
    return "OK " + std::string(token.substr(0, token.find(' '))) + '\n';
  }
  return "OK\n";
}

}  // namespace msn::pipe
