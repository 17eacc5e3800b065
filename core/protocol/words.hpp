// SPDX-License-Identifier: MIT
// The words after a request's keyword (protocol 3), split at every single SP, so two SP in a row
// make an empty word. A lazy view: it splits during iteration and allocates nothing.
#pragma once
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace msn::protocol {

class Words {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;  // forward, but operator* returns a value
    using iterator_concept = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    std::string_view operator*() const { return text_.substr(begin_, end_ - begin_); }
    Iterator& operator++() {
      // The end iterator is one byte past the end of the text.
      begin_ = end_ + 1;
      if (begin_ <= text_.size()) find_end();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return begin_ == other.begin_; }

   private:
    friend class Words;
    Iterator(std::string_view text, std::size_t begin) : text_(text), begin_(begin) {
      if (begin_ <= text_.size()) find_end();
    }
    void find_end() { end_ = std::min(text_.find(' ', begin_), text_.size()); }

    std::string_view text_;
    std::size_t begin_ = 0, end_ = 0;
  };
  using const_iterator = Iterator;
  using value_type = std::string_view;

  Words() = default;  // no words; an empty text is one empty word
  explicit Words(std::string_view text)
      : text_(text),
        size_(1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '))) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return size_ == 0 ? end() : Iterator(text_, 0); }
  Iterator end() const { return Iterator(text_, text_.size() + 1); }
  // Linear in `index`, which must be below size().
  std::string_view operator[](std::size_t index) const {
    return *std::next(begin(), static_cast<std::ptrdiff_t>(index));
  }
  std::string_view front() const { return *begin(); }

 private:
  std::string_view text_;
  std::size_t size_ = 0;
};

}  // namespace msn::protocol
