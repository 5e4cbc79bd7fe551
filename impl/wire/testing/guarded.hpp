// A copy of some octets that ends where an unreadable page begins: a reader that goes one octet too far is
// killed, in every build and not only under AddressSanitizer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "impl/wire/octets.hpp"

namespace twinlease::wire::testing {

class Guarded {
 public:
  explicit Guarded(Octets octets) : size_(octets.size()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t room = (size_ + page - 1) / page * page;
    mapped_ = room + page;
    void* base = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<std::uint8_t*>(base);
    if (mprotect(base_ + room, page, PROT_NONE) != 0) throw std::bad_alloc();
    data_ = base_ + room - size_;
    std::copy(octets.begin(), octets.end(), data_);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(base_, mapped_); }

  Octets octets() const noexcept { return {data_, size_}; }
  std::span<std::uint8_t> writable() noexcept { return {data_, size_}; }

 private:
  std::uint8_t* base_ = nullptr;
  std::uint8_t* data_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t size_ = 0;
};

}  // namespace twinlease::wire::testing
