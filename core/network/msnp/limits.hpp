// SPDX-License-Identifier: MIT
// What we take from an MSN server and what we give it, in one place. Times are the defaults of
// Timing; tests make them short.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace msn::network::msnp {

namespace limits {
inline constexpr std::size_t line = 16 * 1024;           // a longer one: out of step, hang up
inline constexpr std::size_t payload = 256 * 1024;       // likewise
inline constexpr std::size_t board_payload = 16 * 1024;  // of a switchboard, where 1664 are usual
inline constexpr std::size_t list_entries = 10'000;      // msncd(8): more are ignored
inline constexpr std::size_t name = 387;                 // a display name; ours when encoded
inline constexpr std::size_t phone = 100;                // a phone number
inline constexpr std::size_t contact_id = 64;            // an id of a contact
inline constexpr std::size_t message_text = 1400;      // of one MSG; servers take 1664 with headers
inline constexpr std::size_t message_headers = 32;     // kept of a received message
inline constexpr std::size_t header_octets = 1024;     // of one kept header
inline constexpr std::size_t open_chunks = 8;          // texts being joined, per conversation
inline constexpr std::size_t joined_text = 64 * 1024;  // of one, and of all of a conversation
inline constexpr std::size_t max_chunks = 64;          // parts of one text
// Switchboards at once. The idle ones give way, and as many again may be saying goodbye.
inline constexpr std::size_t conversations = 256;
inline constexpr std::size_t boards_for_strangers = 128;  // beyond it only contacts' calls count
inline constexpr std::size_t unwritten = 4u << 20;  // of a connection; far more than the window
inline constexpr std::size_t window = 64;           // our MSGs not acknowledged, per conversation
inline constexpr std::size_t queued_messages = 10'000;   // ours, not sent yet; more are refused
inline constexpr std::size_t queued_bytes = 8u << 20;    // of these
inline constexpr std::size_t early_changes = 64 * 1024;  // of the lists, while these come; bytes
inline constexpr std::size_t open_transactions = 1000;   // more challenges are not answered
inline constexpr int redirects = 5;                      // XFR NS, or HTTP, in a row
inline constexpr std::uint16_t port = 1863;
}  // namespace limits

// Every wait has an end.
struct Timing {
  using Ms = std::chrono::milliseconds;
  Ms connect{15'000};      // name lookup and TCP
  Ms address{5'000};       // of that one address of a host, while there are others
  Ms stall{30'000};        // a connection that takes nothing of what we write is given up
  Ms step{20'000};         // one question of the login dialogue; the next line of the lists
  Ms login{80'000};        // all of it; clients give up after 90 s (protocol 6.1)
  Ms http{15'000};         // one HTTPS request
  Ms transaction{30'000};  // a request after login
  Ms patience{3'000};      // until a verb is answered "accepted"; clients give up after 5 s
  Ms ping{50'000};         // until the server says how often it wants PNG
  Ms ping_answer{20'000};
  Ms backoff_first{5'000};  // doubles up to the last; the jitter takes off up to a quarter
  Ms backoff_last{300'000};
  Ms backoff_maintenance{120'000};  // at least, from OUT SSD until the server is back
  Ms stable_session{60'000};        // resets the back-off
  // After a return, from the server's answer to our status: who is not announced by then is
  // offline.
  Ms settle{10'000};
  Ms announced{1'000};  // the same, from its answer to the PNG that we send after our status
  Ms message{30'000};   // a text waits for the other side to join, then for its ACK
  Ms xfr_retry{5'000};  // the server is too busy to give us a switchboard
  Ms idle{300'000};     // an idle conversation is closed
  Ms goodbye{3'000};    // until the server closes one that we leave
  Ms typing{5'000};     // our typing notice at most this often
  Ms chunks{60'000};    // parts of a text that never became whole are forgotten
};

}  // namespace msn::network::msnp
