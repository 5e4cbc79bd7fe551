// Where the draft, or a reading of it, leaves an endpoint free, the model asks: which? Going through all
// answers one after the other gives the set of all permitted behaviours, while the code that asks stays a
// straight line.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace twinlease::model {

// A tape of answers. begin() rewinds it; next() turns it to the following combination, and says whether there
// is one:
//
//     Choices choices;
//     do { choices.begin(); step(choices); } while (choices.next());
class Choices {
 public:
  void begin() { at_ = 0; }

  // One of 0 to count - 1.
  std::uint8_t pick(std::uint8_t count) {
    assert(count > 0);
    if (count == 1) return 0;
    assert(at_ < kMost);
    if (at_ == size_) answers_[size_++] = {0, count};
    assert(answers_[at_].count == count && "the same questions in the same order");
    return answers_[at_++].answer;
  }

  bool next() {
    size_ = at_;  // questions that were not asked this time are forgotten
    while (size_ > 0) {
      Answer& last = answers_[size_ - 1];
      if (++last.answer < last.count) return true;
      --size_;
    }
    return false;
  }

 private:
  static constexpr std::size_t kMost = 32;
  struct Answer {
    std::uint8_t answer, count;
  };
  std::array<Answer, kMost> answers_{};
  std::size_t at_ = 0, size_ = 0;
};

}  // namespace twinlease::model
