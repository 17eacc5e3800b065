// SPDX-License-Identifier: MIT
// What a process inherits and must not rely on. Called first in main, before anything is opened.
#pragma once

namespace msn {

// A descriptor of ours must not become 0, 1 or 2: what others print there would go into it, and
// --detach would replace it. Each of them that is closed gets /dev/null, opened so that it can
// neither be read (0) nor written (1, 2): output to a closed descriptor stays an error.
void hold_standard_descriptors();

// Whatever the parent blocked, signals reach us; whatever it ignored, the status of a child that
// ended can be read.
void reset_signals();

// Closes every descriptor from `first` on, so that locks and pipes of the parent are not kept for
// as long as we live.
void close_inherited_descriptors(int first);

// No core dump, and no other process of the user reads our memory: passwords pass through it. Ends
// with exec.
void guard_memory();

}  // namespace msn
