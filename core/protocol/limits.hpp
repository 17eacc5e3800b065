// SPDX-License-Identifier: MIT
// The limits of the pipe protocol (protocol 11), for both roles. The comment of each limit says
// what happens when it is exceeded. Sizes are in bytes.
#pragma once
#include <cstddef>
#include <cstdint>

namespace msn::protocol::limits {

// A line without LF. Daemon: EINVAL, skips to LF. Client: truncates it. A line of a message's text
// may be as long as the text.
inline constexpr std::size_t line = 8192;
inline constexpr std::size_t datagram = 65507;        // a unit; a longer event: ERR DATAGRAM
inline constexpr std::size_t legacy_datagram = 4096;  // a longer request is cut
inline constexpr std::size_t text = 60'000;           // lines joined by CR LF: TOOBIG
// A text to a legacy daemon, which drops a longer one, or to one without the feature `long`.
inline constexpr std::size_t legacy_text = 1500;
inline constexpr std::uint64_t text_lines = 10'000;  // count of SENDMSG: EINVAL
inline constexpr std::size_t nick = 387;             // percent-encoded: EINVAL
inline constexpr std::size_t email = 129;            // EINVAL
inline constexpr std::size_t password = 1024;        // EINVAL
inline constexpr int count_digits = 9;
inline constexpr std::uint64_t list = 10'000;           // client: broken answer
inline constexpr std::uint64_t attributes = 1000;       // client: broken answer
inline constexpr std::uint64_t message_lines = 10'000;  // client: broken answer
inline constexpr std::size_t message = 64 * 1024;       // received MSG; client: broken answer
inline constexpr std::uint64_t poll_max = 100'000;      // MAX=: EINVAL
inline constexpr std::uint64_t wait_seconds = 3600;     // WAIT=: EINVAL
inline constexpr std::size_t id = 64;                   // ID=: EINVAL
inline constexpr std::size_t sync = 256;                // HELLO SYNC=: EINVAL
inline constexpr std::size_t queue_name = 32;           // EINVAL
inline constexpr std::size_t queues = 64;               // QNEW: EINVAL
inline constexpr int protocol_version = 1;

}  // namespace msn::protocol::limits
