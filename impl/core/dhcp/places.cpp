#include "impl/core/dhcp/places.hpp"

#include <algorithm>

namespace twinlease::core {
namespace {

std::string hardware_key(const HardwareAddress& hardware) {
  std::string key = "h";
  key += static_cast<char>(hardware.type);
  return key += wire::as_text(hardware.address());
}

Range subnet_of(const Scope& scope) {
  const std::uint32_t hosts =
      scope.prefix_length == 0
          ? UINT32_MAX
          : static_cast<std::uint32_t>((std::uint64_t{1} << (32 - scope.prefix_length)) - 1);
  return {{scope.subnet.value & ~hosts}, {scope.subnet.value | hosts}};
}

}  // namespace

std::string client_key(const Client& client) {
  return client.identifier.empty() ? hardware_key(client.hardware) : "i" + client.identifier;
}

Places::Places(const Config& config) : by_client_(config.scopes.size()) {
  for (ScopeIndex scope = 0; scope < config.scopes.size(); ++scope) {
    subnets_.push_back({subnet_of(config.scopes[scope]), scope});
    for (const Reservation& reservation : config.scopes[scope].reservations) {
      by_address_.emplace(reservation.address.value, &reservation);
      if (!reservation.client.identifier.empty())
        by_client_[scope].emplace("i" + reservation.client.identifier, &reservation);
      if (reservation.client.hardware.size != 0)
        by_client_[scope].emplace(hardware_key(reservation.client.hardware), &reservation);
    }
  }
  std::ranges::sort(subnets_, {}, [](const Subnet& subnet) { return subnet.range.first; });
}

std::optional<ScopeIndex> Places::scope_with(Ipv4 address) const {
  const auto after = std::ranges::upper_bound(subnets_, address, {},
                                              [](const Subnet& subnet) { return subnet.range.first; });
  if (after == subnets_.begin()) return std::nullopt;
  const Subnet& subnet = *std::prev(after);
  return subnet.range.holds(address) ? std::optional(subnet.scope) : std::nullopt;
}

const Reservation* Places::reserved_for(ScopeIndex scope, const Client& client) const {
  for (const std::string& key : {client_key(client), hardware_key(client.hardware)}) {
    const auto [first, last] = by_client_[scope].equal_range(key);
    for (auto entry = first; entry != last; ++entry)
      if (same_client(entry->second->client, client)) return entry->second;
  }
  return nullptr;
}

const Reservation* Places::reservation_at(Ipv4 address) const {
  const auto found = by_address_.find(address.value);
  return found == by_address_.end() ? nullptr : found->second;
}

}  // namespace twinlease::core
