// SPDX-License-Identifier: MIT
// What the number of an error (protocol Annex A) means to whoever may try again.
#pragma once

namespace msn::model {

// The server's trouble, not ours: worth another try later.
bool is_temporary(int number);
// It will not let this account in, so trying again by ourselves would only annoy.
bool is_refusal(int number);

}  // namespace msn::model
