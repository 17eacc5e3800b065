// SPDX-License-Identifier: MIT
// Lambdas as one visitor of a variant.
#pragma once

namespace msn::msnc {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace msn::msnc
