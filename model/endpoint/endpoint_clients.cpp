// What an endpoint does with its bindings for its clients, and as time goes by (9.8.2, 5.11).
#include <algorithm>

#include "model/endpoint/endpoint.hpp"

namespace twinlease::model {
namespace {

constexpr std::uint8_t bit(unsigned number) {
  return static_cast<std::uint8_t>(1u << number);
}

}  // namespace

Allocator Endpoint::allocator(const Config& config) const {
  return {.role = config.role,
          .state = state_,
          .partner_down_since = record_.since,
          .mclt = mclt(config),
          .dynamic_bootp_pool = false};
}

// A change of a binding. `commit` is false only where the broken rule has it said before it is on the disk.
void Endpoint::change(const Config&, Address address, const Binding& binding, bool commit) {
  bindings_[address] = binding;
  if (commit) disk_[address] = binding;
}

// Clients

bool Endpoint::serves(const Config& config, ClientMessage message, ClientId client) const {
  if (!running_ || rebuilds(config)) return false;  // 7.4, A-67: it cannot proceed yet
  // A partner in PARTNER-DOWN takes it for dead until it has heard from it.
  const bool alone = state_ == State::recover_done && link_ != Link::ok;
  if (alone && !config.broken.has(Broken::recover_done_alone)) return false;
  switch (service(state_, message).serve) {
    case Serve::no: return false;
    case Serve::yes:
    case Serve::addressed: return true;
    case Serve::load_balanced: return (config.buckets & bit(client)) != 0;
  }
  return false;
}

bool Endpoint::may_give(const Config& config, ClientId client, Address address, Seconds now) const {
  if (!serves(config, ClientMessage::discover, client)) return false;
  for (Address a = 0; a < config.addresses; ++a)  // one lease for a client: its own address before another
    if (a != address && bindings_[a].client == client && bindings_[a].status == BindingStatus::active)
      return false;
  const Binding& binding = bindings_[address];
  Allocator who = allocator(config);
  // Also in PARTNER-DOWN: a partner in RECOVER that was told of the end may have stored FREE by now (5.2.2).
  const bool partner_hears = link_ == Link::ok && ended(binding.status) && told(binding.unacked);
  if (may_give_again(who, binding, client) && !partner_hears) return true;
  if (now < record_.no_new_before) return false;
  if (may_give_to_new(who, binding, now)) return true;
  const bool interrupted = state_ == State::communications_interrupted && available(binding);
  if (interrupted && config.broken.has(Broken::partner_pool_interrupted)) return true;
  if (interrupted && config.broken.has(Broken::partner_pool_after_mclt) && now >= record_.since + who.mclt)
    return true;
  if (state_ != State::partner_down) return false;
  if (config.broken.has(Broken::no_partner_down_wait)) return available(binding) || ended(binding.status);
  return config.broken.has(Broken::wait_from_lease_only) && ended(binding.status) &&
         now >= binding.lease_expiration + who.mclt;
}

void Endpoint::give(const Config& config, ClientId client, Address address, Seconds now, Choices& choices,
                    Effects& effects) {
  if (!may_give(config, client, address, now)) return;
  settle(config, address, now);
  const Binding& was = bindings_[address];
  if (was.client != client || was.status != BindingStatus::active) {
    Binding fresh = config.broken.has(Broken::times_kept) ? was : Binding{};
    fresh.status = BindingStatus::active;
    fresh.client = client;
    fresh.start_of_state = now;
    fresh.reserved = was.reserved;
    fresh.lease_expiration = 0;
    fresh.partner_has_expiration = false;
    fresh.given_alone = state_ == State::partner_down && link_ != Link::ok;
    if (was.client == client &&
        ended(was.status)) {  // the same binding goes on (5.2.2): its times still hold
      fresh.sent_potential = was.sent_potential;
      fresh.acked_potential = was.acked_potential;
      fresh.received_potential = was.received_potential;
      fresh.given_alone = was.given_alone;
    }
    bindings_[address] = fresh;
  }
  grant(config, client, address, now, false, choices, effects);
}

void Endpoint::renew(const Config& config, ClientId client, Address address, Seconds now, Choices& choices,
                     Effects& effects) {
  const Binding& binding = bindings_[address];
  if (!serves(config, ClientMessage::request_renewing, client)) return;
  if (!may_give_again(allocator(config), binding, client)) return;
  if (binding.status != BindingStatus::active) return;  // what it returns to is a new lease: give()
  grant(config, client, address, now, true, choices, effects);
}

void Endpoint::grant(const Config& config, ClientId client, Address address, Seconds now, bool renewal,
                     Choices& choices, Effects& effects) {
  Binding binding = bindings_[address];
  const LeaseLimit limit =
      service(state_, renewal ? ClientMessage::request_renewing : ClientMessage::discover).lease_limit;
  Seconds until = now + config.desired;
  const CeilingReading reading =
      config.broken.has(Broken::ceiling_always) ? CeilingReading::always : CeilingReading::if_partner_has_it;
  const bool unbound = renewal && config.broken.has(Broken::renews_unbound);
  const bool bound = limit == LeaseLimit::mclt_bound || config.bound_in_partner_down;
  if (bound && !unbound) until = std::min(until, lease_ceiling(binding, now, mclt(config), reading));
  if (binding.lease_expiration != until) binding.partner_has_expiration = false;
  binding.lease_expiration = until;
  binding.client_last_transaction = now;
  // A renewal alone is not a lease given alone: the partner may know of the one that is renewed.
  binding.given_alone = binding.given_alone && state_ == State::partner_down && link_ != Link::ok;
  binding.unacked = changed_now(address);
  change(config, address, binding, !config.broken.has(Broken::dhcpack_before_commit));
  effects.acks.push_back({client, address, until});
  pump(config, now, choices, effects);
}

void Endpoint::release(const Config& config, ClientId client, Address address, Seconds now, Choices& choices,
                       Effects& effects) {
  Binding binding = bindings_[address];
  if (!serves(config, ClientMessage::release, client)) return;
  if (binding.status != BindingStatus::active || binding.client != client) return;
  binding.client_last_transaction = now;
  change(config, address, binding);
  end(config, address, BindingStatus::released, now);
  pump(config, now, choices, effects);
}

// Time

bool Endpoint::may_expire(const Config& config, Address address, Seconds now) const {
  // Silence is towards clients: a binding ends in every state, but for STARTUP, in which nothing is done
  // (9.3.1).
  const Binding& binding = bindings_[address];
  if (!running_ || state_ == State::startup || kStopping.has(state_)) return false;
  if (binding.status == BindingStatus::active) return now > binding.lease_expiration;
  const bool held = (held_ & bit(address)) != 0;  // rejected: it may be told again later (FO-7.2.2-04)
  const bool untold = (tells_changes() && (binding.unacked == Unacked::queued || held)) ||
                      (asked_.pending & bit(address)) != 0;
  return ended(binding.status) && link_ == Link::ok && untold && !in_slot(address) &&
         may_tell(config, address, now);
}

void Endpoint::expire(const Config& config, Address address, Seconds now, Choices& choices,
                      Effects& effects) {
  if (!may_expire(config, address, now)) return;
  if (bindings_[address].status == BindingStatus::active) end(config, address, BindingStatus::expired, now);
  held_ = static_cast<std::uint8_t>(held_ & ~bit(address));
  pump(config, now, choices, effects);
}

// The client's lease on the address is over, or given back.
void Endpoint::end(const Config& config, Address address, BindingStatus status, Seconds now) {
  Binding binding = bindings_[address];
  binding.status = status;
  binding.start_of_state = now;
  binding.unacked = changed_now(address);
  change(config, address, binding);
}

// A lease that is over is EXPIRED for whoever looks at it next, a timer or not. As ACTIVE it could replace a
// later lease of another client, or stand in its way: rule (5) of Figure 7.1.3-1 asks for no time.
void Endpoint::settle(const Config& config, Address address, Seconds now) {
  const Binding& binding = bindings_[address];
  const bool over = binding.status == BindingStatus::active && now >= binding.lease_expiration;
  if (over && state_ != State::startup && !config.broken.has(Broken::expires_late))
    end(config, address, BindingStatus::expired, now);
}

bool Endpoint::may_free(const Config& config, Address address, Seconds now) const {
  return running_ && may_free_alone(allocator(config), bindings_[address], now);
}

void Endpoint::free_alone(const Config& config, Address address, Seconds now, Choices& choices,
                          Effects& effects) {
  if (!may_free(config, address, now)) return;
  Binding binding = made_available(bindings_[address], BindingStatus::free, now);
  binding.unacked = changed_now(address);
  change(config, address, binding);
  pump(config, now, choices, effects);
}

}  // namespace twinlease::model
