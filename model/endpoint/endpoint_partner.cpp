// What an endpoint tells its partner of its bindings, and what it makes of what it is told (7.1 to 7.7).
#include <algorithm>
#include <bit>

#include "model/endpoint/endpoint.hpp"

namespace twinlease::model {
namespace {

constexpr std::uint8_t bit(unsigned number) {
  return static_cast<std::uint8_t>(1u << number);
}

// The number of one of the bits.
Address any_of(std::uint8_t bits, Choices& choices) {
  for (int skip = choices.pick(static_cast<std::uint8_t>(std::popcount(bits))); skip > 0; --skip)
    bits = static_cast<std::uint8_t>(bits & (bits - 1));
  return static_cast<Address>(std::countr_zero(bits));
}

}  // namespace

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
  // What is left of a lost storage, or came from a backup, is no reason against what the partner knows
  //
  const Binding ours = rebuilds(config) ? Binding{} : bindings_[message.address];
  std::optional<RejectReason> reason = judge(ours, message.update, config.role, now);
  if (!reason && !rebuilds(config) && keeps_own(config, message, now)) reason = RejectReason::outdated;
  effects.messages.push_back(
      {.type = Message::Type::bndack, .xid = message.xid, .address = message.address, .reject = reason});
  if (!reason) {
    Binding binding = accept(ours, message.update, now);
    if (config.broken.has(Broken::times_kept)) {
      binding.acked_potential = std::max(binding.acked_potential, ours.acked_potential);
      binding.received_potential = std::max(binding.received_potential, ours.received_potential);
    }
    if (rebuilds(config) && binding.status == BindingStatus::active) {
      // Before the loss it may have renewed the lease for as long as this allowed.
      binding.lease_expiration = binding.latest_promise() + mclt(config);
      binding.partner_has_expiration = false;
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
      if (in_slot(a) || !may_tell(config, a, now)) continue;
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

// An end is not told in the second itself, nor, to a partner that asks for everything, before all is
// over that it may have promised without telling.
bool Endpoint::may_tell(const Config& config, Address address, Seconds now) const {
  const Binding& binding = bindings_[address];
  if (!ended(binding.status)) return true;
  if (binding.status == BindingStatus::expired && now <= binding.lease_expiration) return false;
  return !record_.owes_all || config.broken.has(Broken::loss_by_letter) ||
         now >= binding.latest_promise() + mclt(config);
}

// Lost its storage, or has that of a backup, and has not heard everything from its partner yet.
bool Endpoint::rebuilds(const Config& config) const {
  return record_.storage_lost && !config.broken.has(Broken::loss_by_letter);
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
