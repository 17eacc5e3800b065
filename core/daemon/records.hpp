// SPDX-License-Identifier: MIT
// What the network says, made fit for the pipe and the event log (msncd(8), protocol 7, 11, 12.4):
// one-line fields lose their controls, addresses are single words in lower case, a message gets the
// two headers every client may expect and is cut where a client's limits would break it.
#pragma once
#include "core/base/clock.hpp"
#include "core/model/event.hpp"
#include "core/store/event_log.hpp"

#include <vector>

namespace msn::daemon {

// Appends the records of one event: usually one, none for what no client is to see (a message that
// is not text/plain, an event about nobody), several for a message over the limits.
void append_records(model::Event event, Time arrived, std::vector<store::Record>& records);

}  // namespace msn::daemon
