// SPDX-License-Identifier: MIT
// All limits of the MSN network. Timing has the default times; tests shorten them.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace msn::network::msnp {

namespace limits {
// Longer lines and payloads end the connection. 1664 bytes are usual on a switchboard.
inline constexpr std::size_t line = 16 * 1024;
inline constexpr std::size_t payload = 256 * 1024;
inline constexpr std::size_t board_payload = 16 * 1024;
inline constexpr std::size_t list_entries = 10'000;  // more users are ignored (msncd(8))
inline constexpr std::size_t name = 387;             // bytes of a display name (encoded if sent)
inline constexpr std::size_t phone = 100;            // bytes of a phone number
inline constexpr std::size_t contact_id = 64;        // bytes of a contact ID
inline constexpr std::size_t message_text = 1400;    // bytes in one MSG, where servers accept 1664
inline constexpr std::size_t message_headers = 32;   // of a received message; more are dropped
inline constexpr std::size_t header_bytes = 1024;    // of one header; longer ones are dropped
// Received texts in chunks, for each conversation.
inline constexpr std::size_t open_chunks = 8;          // incomplete texts
inline constexpr std::size_t joined_text = 64 * 1024;  // bytes of all incomplete texts
inline constexpr std::size_t max_chunks = 64;          // chunks of one text
// Open switchboards; at the limit, an idle one is closed for a new one. Open and closing ones
// together are at most twice as many.
inline constexpr std::size_t conversations = 256;
// At this number of open switchboards, a call from a user who is not a contact is answered only if
// an idle switchboard can be closed for it.
inline constexpr std::size_t boards_for_non_contacts = 128;
inline constexpr std::size_t window = 64;  // unacknowledged MSGs per conversation
// Bytes queued on a connection; far above what the window allows.
inline constexpr std::size_t unwritten = 4u << 20;
// Outgoing messages in all queues, and their bytes; more are refused.
inline constexpr std::size_t queued_messages = 10'000;
inline constexpr std::size_t queued_bytes = 8u << 20;
// Bytes of list changes that arrive before the lists are complete.
inline constexpr std::size_t early_changes = 64 * 1024;
inline constexpr std::size_t open_transactions = 1000;  // above it, challenges are not answered
inline constexpr int redirects = 5;                     // in a row: XFR NS, or HTTP
inline constexpr std::uint16_t port = 1863;
}  // namespace limits

// Timeouts and intervals.
struct Timing {
  using Ms = std::chrono::milliseconds;
  Ms connect{15'000};      // name lookup and TCP
  Ms address{5'000};       // the part of it for one address of a host that has others
  Ms stall{30'000};        // a connection that accepts no bytes is closed
  Ms step{20'000};         // one answer during the login, or the next line of the lists
  Ms login{80'000};        // the whole login; clients wait 90 s (msncd-protocol(7) 6.1)
  Ms http{15'000};         // one HTTPS request
  Ms transaction{30'000};  // an answer after the login
  Ms accept_after{3'000};  // until a request is answered as accepted; clients wait 5 s
  Ms ping{50'000};         // until the first PNG; QNG names the next interval
  Ms ping_answer{20'000};
  Ms backoff_first{5'000};  // doubled up to backoff_last; jitter shortens it by up to a quarter
  Ms backoff_last{300'000};
  Ms backoff_maintenance{120'000};  // the minimum from OUT SSD until the next login succeeds
  Ms stable_session{60'000};        // a session of this length resets the back-off
  // After a reconnect, from the answer to CHG: contacts without NLN or ILN by then are offline.
  Ms presence_grace{10'000};
  Ms presence_grace_after_pong{1'000};  // the same, from the answer to the PNG after CHG
  Ms message{30'000};                   // until the contact joins; then until ACK
  Ms xfr_retry{5'000};                  // before the next XFR SB if the server is busy
  Ms idle{300'000};                     // an idle conversation is closed
  Ms goodbye{3'000};                    // until the server closes a switchboard after OUT
  Ms typing{5'000};                     // minimum between two typing notices to send
  Ms chunks{60'000};                    // how long an incomplete chunked text is kept
};

}  // namespace msn::network::msnp
