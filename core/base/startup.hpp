// SPDX-License-Identifier: MIT
// Resets what a process inherits from its parent. Called first in main(), before any file is
// opened and any thread is started.
#pragma once

namespace msn {

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed. Otherwise a file opened
// later could get one of these numbers: messages would be written into it, and --detach would
// replace it. Reading from 0 and writing to 1 and 2 still fails, as with a closed descriptor.
void hold_standard_descriptors();

// Unblocks all signals, and resets SIGCHLD to its default so that waitpid() reports the status of
// children.
void reset_signals();

// Closes every descriptor from `first` on, so that this process does not keep locks and pipes of
// its parent open.
void close_inherited_descriptors(int first);

// Prevents core dumps, and other processes of the user from reading the memory of this one, because
// it contains passwords. Lasts until exec.
void guard_memory();

}  // namespace msn
