// SPDX-License-Identifier: MIT
// Finds a contact by name (protocol 6.14).
#pragma once
#include "core/base/result.hpp"
#include "core/model/contact.hpp"

#include <string>
#include <string_view>

namespace msn::daemon {

// Returns the address of the only contact with this name. Fails with unknown_contact: Error::name
// is the name, and Error::message the words after "ERR UNK USER": "SEVERAL", or "NEAR=" and the
// percent-encoded most similar name, or nothing.
Result<std::string> contact_named(const model::Roster&, std::string_view name);

}  // namespace msn::daemon
