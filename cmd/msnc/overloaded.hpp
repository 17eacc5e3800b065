// SPDX-License-Identifier: MIT
// Combines lambdas into one visitor for std::visit.
#pragma once

namespace msn::msnc {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace msn::msnc
