// SPDX-License-Identifier: MIT
// Result<T>: a value or an Error.
#pragma once
#include "core/base/error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace msn {

template <class T>
using Result = tl::expected<T, Error>;

// Converts to any Result<T>: `return fail(ErrorCode::usage, "...");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string message = {}, int number = 0) {
  return tl::unexpected<Error>(Error{code, std::move(message), number});
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace msn
