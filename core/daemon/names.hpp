// SPDX-License-Identifier: MIT
// Which contact a name means (protocol 6.14).
#pragma once
#include "core/base/result.hpp"
#include "core/model/contact.hpp"

#include <string>
#include <string_view>

namespace msn::daemon {

// The address of the one contact of that name. Else unknown_contact, with its Error::name, and as
// its message the words of the answer: "SEVERAL", or "NEAR=" and the percent-encoded name of the
// contact with the nearest one, or nothing.
Result<std::string> contact_named(const model::Roster&, std::string_view name);

}  // namespace msn::daemon
