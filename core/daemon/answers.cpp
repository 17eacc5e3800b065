// SPDX-License-Identifier: MIT
#include "core/daemon/answers.hpp"

#include <utility>

namespace msn::daemon {
namespace {

constexpr std::size_t long_answer = 64 * 1024;  // longer answers are moved, not copied
constexpr std::size_t most_kept = 64;  // memory for more slots is freed when none is in use

}  // namespace

std::uint64_t Answers::add(const Row* row, std::unique_ptr<LoggedRequest> logged) {
  slots_.push_back({row, std::move(logged), std::nullopt});
  return first_ + slots_.size() - 1;
}

bool Answers::has(std::uint64_t number) const {
  return number >= first_ && number - first_ < slots_.size();
}

const Row* Answers::row(std::uint64_t number) const {
  return has(number) ? slots_[static_cast<std::size_t>(number - first_)].row : nullptr;
}

bool Answers::put(std::uint64_t number, Answer&& answer) {
  if (!has(number)) return false;
  if (cut_short_) answer.rest.reset();
  slots_[static_cast<std::size_t>(number - first_)].answer = std::move(answer);
  return number == first_;
}

void Answers::append(std::string& out, std::size_t limit) {
  std::size_t count = 0;
  while (out.size() < limit) {
    const std::size_t before = out.size();
    if (producing()) {
      produced_ = !rest_->produce(out);
    } else if (!has_rest() && count < slots_.size() && slots_[count].answer) {
      logged_ = std::move(slots_[count].logged);
      append_one(*slots_[count++].answer, out);
    } else {
      break;
    }
    if (logged_) logged_->answer(std::string_view(out).substr(before));
    if (logged_ && !producing()) std::exchange(logged_, nullptr)->end();
  }
  first_ += count;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(count));
  if (slots_.empty() && slots_.capacity() > most_kept) std::vector<Slot>().swap(slots_);
}

void Answers::append_one(Answer& answer, std::string& out) {
  if (out.empty() && answer.bytes.size() > long_answer)
    out = std::move(answer.bytes);
  else
    out += answer.bytes;
  rest_ = std::move(answer.rest);
  produced_ = false;
}

bool Answers::delivered() {
  if (rest_ == nullptr || !produced_) return false;
  std::exchange(rest_, nullptr)->delivered();
  return true;
}

void Answers::cut_short() {
  cut_short_ = true;
  rest_.reset();
  logged_.reset();
  for (Slot& slot : slots_)
    if (slot.answer) slot.answer->rest.reset();
}

void Answers::clear() {
  first_ += slots_.size();
  slots_.clear();
  rest_.reset();
  logged_.reset();
}

}  // namespace msn::daemon
