// SPDX-License-Identifier: MIT
#include "core/network/common/memory.hpp"

#include "core/base/paths.hpp"
#include "core/base/small_file.hpp"

#include <utility>

namespace msn::network {

std::shared_ptr<Memory> Memory::make(std::string path, Worker& worker, Log& log,
                                     std::string_view domain) {
  return std::shared_ptr<Memory>(new Memory(std::move(path), worker, log, domain));
}

Memory::Memory(std::string path, Worker& worker, Log& log, std::string_view domain)
    : path_(std::move(path)), worker_(worker), log_(log), domain_(domain) {}

void Memory::read(std::function<void(std::optional<std::string>)> done) const {
  auto text = std::make_shared<std::optional<std::string>>();
  worker_.add([path = path_, text] { *text = read_small_file(path); },
              [text, done = std::move(done)] { done(std::move(*text)); });
}

void Memory::keep(std::string text) {
  if (unstored_ > 0)
    later_ = std::move(text);
  else
    write(std::move(text));
}

std::function<void()> Memory::keep_when_stored(std::string text) {
  ++unstored_;
  later_.reset();  // replaced by this text
  return [still = weak_from_this(), text = std::move(text)] {
    const auto memory = still.lock();
    if (!memory) return;
    const bool last = --memory->unstored_ == 0;
    const auto later = last ? std::exchange(memory->later_, {}) : std::nullopt;
    memory->write(later ? *later : text);
  };
}

void Memory::write(std::string text) const {
  worker_.add([path = path_, &log = log_, domain = domain_, text = std::move(text)] {
    auto written = make_private_directory(path.substr(0, path.rfind('/')));
    if (written) written = replace_small_file(path, text);
    if (!written) log.warn(domain, written.error().message);
  });
}

}  // namespace msn::network
