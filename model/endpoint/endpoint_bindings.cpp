// What an endpoint does with its bindings: for clients, for its partner, and as time goes by.
#include <algorithm>
#include <bit>

#include "model/endpoint/endpoint.hpp"

namespace twinlease::model {
namespace {

constexpr std::uint8_t bit(unsigned number) {
  return static_cast<std::uint8_t>(1u << number);
}

constexpr bool ended(BindingStatus status) {
  return status == BindingStatus::expired || status == BindingStatus::released ||
         status == BindingStatus::reset;
}

// The number of one of the bits.
Address any_of(std::uint8_t bits, Choices& choices) {
  for (int skip = choices.pick(static_cast<std::uint8_t>(std::popcount(bits))); skip > 0; --skip)
    bits = static_cast<std::uint8_t>(bits & (bits - 1));
  return static_cast<Address>(std::countr_zero(bits));
}

}  // namespace

Allocator Endpoint::allocator(const Config& config) const {
  return {.role = config.role,
          .state = state_,
          .partner_down_since = record_.since,
          .mclt = config.own_mclt(),
          .dynamic_bootp_pool = false};
}

// A change of a binding. `commit` is false only where the broken rule has it said before it is on the disk.
void Endpoint::change(const Config&, Address address, const Binding& binding, bool commit) {
  bindings_[address] = binding;
  if (commit) disk_[address] = binding;
}

// Clients

bool Endpoint::serves(const Config& config, ClientMessage message, ClientId client) const {
  if (!running_) return false;
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
  if (limit == LeaseLimit::mclt_bound && !unbound)
    until = std::min(until, lease_ceiling(binding, now, config.own_mclt(), reading));
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

bool Endpoint::may_expire(const Config&, Address address, Seconds now) const {
  // Silence is towards clients: a binding ends in every state, but for STARTUP, in which nothing is done
  // (9.3.1).
  const Binding& binding = bindings_[address];
  if (!running_ || state_ == State::startup || now <= binding.lease_expiration) return false;
  const bool untold =
      binding.status == BindingStatus::expired && link_ == Link::ok && !in_slot(address) &&
      (tells_changes() ? binding.unacked == Unacked::queued : (asked_.pending & bit(address)) != 0);
  return binding.status == BindingStatus::active || untold;  // in the second itself it is not told
}

void Endpoint::expire(const Config& config, Address address, Seconds now, Choices& choices,
                      Effects& effects) {
  if (!may_expire(config, address, now)) return;
  if (bindings_[address].status == BindingStatus::active) end(config, address, BindingStatus::expired, now);
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

// The partner

// An update that arrives while our own about the same address has no answer has crossed it: the connection
// keeps the order, so a partner that had ours would have answered first. Figure 7.1.3-1 may then let each
// accept the other's, and the two records change places for good. If so, the later transaction with the
// client counts, and of two of the same second the primary's; both servers see both updates, and come to the
// same.
bool Endpoint::keeps_own(const Config& config, const Message& message, Seconds now) const {
  const Update* mine = in_flight(message.address);
  if (mine == nullptr || config.broken.has(Broken::crossing_by_letter)) return false;
  const Update& theirs = message.update;
  Binding partner;
  partner.status = theirs.status;
  partner.client = theirs.client;
  partner.lease_expiration = theirs.lease_expiration;
  partner.client_last_transaction = theirs.client_last_transaction;
  const Role role = config.role == Role::primary ? Role::secondary : Role::primary;
  if (judge(partner, *mine, role, now)) return false;
  if (mine->client_last_transaction == theirs.client_last_transaction) return config.role == Role::primary;
  return mine->client_last_transaction > theirs.client_last_transaction;
}

void Endpoint::on_bndupd(const Config& config, const Message& message, Seconds now, Effects& effects) {
  settle(config, message.address, now);
  const Binding& ours = bindings_[message.address];
  std::optional<RejectReason> reason = judge(ours, message.update, config.role, now);
  if (!reason && keeps_own(config, message, now)) reason = RejectReason::outdated;
  effects.messages.push_back(
      {.type = Message::Type::bndack, .xid = message.xid, .address = message.address, .reject = reason});
  if (!reason) {
    Binding binding = accept(ours, message.update, now);
    if (config.broken.has(Broken::times_kept)) {
      binding.acked_potential = std::max(binding.acked_potential, ours.acked_potential);
      binding.received_potential = std::max(binding.received_potential, ours.received_potential);
    }
    binding.unacked = Unacked::no;  // FO-7.1.1-03: and no update in return
    for (Slot& slot : slots_) slot.superseded |= slot.used && slot.address == message.address;
    change(config, message.address, binding, !config.broken.has(Broken::bndack_before_commit));
    asked_.pending = static_cast<std::uint8_t>(asked_.pending & ~bit(message.address));
  } else if (*reason == RejectReason::fatal_conflict && ours.unacked == Unacked::no) {
    Binding binding = ours;  // the partner does not know of our client: it is told
    binding.unacked = Unacked::queued;
    change(config, message.address, binding);
  }
}

void Endpoint::on_bndack(const Config& config, const Message& message, Seconds now) {
  for (Slot& slot : slots_) {
    if (!slot.used || slot.xid != message.xid) continue;
    slot.used = false;
    const Address address = slot.address;
    const Update& told = slot.told;
    Binding binding = bindings_[address];
    if (slot.superseded) {
      if (binding.unacked == Unacked::sent)
        binding.unacked = Unacked::queued;  // what came since is not told yet
      change(config, address, binding);
      continue;
    }
    const bool unchanged = !slot.changed;
    // What changed since is not what the partner asked for last: it is still to come before the UPDDONE
    // (7.3.2).
    if (unchanged) asked_.pending = static_cast<std::uint8_t>(asked_.pending & ~bit(address));
    if (message.reject) {
      binding.unacked = Unacked::resend;
      if (unchanged) held_ = static_cast<std::uint8_t>(held_ | bit(address));
    } else {
      if (binding.client == told.client && told.status == BindingStatus::active)
        binding.acked_potential = std::max(binding.acked_potential, told.potential_expiration);
      binding.unacked = unchanged ? Unacked::no : Unacked::queued;
      if (unchanged && binding.status == BindingStatus::active) binding.partner_has_expiration = true;
      if (unchanged && ended(binding.status)) {
        const Binding was = binding;
        binding = made_available(was, BindingStatus::free, now);  // 5.11
        if (config.broken.has(Broken::times_kept)) {
          binding.acked_potential = was.acked_potential;
          binding.received_potential = was.received_potential;
        }
      }
    }
    change(config, address, binding);
  }
}

// 7.6.2: the primary gives half of what it has. What it offers is its own no more from now on (5.4).
void Endpoint::on_poolreq(const Config& config, const Message& message, Seconds now, Choices& choices,
                          Effects& effects) {
  if (config.role != Role::primary) return;
  int mine = 0, theirs = 0;
  for (Address a = 0; a < config.addresses; ++a) {
    mine += bindings_[a].status == BindingStatus::free;
    theirs += bindings_[a].status == BindingStatus::backup;
  }
  if (state_ == State::normal)
    while (mine > theirs + 1) {
      std::uint8_t free = 0;
      for (Address a = 0; a < config.addresses; ++a)
        if (bindings_[a].status == BindingStatus::free) free = static_cast<std::uint8_t>(free | bit(a));
      const Address a = any_of(free, choices);
      Binding binding = made_available(bindings_[a], BindingStatus::backup, now);
      binding.unacked = changed_now(a);
      change(config, a, binding);
      --mine;
      ++theirs;
    }
  effects.messages.push_back({.type = Message::Type::poolresp, .xid = message.xid});
}

bool Endpoint::may_ask_for_pool(const Config& config) const {
  if (config.role != Role::secondary || state_ != State::normal || link_ != Link::ok) return false;
  int mine = 0, theirs = 0;
  for (Address a = 0; a < config.addresses; ++a) {
    mine += bindings_[a].status == BindingStatus::backup;
    theirs += bindings_[a].status == BindingStatus::free;
  }
  return theirs > mine + 1;
}

void Endpoint::ask_for_pool(const Config& config, Effects& effects) {
  if (may_ask_for_pool(config))
    effects.messages.push_back({.type = Message::Type::poolreq, .xid = next_xid_++});
}

// In which states changes are sent by themselves; in the others only in answer to an UPDREQ(ALL).
bool Endpoint::tells_changes() const {
  switch (state_) {
    case State::normal:
    case State::recover_done:
    case State::communications_interrupted:
    case State::partner_down:
    case State::conflict_done: return true;
    default: return false;
  }
}

void Endpoint::tell(const Config& config, Address address, Seconds now, Effects& effects) {
  for (Slot& slot : slots_) {
    if (slot.used) continue;
    Binding binding = bindings_[address];
    Update update;
    update.status = binding.status;
    update.client = binding.client;
    if (!available(binding))
      update.client_last_transaction = binding.client_last_transaction;  // else FO-7.1-40: MAY
    update.reserved = binding.reserved;
    if (binding.status == BindingStatus::active) {
      update.lease_expiration = binding.lease_expiration;
      // A lease that is over will not be renewed: nothing beyond it is asked for.
      const Seconds wanted = binding.lease_expiration > now
                                 ? usual_potential_expiration(now, binding.lease_expiration, config.desired)
                                 : least_potential_expiration(binding.lease_expiration);
      update.potential_expiration = std::max(binding.sent_potential, wanted);
      binding.sent_potential = update.potential_expiration;
    }
    binding.given_alone = false;  // the partner hears of it
    binding.unacked = Unacked::sent;
    change(config, address, binding);
    slot = {next_xid_++, true, false, false, address, update};
    effects.messages.push_back(
        {.type = Message::Type::bndupd, .xid = slot.xid, .address = address, .update = update});
    return;
  }
}

// Says what is owed, as far as the window allows: first what the partner asked for, in whatever order.
void Endpoint::pump(const Config& config, Seconds now, Choices& choices, Effects& effects) {
  if (link_ != Link::ok || !running_) return;
  for (Address a = 0; a < config.addresses; ++a) settle(config, a, now);
  while (std::ranges::any_of(slots_, [](const Slot& slot) { return !slot.used; })) {
    std::uint8_t asked = 0, changed = 0;
    for (Address a = 0; a < config.addresses; ++a) {
      if (in_slot(a)) continue;
      if (bindings_[a].status == BindingStatus::expired && now <= bindings_[a].lease_expiration)
        continue;
      const Unacked unacked = bindings_[a].unacked;
      if ((asked_.pending & bit(a)) != 0) asked = static_cast<std::uint8_t>(asked | bit(a));
      if (tells_changes() && (unacked == Unacked::queued || unacked == Unacked::resend) &&
          (held_ & bit(a)) == 0)
        changed = static_cast<std::uint8_t>(changed | bit(a));
    }
    if ((asked | changed) == 0) break;
    tell(config, any_of(asked != 0 ? asked : changed, choices), now, effects);
  }
  const bool flying = std::ranges::any_of(slots_, [&](const Slot& s) { return s.used; });
  if (asked_.any && asked_.pending == 0 && !flying) {
    effects.messages.push_back({.type = Message::Type::upddone, .xid = asked_.xid});
    asked_ = Asked{};
    record_.owes_all = false;
  }
}

// The binding changes: what is to become of telling the partner, now or when the BNDACK of an earlier update
// comes.
Unacked Endpoint::changed_now(Address address) {
  held_ = static_cast<std::uint8_t>(held_ & ~bit(address));  // what was rejected is not what is told now
  for (Slot& slot : slots_)
    if (slot.used && slot.address == address) {
      slot.changed = true;
      return Unacked::sent;
    }
  return Unacked::queued;
}

bool Endpoint::still_to_tell() const {
  for (Address a = 0; a < kMostAddresses; ++a)
    if (in_slot(a) || (bindings_[a].unacked != Unacked::no && (held_ & bit(a)) == 0)) return true;
  return false;
}

bool Endpoint::in_slot(Address address) const {
  return std::ranges::any_of(slots_, [&](const Slot& slot) { return slot.used && slot.address == address; });
}

const Update* Endpoint::in_flight(Address address) const {
  for (const Slot& slot : slots_)
    if (slot.used && !slot.superseded && slot.address == address) return &slot.told;
  return nullptr;
}

bool Endpoint::idle() const {
  if (asked_.any || my_request_ != Message::Type::state) return false;
  return std::ranges::all_of(slots_, [](const Slot& slot) { return !slot.used; }) &&
         std::ranges::all_of(bindings_, [](const Binding& b) { return b.unacked == Unacked::no; });
}

}  // namespace twinlease::model
