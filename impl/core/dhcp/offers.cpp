#include "impl/core/dhcp/offers.hpp"

#include "impl/core/dhcp/places.hpp"

namespace twinlease::core {

const Offer* Offers::at(Ipv4 address) const {
  const auto found = by_address_.find(address.value);
  return found == by_address_.end() ? nullptr : &found->second.offer;
}

const Offer* Offers::of(ScopeIndex scope, const Client& client) const {
  const auto found = scopes_[scope].by_client.find(client_key(client));
  return found == scopes_[scope].by_client.end() ? nullptr : at(found->second);
}

bool Offers::to_another(Ipv4 address, const Client& client) const {
  const Offer* offer = at(address);
  return offer != nullptr && client_key(offer->client) != client_key(client);
}

void Offers::hold(ScopeIndex scope, Ipv4 address, const Client& client, Milliseconds due_ms) {
  if (const Offer* earlier = of(scope, client)) drop(Ipv4(earlier->address));
  drop(address);
  OfScope& all = scopes_[scope];
  if (all.by_age.size() >= most_) drop(Ipv4(all.by_age.begin()->second));
  Entry& entry = by_address_[address.value];
  entry.offer.address = address;
  entry.offer.scope = scope;
  entry.offer.client = client;
  entry.offer.due_ms = due_ms;
  entry.age = ++age_;
  all.by_client[client_key(client)] = address;
  all.by_age[entry.age] = address;
  by_due_.emplace(due_ms, address.value);
}

void Offers::told(Ipv4 address, std::uint32_t xid, std::int64_t lease_s, Milliseconds due_ms) {
  Offer& offer = by_address_.at(address.value).offer;
  offer.xid = xid;
  offer.lease_s = lease_s;
  set_due(offer, due_ms);
}

void Offers::ask(Ipv4 address, const DhcpPacket& packet, Milliseconds due_ms) {
  Offer& offer = by_address_.at(address.value).offer;
  if (offer.probe != ProbeState::asked) set_due(offer, due_ms);  // asked again: the probe goes on
  offer.probe = ProbeState::asked;
  unpark(offer);
  if (parked_ >= parked_max || packet.payload.size() > parked_octets_max) return;
  ++parked_;
  offer.parked = Parked{packet, Bytes(packet.payload.begin(), packet.payload.end())};
}

std::optional<Parked> Offers::clear(Ipv4 address, Milliseconds due_ms) {
  Offer& offer = by_address_.at(address.value).offer;
  offer.probe = ProbeState::clear;
  set_due(offer, due_ms);
  return unpark(offer);
}

std::optional<Parked> Offers::drop(Ipv4 address) {
  const auto found = by_address_.find(address.value);
  if (found == by_address_.end()) return std::nullopt;
  Offer& offer = found->second.offer;
  std::optional<Parked> parked = unpark(offer);
  by_due_.erase({offer.due_ms, address.value});
  scopes_[offer.scope].by_client.erase(client_key(offer.client));
  scopes_[offer.scope].by_age.erase(found->second.age);
  by_address_.erase(found);
  return parked;
}

std::vector<Ipv4> Offers::due(Milliseconds now_ms, std::size_t most) const {
  std::vector<Ipv4> addresses;
  for (auto next = by_due_.begin(); next != by_due_.end() && next->first <= now_ms && addresses.size() < most;
       ++next)
    addresses.push_back({next->second});
  return addresses;
}

void Offers::set_due(Offer& offer, Milliseconds due_ms) {
  by_due_.erase({offer.due_ms, offer.address.value});
  offer.due_ms = due_ms;
  by_due_.emplace(due_ms, offer.address.value);
}

std::optional<Parked> Offers::unpark(Offer& offer) {
  if (!offer.parked) return std::nullopt;
  --parked_;
  std::optional<Parked> parked = std::exchange(offer.parked, std::nullopt);
  parked->packet.payload = parked->payload;
  return parked;
}

}  // namespace twinlease::core
