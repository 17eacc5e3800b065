// SPDX-License-Identifier: MIT
// A name service that hangs until the test opens it.
#pragma once
#include "core/network/common/lookup.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace msn::test {

// ask() blocks until open(), and then finds the loopback address for every name.
class Gate {
 public:
  ~Gate() { open(); }  // so that no thread outlives the test

  std::function<Result<network::Endpoints>(const HostPort&)> ask() const {
    return [inside = inside_](const HostPort& host) -> Result<network::Endpoints> {
      // Destroyed last in the thread.
      thread_local std::optional<Visit> visit;
      visit.emplace(inside);
      std::unique_lock lock(inside->mutex);
      inside->changed.wait(lock, [&] { return inside->open; });
      return network::Endpoints{{asio::ip::address_v4::loopback(), host.port}};
    };
  }
  void until_asked(int times = 1) {
    std::unique_lock lock(inside_->mutex);
    inside_->changed.wait(lock, [&] { return inside_->asked >= times; });
  }
  // Returns when every thread that asked has reported its result and ended.
  void open() {
    std::unique_lock lock(inside_->mutex);
    inside_->open = true;
    inside_->changed.notify_all();
    inside_->changed.wait(lock, [&] { return inside_->left == inside_->asked; });
  }

 private:
  struct Inside {
    std::mutex mutex;
    std::condition_variable changed;
    int asked = 0, left = 0;
    bool open = false;
  };
  class Visit {
   public:
    explicit Visit(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {
      count(inside_->asked);
    }
    ~Visit() { count(inside_->left); }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    void count(int& number) {
      const std::lock_guard lock(inside_->mutex);
      ++number;
      inside_->changed.notify_all();
    }
    std::shared_ptr<Inside> inside_;
  };
  std::shared_ptr<Inside> inside_ = std::make_shared<Inside>();
};

}  // namespace msn::test
