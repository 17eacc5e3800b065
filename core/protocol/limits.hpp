// SPDX-License-Identifier: MIT
// Every limit of the pipe protocol (protocol 11), for both roles. The answer when exceeded is
// named beside each.
#pragma once
#include <cstddef>
#include <cstdint>

namespace msn::protocol::limits {

inline constexpr std::size_t line = 8192;  // without LF; daemon: EINVAL, skip to LF; client: cut
                                           // (lines of a text may be as long as a text)
inline constexpr std::size_t datagram = 65507;        // a unit, to and from a conforming daemon
inline constexpr std::size_t legacy_datagram = 4096;  // a request, to a legacy daemon
inline constexpr std::size_t text = 60'000;           // a message's lines joined by CR LF: TOOBIG
inline constexpr std::size_t legacy_text =
    1500;  // the same, to a daemon without the feature `long`
inline constexpr std::uint64_t text_lines = 10'000;  // SENDMSG's count: EINVAL over it
inline constexpr std::size_t nick = 387;             // percent-encoded: EINVAL
inline constexpr std::size_t email = 129;            // EINVAL
inline constexpr std::size_t password = 1024;        // EINVAL
inline constexpr int count_digits = 9;
inline constexpr std::uint64_t list = 10'000;           // entries; client: more is a broken answer
inline constexpr std::uint64_t attributes = 1000;       // client: more is a broken answer
inline constexpr std::uint64_t message_lines = 10'000;  // client: more is a broken answer
inline constexpr std::size_t message = 64 * 1024;   // bytes of an incoming message; client: more is
                                                    // a broken answer
inline constexpr std::uint64_t poll_max = 100'000;  // MAX=: EINVAL
inline constexpr std::uint64_t wait_seconds = 3600;  // WAIT=: EINVAL
inline constexpr std::size_t id = 64;                // ID=: EINVAL
inline constexpr std::size_t sync = 256;             // HELLO SYNC=: EINVAL
inline constexpr std::size_t queue_name = 32;        // EINVAL
inline constexpr std::size_t queues = 64;            // QNEW: EINVAL
inline constexpr int protocol_version = 1;

}  // namespace msn::protocol::limits
