// Something that has to come within a bound: what the liveness invariants are made of.
#pragma once

#include "model/history/findings.hpp"

namespace twinlease::model::history {

class Due {
 public:
  // what: "the primary was not in NORMAL"; a finding adds since when and for how long.
  Due(Findings& findings, std::string what) : findings_(findings), what_(std::move(what)) {}

  bool running() const noexcept { return begun_.has_value(); }
  std::size_t begun() const noexcept { return *begun_; }
  void begin(std::size_t event, TimeMs within_ms) {  // what is due already stays due
    if (begun_) return;
    begun_ = event;
    within_ms_ = within_ms;
  }
  void cancel() noexcept { begun_.reset(); }  // it says nothing any more
  void met(std::size_t event) {
    if (!begun_) return;
    longest_ms_ = std::max(longest_ms_, findings_.time_ms(event) - findings_.time_ms(*begun_));
    findings_.examine();
    ++met_;
    begun_.reset();
  }
  void check(std::size_t event) {  // with each event, before it is looked at
    if (!begun_) return;
    const TimeMs passed_ms = findings_.time_ms(event) - findings_.time_ms(*begun_);
    if (passed_ms <= within_ms_) return;
    findings_.examine();
    findings_.found(event, {*begun_},
                    what_ + " " + text_of_seconds(passed_ms) + " after " + findings_.when(*begun_) +
                        ", due within " + text_of_seconds(within_ms_));
    begun_.reset();
  }
  std::uint64_t times_met() const noexcept { return met_; }
  std::uint64_t longest_s() const noexcept { return static_cast<std::uint64_t>(longest_ms_ / 1000); }

 private:
  Findings& findings_;
  std::string what_;
  std::optional<std::size_t> begun_;
  TimeMs within_ms_ = 0;
  TimeMs longest_ms_ = 0;
  std::uint64_t met_ = 0;
};

}  // namespace twinlease::model::history
