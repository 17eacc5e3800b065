// SPDX-License-Identifier: MIT
// The files of completions/, built in.
#pragma once
#include <string_view>

namespace msn::msnc {

// bash, zsh or fish; anything else: empty.
std::string_view completion_script(std::string_view shell);

}  // namespace msn::msnc
