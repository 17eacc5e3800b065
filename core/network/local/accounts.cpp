// SPDX-License-Identifier: MIT
// Creating accounts and changing their passwords. Hashing is slow, so it is done outside of
// transactions: these hold the database's lock.
#include "core/model/email.hpp"
#include "core/network/local/local_network.hpp"
#include "core/network/local/transaction.hpp"

#include <optional>

namespace msn::network::local {

struct LocalNetwork::NewAccount {
  std::string email;
  Secret password;
  HashCost cost;
  Time now{};
};

struct LocalNetwork::NewPassword {
  Secret old, next;
  HashCost cost;
};

Result<void> LocalNetwork::insert_account(Store& store, NewAccount& fresh) {
  const auto check = [&]() -> Result<void> {
    auto account = store.find_account(fresh.email);
    if (!account) return fail(account.error());
    if (*account) return fail(ErrorCode::exists, "there is an account " + fresh.email + " already");
    return {};
  };
  if (auto missing = check(); !missing) return missing;
  auto hash = hash_password(fresh.password, fresh.cost);
  if (!hash) return fail(hash.error());
  Transaction transaction(store);
  if (auto begun = transaction.begin(); !begun) return begun;
  // Check again: another daemon may have created it during the hashing.
  if (auto missing = check(); !missing) return missing;
  if (auto made = store.create_account(fresh.email, *hash, fresh.now); !made)
    return fail(made.error());
  return transaction.commit();
}

Result<void> LocalNetwork::set_password(Store& store, const Me& me, NewPassword& password) {
  std::string new_hash;
  // If another daemon changes the password during the hashing, check `old` against the new hash.
  for (;;) {
    auto account = store.find_account(me.email);
    if (!account) return fail(account.error());
    if (!*account || (*account)->id != me.account)
      return fail(ErrorCode::not_logged_in, "the account no longer exists");
    const std::string checked = (*account)->hash;
    if (!password_matches(password.old, checked, password.cost))
      return fail(ErrorCode::login_refused, "Authentication failed", 911);
    if (new_hash.empty()) {
      auto hash = hash_password(password.next, password.cost);
      if (!hash) return fail(hash.error());
      new_hash = std::move(*hash);
    }
    Transaction transaction(store);
    if (auto begun = transaction.begin(); !begun) return begun;
    auto changed = store.change_hash(me, checked, new_hash);
    if (!changed) return fail(changed.error());
    if (*changed) return transaction.commit();
  }
}

void LocalNetwork::create_account(Credentials credentials, Done done) {
  if (options_.registration == Registration::none)
    return answer_later(std::move(done), fail(ErrorCode::unsupported,
                                              "this daemon creates no accounts (register = no)"));
  auto email = model::parse_email(credentials.email);
  if (!email) return answer_later(std::move(done), fail(ErrorCode::invalid, email.error().message));
  auto fresh = std::make_shared<NewAccount>();
  fresh->email = *email;
  fresh->password = std::move(credentials.password);
  fresh->cost = options_.hash_cost;
  fresh->now = dependencies_.clock.now();
  Worker::Job job;
  job.access = Worker::Access::alone;
  job.run = [fresh](Store& store) {
    auto result = insert_account(store, *fresh);
    fresh->password.wipe();
    return result;
  };
  job.finish = [this, email = *email, done = std::move(done)](Result<void> result) {
    if (result) dependencies_.log.info("network.local", "created the account " + email);
    done(std::move(result));
  };
  job.closes = !session_;
  job.if_missing = session_ ? IfMissing::fail : IfMissing::create;
  worker_->add(std::move(job));
}

void LocalNetwork::change_password(Secret old, Secret next, Done done) {
  if (!in_session(done)) return;
  auto password = std::make_shared<NewPassword>();
  password->old = std::move(old);
  password->next = std::move(next);
  password->cost = options_.hash_cost;
  Worker::Job job;
  job.access = Worker::Access::alone;
  job.if_missing = IfMissing::fail;
  job.run = [session = session_, password](Store& store) {
    auto result = set_password(store, session->me, *password);
    password->old.wipe();
    password->next.wipe();
    return result;
  };
  job.finish = [this, session = session_, epoch = epoch_,
                done = std::move(done)](Result<void> result) {
    if (result)
      dependencies_.log.info("network.local", "changed the password of " + session->me.email);
    if (!result && result.error().code == ErrorCode::not_logged_in && epoch == epoch_)
      request_read();
    done(std::move(result));
  };
  worker_->add(std::move(job));
}

}  // namespace msn::network::local
