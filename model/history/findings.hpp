// What a predicate collects on its way through a history.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/history/history.hpp"
#include "model/history/judgement.hpp"

namespace twinlease::model::history {

class Findings {
 public:
  Findings(std::string_view invariant, const History& history) : invariant_(invariant), history_(history) {}

  void examine(std::uint64_t cases = 1) noexcept { out_.examined += cases; }

  // At this event it shows that the invariant does not hold; the other events are why.
  void found(std::size_t event, std::vector<std::size_t> because, std::string sentence,
             std::optional<Address> address = std::nullopt) {
    because.push_back(event);
    std::sort(because.begin(), because.end());
    because.erase(std::unique(because.begin(), because.end()), because.end());
    out_.findings.push_back({invariant_, time_ms(event), address, std::move(because), std::move(sentence)});
  }

  TimeMs time_ms(std::size_t event) const { return history_.events()[event].time_ms; }
  std::string when(std::size_t event) const { return history_.when(time_ms(event)); }
  std::uint64_t examined() const noexcept { return out_.examined; }

  Judgement judgement(std::vector<Count> counts, std::string_view lacks = {}) {
    out_.counts = std::move(counts);
    out_.lacks = lacks;
    return std::move(out_);
  }

 private:
  std::string_view invariant_;
  const History& history_;
  Judgement out_;
};

}  // namespace twinlease::model::history
