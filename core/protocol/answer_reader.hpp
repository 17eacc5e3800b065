// SPDX-License-Identifier: MIT
// The client's side of answers: parses the bytes of a stream or of datagrams (protocol 2.3, 5, 6,
// 7) as tolerantly as protocol 9 requires, including the deviations of a legacy daemon (10). Never
// allocates memory for a count before the items have arrived.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"
#include "core/protocol/line_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::protocol {

// Where an answer ends (protocol 6).
enum class AnswerShape { line, contact_list, queue_list, attributes, poll };

struct ListEntry {
  std::string status, email, nick;  // nick: decoded (6.10), never empty; email: lower case
  bool asks = false;                // set only by GETRCL ASKS (13.10)
};
struct QueueLine {
  std::string name;
  std::uint64_t pending = 0;  // number of events that are not handed out
  std::string cursor;         // of the last event taken from the queue, or its start
};
struct Attribute {
  std::string name, value;
};

// A parsed answer; of a broken one, the part before the error.
struct Answer {
  std::optional<Error> error;  // the answer was ERR (5.1)
  std::string line;            // the OK or ERR line in UTF-8, without LF
  std::string text;            // shape line: the text after "OK "
  std::vector<ListEntry> contacts;
  std::vector<QueueLine> queues;
  // Without attributes whose value is empty or, from a legacy daemon, "None", and without repeated
  // names (6.11). nick and realnick are decoded.
  std::vector<Attribute> attributes;
  bool extended = false;      // poll: an event had the EV prefix
  std::string cursor;         // poll: POLLEND's, empty if none
  std::uint64_t more = 0;     // poll: POLLEND's
  bool storage_full = false;  // poll: POLLEND's
  bool shared = false;        // poll: POLLEND's
};

class AnswerReader {
 public:
  enum class Binding { stream, datagram };
  using OnEvent = std::function<void(model::StampedEvent)>;

  // percent_nicks: the daemon encodes nicks (it has the feature `pct`, or is msncd; protocol 6.10).
  AnswerReader(AnswerShape shape, Binding binding, bool percent_nicks, OnEvent on_event = {});

  // Calls on_event for each event as soon as it is complete. Ignores bytes after the answer's end.
  // ErrorCode::protocol: these bytes are not an answer; further calls fail, too (9.5).
  Result<void> feed(std::string_view bytes);  // datagram: exactly one datagram
  bool complete() const { return complete_; }
  // Call at the end of the stream. ErrorCode::protocol: the answer is incomplete.
  Result<void> finish();
  const Answer& answer() const { return answer_; }
  Answer take() { return std::move(answer_); }  // call once, when complete

 private:
  // A MSG or SAID whose lines are still arriving.
  struct Incoming {
    Incoming()
        : said(false),
          missing(0),
          end_of_header(0),
          bytes(0) {}  // clang 14 does not accept member initializers here
    model::Stamp stamp;
    std::string nick;
    std::string email;
    bool said;
    std::uint64_t missing, end_of_header;
    std::vector<std::string> lines;
    std::size_t bytes;
  };
  Result<void> feed_stream(std::string_view bytes);
  Result<void> feed_datagram(std::string_view bytes);
  std::optional<Line> next_line();
  Result<void> take_line(std::string_view raw);
  Result<void> take_first_line(std::string_view raw);
  Result<void> take_count(std::string_view raw, std::string_view keyword);
  Result<void> take_attribute(std::string_view raw);
  Result<void> take_poll_line(std::string_view raw);
  Result<void> take_message(std::string_view fields, model::Stamp, std::string nick);
  Result<void> take_message_line(std::string_view raw);
  void take_error(std::string_view raw);
  void take_entry(std::string_view raw);
  void take_queue(std::string_view raw);
  void end_entry();
  void end_message();
  void end_list();
  void report(model::Stamp, std::string nick, model::Event);

  AnswerShape shape_;
  Binding binding_;
  bool percent_nicks_;
  OnEvent on_event_;
  LineReader lines_;
  Answer answer_;
  bool complete_ = false;
  bool first_ = true;
  std::optional<Error> broken_;
  // CL, QL: entries that have not arrived, and whether CL n was alone in its datagram (2.3 (3))
  std::uint64_t missing_ = 0;
  bool entry_per_datagram_ = false;
  std::vector<std::string> raw_nicks_;        // of answer_.contacts
  std::vector<std::string> attribute_names_;  // all received, including those left out of answer_
  std::optional<Incoming> message_;
};

// Decodes an event of one line (not MSG, SAID). An unknown event is model::Unknown.
model::Event decode_event_line(std::string_view line);
// Decodes a message from its email, eoh and lines (protocol 7.1, "Reading a message").
model::Message decode_message(std::string_view email, std::uint64_t eoh,
                              const std::vector<std::string>& lines);
// Decodes an ERR line (after decode_charset). The code is that of its words (5.1), the message is
// the text after them: the network's text (MSN), the reason (SOCK), "token reason" (SEND).
Error decode_error(std::string_view line);
// Is it text for the user (text/plain or no Content-Type), not control traffic (7.1)?
bool is_text(const model::Message&);

}  // namespace msn::protocol
