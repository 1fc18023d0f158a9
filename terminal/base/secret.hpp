// Bytes that are overwritten with zeros before their memory is given back.
//
// It protects what this object holds, not copies that a library makes of it: the memory of a whole session
// goes when its process ends (DECISIONS.md, "a process per session").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin {

// Overwrites in a way the compiler may not leave out.
void wipe(void* memory, std::size_t byte_count);

template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT: implicit as allocators are
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    wipe(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  template <typename U>
  bool operator==(const WipingAllocator<U>&) const {
    return true;
  }
};

using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace bianmin
