#include "impl/core/dhcp/answered.hpp"

namespace twinlease::core {

void Answered::remember(Ipv4 address, ClientMessage message, std::uint32_t xid, Milliseconds now_ms) {
  while (!by_age_.empty() && (by_age_.size() >= most || by_age_.front().first + held_ms < now_ms)) {
    const auto [at_ms, oldest] = by_age_.front();
    by_age_.pop_front();
    const auto found = by_address_.find(oldest);
    if (found != by_address_.end() && found->second.at_ms == at_ms) by_address_.erase(found);
  }
  by_address_[address.value] = {xid, message, now_ms};
  by_age_.emplace_back(now_ms, address.value);
}

bool Answered::remembers(Ipv4 address, ClientMessage message, std::uint32_t xid, Milliseconds now_ms) const {
  const auto found = by_address_.find(address.value);
  return found != by_address_.end() && found->second.xid == xid && found->second.message == message &&
         now_ms - found->second.at_ms <= held_ms;
}

}  // namespace twinlease::core
