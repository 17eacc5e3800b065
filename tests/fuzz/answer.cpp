// SPDX-License-Identifier: MIT
// Answers are parsed to the same values for every division of the stream, and all texts are UTF-8.
// The first byte selects the shape, the binding and the encoding of nicks.
#include "core/base/text.hpp"
#include "core/protocol/answer_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace msn;
using namespace msn::protocol;

namespace {

void text(const std::string& value) {
  if (!is_utf8(value)) std::abort();
}

struct Read {
  bool good = true, complete = false;
  std::vector<model::Event> events;
  std::vector<std::string> words;
  bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, std::size_t step, AnswerShape shape, bool percent) {
  Read all;
  AnswerReader reader(shape, AnswerReader::Binding::stream, percent,
                      [&](model::StampedEvent event) {
                        all.events.push_back(std::move(event.event));
                        all.words.push_back(std::move(event.nick));
                      });
  while (!bytes.empty() && all.good && !reader.complete()) {
    all.good = reader.feed(bytes.substr(0, step)).has_value();
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  all.complete = reader.complete();
  if (!all.good) return all;
  if (!all.complete && reader.finish()) std::abort();
  if (!all.complete) return all;
  const Answer& answer = reader.answer();
  all.words.insert(all.words.end(), {answer.line, answer.text, answer.cursor});
  for (const auto& entry : answer.contacts) {
    if (entry.nick.empty()) std::abort();
    all.words.insert(all.words.end(), {entry.status, entry.email, entry.nick});
  }
  for (const auto& attribute : answer.attributes)
    all.words.insert(all.words.end(), {attribute.name, attribute.value});
  for (const auto& queue : answer.queues) all.words.push_back(queue.name);
  for (const auto& word : all.words) text(word);
  for (const auto& event : all.events) {
    text(model::event_email(event));
    if (const auto* message = std::get_if<model::Message>(&event)) text(message->text);
    if (const auto* unknown = std::get_if<model::Unknown>(&event)) text(unknown->line);
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr AnswerShape shapes[] = {AnswerShape::line, AnswerShape::contact_list,
                                    AnswerShape::queue_list, AnswerShape::attributes,
                                    AnswerShape::poll};
  const AnswerShape shape = shapes[data[0] % 5];
  const bool percent = (data[0] & 8) != 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Read whole = read(bytes, bytes.size() + 1, shape, percent);
  if (whole.complete && !(read(bytes, 1, shape, percent) == whole)) std::abort();
  // Each line is a datagram.
  AnswerReader datagrams(shape, AnswerReader::Binding::datagram, percent, [](auto) {});
  for (const auto line : split(bytes, '\n'))
    if (datagrams.complete() || !datagrams.feed(std::string(line) + "\n")) break;
  return 0;
}
