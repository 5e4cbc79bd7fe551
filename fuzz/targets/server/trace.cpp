#include "fuzz/targets/server/trace.hpp"

#include <variant>

namespace twinlease::fuzz {

using namespace core;

void Trace::number(std::uint64_t value) {
  for (int octet = 0; octet < 8; ++octet) hash_ = (hash_ ^ (value >> 8 * octet & 0xff)) * 1099511628211u;
}

void Trace::octets(wire::Octets octets) {
  number(octets.size());
  for (const std::uint8_t octet : octets) hash_ = (hash_ ^ octet) * 1099511628211u;
}

void Trace::add(const Output& output) {
  number(output.index());
  std::visit([this](const auto& each) { add(each); }, output);
}

void Trace::add(const SendDhcp& reply) {
  number(reply.destination.value);
  number(reply.port);
  octets(reply.payload);
}

void Trace::add(const SendOctets& sent) {
  number(sent.connection);
  octets(sent.octets);
}

void Trace::add(const StoreBatch& batch) {
  number(batch.batch);
  for (const Record& record : batch.records) std::visit([this](const auto& each) { add(each); }, record);
}

void Trace::add(const Event& event) {
  number(static_cast<std::uint64_t>(event.id));
  text(event.relationship);
  text(event.text);
}

void Trace::add(const Audit& audit) {
  number(static_cast<std::uint64_t>(audit.id));
  number(audit.address.value);
  text(audit.client);
  text(audit.reason);
}

void Trace::add(const Lease& lease) {
  number(lease.address.value);
  number(static_cast<std::uint64_t>(lease.status));
  number(lease.untold ? 1 : 0);
  text(lease.client.identifier);
  octets(lease.client.hardware.address());
  for (const Seconds time_s : {lease.lease_expiration_s, lease.start_time_of_state_s,
                               lease.client_last_transaction_s, lease.potential_expiration_sent_s,
                               lease.potential_expiration_acked_s, lease.potential_expiration_received_s})
    number(static_cast<std::uint64_t>(time_s));
}

void Trace::add(const RelationshipRecord& record) {
  text(record.name);
  number(static_cast<std::uint64_t>(record.state));
  number(static_cast<std::uint64_t>(record.partner_state));
  number(static_cast<std::uint64_t>(record.entered_s));
  number(static_cast<std::uint64_t>(record.last_operation_s));
  octets(record.buckets);
}

}  // namespace twinlease::fuzz
