// SPDX-License-Identifier: MIT
// Converts the network's events to records of the event log, within the limits of the protocol
// (protocol 7, 11, 12): removes control characters from one-line fields, makes addresses single
// lower-case words, adds a message's headers, and splits a message that is too long for a client.
#pragma once
#include "core/base/clock.hpp"
#include "core/model/event.hpp"
#include "core/store/event_log.hpp"

#include <vector>

namespace msn::daemon {

// Appends the records of one event: usually one; none for an event that clients do not get (a
// message that is not text/plain, an event without an address); several for a message over the
// limits.
void append_records(model::Event event, Time arrived, std::vector<store::Record>& records);

}  // namespace msn::daemon
