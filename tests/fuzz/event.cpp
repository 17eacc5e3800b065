// SPDX-License-Identifier: MIT
// A decoded event encodes to lines that decode to the same event, and a text never creates a line
// of the protocol.
#include "core/protocol/answer.hpp"
#include "core/protocol/answer_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace msn;
using namespace msn::protocol;

namespace {

std::vector<model::Event> read(const std::string& encoded) {
  std::vector<model::Event> events;
  AnswerReader reader(AnswerShape::poll, AnswerReader::Binding::stream, true,
                      [&](model::StampedEvent event) { events.push_back(std::move(event.event)); });
  // ERR as the first line could be the whole answer (5.2); after another event it is an event.
  if (!reader.feed("TYPING a@b\n" + encoded + "POLLEND\n") || !reader.complete()) std::abort();
  if (events.size() != 2) std::abort();
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Any text of another user.
  model::Message message;
  message.email = "eve@example.org";
  message.headers = {{"Content-Type", "text/plain; charset=UTF-8"}};
  message.text = std::string(bytes.substr(0, 60'000));
  if (std::count(message.text.begin(), message.text.end(), '\n') < 9'000) {
    const auto events = read(encode_event(message));
    const auto* again = std::get_if<model::Message>(&events[1]);
    if (again == nullptr || again->email != message.email || !is_text(*again)) std::abort();
  }
  // Any line of a daemon.
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  if (line.size() > 2000 || line.starts_with("MSG ") || line.starts_with("EV ") ||
      line.find('\0') != line.npos)
    return 0;
  const model::Event event = decode_event_line(line);
  if (std::holds_alternative<model::Unknown>(event) || std::holds_alternative<model::Gap>(event))
    return 0;
  const std::string encoded = encode_event(event);
  if (encoded.empty() || encoded.back() != '\n' ||
      std::count(encoded.begin(), encoded.end(), '\n') != 1)
    std::abort();
  // Without control characters a status may become a known one, which is written in full; after
  // that it does not change.
  const auto again = [](const std::string& text) {
    return encode_event(decode_event_line(text.substr(0, text.size() - 1)));
  };
  const std::string second = again(encoded);
  if (second != encoded && !second.starts_with("STCH ")) std::abort();
  if (again(second) != second) std::abort();
  return 0;
}
