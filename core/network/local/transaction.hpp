// SPDX-License-Identifier: MIT
// A transaction of a job that runs outside a group (Worker::Access::alone).
#pragma once
#include "core/network/local/store.hpp"

namespace msn::network::local {

// The destructor rolls back a transaction that was begun and not committed.
class Transaction {
 public:
  explicit Transaction(Store& store) : store_(store) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (open_) store_.rollback();
  }
  Result<void> begin() {
    auto begun = store_.begin(Store::Mode::write);
    open_ = begun.has_value();
    return begun;
  }
  Result<void> commit() {
    auto done = store_.commit();
    if (done) open_ = false;
    return done;
  }

 private:
  Store& store_;
  bool open_ = false;
};

}  // namespace msn::network::local
