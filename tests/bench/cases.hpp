// SPDX-License-Identifier: MIT
// Every line of the table, by topic.
#pragma once
#include "tests/bench/report.hpp"
#include "tests/bench/world.hpp"

namespace bench {

// Whole processes: msnc beside the least a client can do.
void one_shot_clients(const Programs&, Report&);
// What a daemon costs while nothing happens: start, idle, ten thousand idle clients.
void idle_daemon(const Programs&, Report&);
// Exchanges per second beside redis and an echo server.
void exchange_rates(const Programs&, Report&);
// From one daemon to the other: how soon, and how many.
void messages(const Programs&, Report&);
// The cost of one in a long list beside one in a short list.
void long_lists(const Programs&, Report&);
// A log at its bounds: what others feel while it is read and changed, and the memory that takes.
void full_logs(const Programs&, Report&);
// Events that wait for a full disk.
void full_disks(const Programs&, Report&);
// A login and a conversation on an MSN server.
void msn_servers(const Programs&, Report&);

}  // namespace bench
