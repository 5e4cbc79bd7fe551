// Memory in large pages, where the system has them to give: what is looked up at random would else cost a
// walk through the page tables each time.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace twinlease::explore {

template <class T>
struct LargePages {  // an allocator
  using value_type = T;
  static constexpr std::size_t kPage = std::size_t{2} << 20;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t octets = count * sizeof(T);
    const bool large = octets >= kPage;
    const std::size_t unit = large ? kPage : std::size_t{64};
    void* memory = std::aligned_alloc(unit, (octets + unit - 1) / unit * unit);
    if (memory == nullptr) throw std::bad_alloc();
    if (large) madvise(memory, octets, MADV_HUGEPAGE);  // a wish: without it all is as it was, and slower
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }
  friend bool operator==(const LargePages&, const LargePages&) { return true; }
};

// Pieces of one size, which live as long as this does. By any thread.
class Slices {
 public:
  static constexpr std::size_t kSlice = std::size_t{1} << 17;  // octets
  void* take() {
    const std::scoped_lock lock(mutex_);
    if (left_ == 0) {
      pages_.emplace_back(LargePages<std::byte>().allocate(LargePages<std::byte>::kPage));
      left_ = LargePages<std::byte>::kPage / kSlice;
    }
    return pages_.back().get() + --left_ * kSlice;
  }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::mutex mutex_;
  std::vector<std::unique_ptr<std::byte, Free>> pages_;
  std::size_t left_ = 0;
};

}  // namespace twinlease::explore
