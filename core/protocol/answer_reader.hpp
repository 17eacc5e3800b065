// SPDX-License-Identifier: MIT
// Answers, the client's side: bytes of a stream or datagrams to values (protocol 2.3, 5, 6, 7),
// with the tolerance of protocol 9. Never allocates by a count it was told. A legacy daemon's
// quirks (10) are read, too.
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
  std::string status, email, nick;  // nick decoded (6.10), never empty; email in lower case
  bool asks = false;                // told by GETRCL ASKS only (13.10)
};
struct QueueLine {
  std::string name;
  std::uint64_t pending = 0;
  std::string cursor;
};
struct Attribute {
  std::string name, value;
};

// What has been read. Filled as far as the answer went.
struct Answer {
  std::optional<Error> error;  // the answer was ERR; the code follows from its words (5.1)
  std::string line;            // the OK or ERR line as it came (decoded), without LF
  std::string text;            // shape line: what followed "OK "
  std::vector<ListEntry> contacts;
  std::vector<QueueLine> queues;
  // What is known: empty values and "None" are left out, repeated names after the first dropped;
  // nick and realnick are decoded.
  std::vector<Attribute> attributes;
  bool extended = false;      // poll: the EV form
  std::string cursor;         // poll: POLLEND's, empty if none
  std::uint64_t more = 0;     // poll: POLLEND's
  bool storage_full = false;  // poll: POLLEND's
  bool shared = false;        // poll: POLLEND's
};

class AnswerReader {
 public:
  enum class Binding { stream, datagram };
  using OnEvent = std::function<void(model::StampedEvent)>;

  // percent_nicks: the daemon's HELLO named `pct`, or it is one of ours (protocol 6.10).
  AnswerReader(AnswerShape shape, Binding binding, bool percent_nicks, OnEvent on_event = {});

  // Events are handed out as soon as they are whole. Bytes after the end are ignored.
  // ErrorCode::protocol: cannot be an answer, the exchange is broken (9.5).
  Result<void> feed(std::string_view octets);  // datagram: exactly one datagram
  bool complete() const { return complete_; }
  // Call at the end of the stream: an unfinished answer is ErrorCode::protocol.
  Result<void> finish();
  const Answer& answer() const { return answer_; }
  Answer take() { return std::move(answer_); }

 private:
  // MSG or SAID being read
  struct Incoming {
    Incoming()
        : said(false),
          missing(0),
          end_of_header(0),
          octets(0) {}  // clang 14 takes no initializers here
    model::Stamp stamp;
    std::string nick;
    std::string email;
    bool said;
    std::uint64_t missing, end_of_header;
    std::vector<std::string> lines;
    std::size_t octets;
  };
  Result<void> feed_stream(std::string_view octets);
  Result<void> feed_datagram(std::string_view octets);
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
  void tell(model::Stamp, std::string nick, model::Event);

  AnswerShape shape_;
  Binding binding_;
  bool percent_nicks_;
  OnEvent on_event_;
  LineReader lines_;
  Answer answer_;
  bool complete_ = false;
  bool first_ = true;
  std::optional<Error> broken_;
  // CL, QL: entries still to come, and whether the count stood alone in its datagram (2.3 point 3)
  std::uint64_t missing_ = 0;
  bool entry_per_datagram_ = false;
  std::vector<std::string> raw_nicks_;        // of answer_.contacts
  std::vector<std::string> attribute_names_;  // all that came, those not known included
  std::optional<Incoming> message_;
};

// One event line to its value (not MSG). Never fails: what is not known is model::Unknown.
model::Event decode_event_line(std::string_view line);
// MSG's email, eoh and lines (protocol 7.1, "reading it") to its value.
model::Message decode_message(std::string_view email, std::uint64_t eoh,
                              const std::vector<std::string>& lines);
// An ERR line (decoded) to an Error whose code is told from its words. Its message is what stands
// behind them: the network's text (MSN), the reason (SOCK), "token reason" (SEND).
Error decode_error(std::string_view line);
// May it be shown? text/plain, or no Content-Type (7.1); everything else is control traffic.
bool is_text(const model::Message&);

}  // namespace msn::protocol
