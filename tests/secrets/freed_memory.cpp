// SPDX-License-Identifier: MIT
#include "tests/secrets/freed_memory.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

namespace {

std::array<std::string_view, 2> wanted;
int found_so_far = 0;

void* allocate(std::size_t size) {
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}

void release(void* block) {
  if (block != nullptr)
    for (const auto text : wanted)
      if (!text.empty() &&
          ::memmem(block, ::malloc_usable_size(block), text.data(), text.size()) != nullptr)
        ++found_so_far;
  std::free(block);
}

}  // namespace

// Replaces the operators of the whole program, including its libraries.
void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete[](void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  release(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  release(block);
}

namespace msn::test {

FreedMemory::FreedMemory(std::string_view text, std::string_view other) {
  wanted = {text, other};
  found_so_far = 0;
}

FreedMemory::~FreedMemory() {
  wanted = {};
}

int FreedMemory::found() const {
  return found_so_far;
}

}  // namespace msn::test
