// Every field of an endpoint, for those who need all of them: the packer and the normal form.
#pragma once

#include <algorithm>
#include <span>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

struct Fields {
  // Forgets what no rule will ever read again, so that worlds that differ in it alone are one.
  static void forget_dead(Endpoint&, const Config&, Seconds now);
  static void forget_dead(Binding&, const Config&, Seconds now);

  // Numbers the requests under way on the connection anew, in their order: xids are only compared for
  // equality. `mark` is told of each field that is not what it was.
  template <class Mark>
  static void renumber(World&, Side, const Mark& mark);

  // Every time, by reference, together with those that it is compared with.
  template <class Visit>
  static void lease_times(World& world, Address address, const Visit& visit) {
    each_binding(world, address, [&](Binding& binding) { visit(binding.lease_expiration); });
    each_update(world, address, [&](Update& update) { visit(update.lease_expiration); });
  }
  template <class Visit>
  static void transaction_times(World& world, Address address, const Visit& visit) {
    const auto set = [&](std::optional<Seconds>& time) {
      if (time) visit(*time);
    };
    each_binding(world, address, [&](Binding& binding) { set(binding.client_last_transaction); });
    each_update(world, address, [&](Update& update) { set(update.client_last_transaction); });
  }
  template <class Visit>
  static void state_times(Endpoint& endpoint, const Visit& visit) {
    visit(endpoint.record_.since);
    visit(endpoint.record_.last_operation);
  }
  template <class Visit>
  static void waits(Endpoint& endpoint, int addresses, const Visit& visit) {
    for (auto* bindings : {&endpoint.bindings_, &endpoint.disk_})
      for (Binding& binding : std::span(bindings->data(), static_cast<std::size_t>(addresses)))
        for (Seconds* time : {&binding.sent_potential, &binding.acked_potential, &binding.received_potential,
                              &binding.start_of_state})
          visit(*time);
    for (Endpoint::Slot& slot : endpoint.slots_) visit(slot.told.potential_expiration);
    visit(endpoint.failure_);
    visit(endpoint.record_.no_new_before);
  }

  // All fields in one order, for an archive that writes them, or reads them into a new Endpoint.
  template <class Archive>
  static void all(Archive& archive, Endpoint& endpoint) {
    archive.flag(endpoint.running_);
    record(archive, endpoint.record_);
    bool same = std::equal(endpoint.bindings_.begin(), endpoint.bindings_.begin() + archive.addresses(),
                           endpoint.disk_.begin());
    archive.flag(same);
    for (int at = 0; at < archive.addresses(); ++at) {
      const Address a = archive.address_at(at);
      binding(archive, endpoint.bindings_[a]);
      if (!same) binding(archive, endpoint.disk_[a]);
    }
    if (same) endpoint.disk_ = endpoint.bindings_;
    if (!endpoint.running_) return;
    archive.bits(endpoint.state_, 4);
    if (endpoint.state_ == State::startup) archive.bits(endpoint.previous_, 4);
    archive.time(endpoint.failure_);
    archive.flag(endpoint.mclt_expired_);
    archive.flag(endpoint.first_time_);
    archive.bits(endpoint.link_, 2);
    if (endpoint.link_ != Link::none) connection(archive, endpoint);
  }

 private:
  template <class Visit>
  static void each_binding(World& world, Address address, const Visit& visit) {
    const auto both = [&](Endpoint& endpoint) {
      visit(endpoint.bindings_[address]);
      visit(endpoint.disk_[address]);
    };
    for (Endpoint& endpoint : world.endpoint) both(endpoint);
    if (world.backup.any()) both(world.backup.storage());
  }
  template <class Visit>
  static void each_update(World& world, Address address, const Visit& visit) {
    for (Endpoint& endpoint : world.endpoint)
      for (Endpoint::Slot& slot : endpoint.slots_)
        if (slot.used && slot.address == address) visit(slot.told);
    for (Channel& channel : world.to)
      for (Message& message : channel)
        if (message.type == Message::Type::bndupd && message.address == address) visit(message.update);
  }

  template <class Archive>
  static void record(Archive& archive, Record& record) {
    archive.flag(record.any);
    archive.bits(record.state, 4);
    for (bool* mark : {&record.by_stop, &record.saw_partner_down, &record.storage_lost, &record.no_record,
                       &record.restored, &record.owes_all})
      archive.flag(*mark);
    archive.time(record.since);
    archive.time(record.last_operation);
    archive.time(record.no_new_before);
    archive.bits(record.mclt, 2);
  }
  template <class Archive>
  static void binding(Archive& archive, Binding& binding) {
    archive.bits(binding.status, 3);
    archive.client(binding.client);
    archive.bits(binding.unacked, 2);
    archive.time(binding.acked_potential);
    archive.time(binding.received_potential);
    if (available(binding)) return;
    archive.time(binding.lease_expiration);
    archive.time(binding.sent_potential);
    archive.time(binding.start_of_state);
    archive.time(binding.client_last_transaction);
    archive.flag(binding.partner_has_expiration);
    archive.flag(binding.given_alone);
  }
  template <class Archive>
  static void connection(Archive& archive, Endpoint& endpoint) {
    if (endpoint.link_ == Link::ok) {
      archive.bits(endpoint.partner_, 4);
      archive.flag(endpoint.partner_startup_);
    }
    archive.bits(endpoint.said_, 4);
    archive.flag(endpoint.said_startup_);
    archive.bits(endpoint.my_request_, 3);
    if (endpoint.asks()) archive.bits(endpoint.my_xid_, 3);
    archive.bits(endpoint.next_xid_, 4);
    for (Endpoint::Slot& slot : endpoint.slots_) {
      archive.flag(slot.used);
      if (!slot.used) continue;
      archive.bits(slot.xid, 3);
      archive.flag(slot.superseded);
      archive.flag(slot.changed);
      archive.address(slot.address);
      archive.bits(slot.told.status, 3);
      archive.client(slot.told.client);
      archive.time(slot.told.lease_expiration);
      archive.time(slot.told.potential_expiration);
      archive.time(slot.told.client_last_transaction);
    }
    archive.flag(endpoint.asked_.any);
    if (endpoint.asked_.any) {
      archive.bits(endpoint.asked_.xid, 3);
      archive.mask(endpoint.asked_.pending);
    }
    archive.mask(endpoint.held_);
  }
};

}  // namespace twinlease::model::explore
