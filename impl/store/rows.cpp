#include "impl/store/rows.hpp"

#include <algorithm>
#include <limits>

namespace twinlease::store {

using core::Lease;
using core::LeaseDetails;
using core::RelationshipRecord;
using core::State;

// REPLACE writes over the row of the same key: no other key or trigger could make it do more.
const char* const put_lease_sql =
    "REPLACE INTO lease VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)";
const char* const put_relationship_sql =
    "REPLACE INTO relationship VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)";
const char* const all_leases_sql = "SELECT * FROM lease ORDER BY address";
const char* const all_relationships_sql = "SELECT * FROM relationship ORDER BY name";

void bind(Statement& put, const Lease& lease) {
  put << lease.address.value << static_cast<int>(lease.status) << lease.reserved << lease.bootp
      << lease.untold << wire::as_octets(lease.client.identifier) << lease.client.hardware.type
      << lease.client.hardware.address() << lease.lease_expiration_s << lease.start_time_of_state_s
      << lease.client_last_transaction_s << lease.potential_expiration_sent_s
      << lease.potential_expiration_acked_s << lease.potential_expiration_received_s;
  if (const LeaseDetails* details = lease.details.get()) {
    for (const std::string* octets : {&details->host_name, &details->relay_agent_information,
                                      &details->request_options, &details->reply_options, &details->ddns})
      put << wire::as_octets(*octets);
  } else {
    for (int column = 0; column < 5; ++column) put.null();
  }
}

void bind(Statement& put, const RelationshipRecord& record) {
  put << record.name << name(record.state) << record.entered_s << name(record.partner_state)
      << record.partner_flags << record.partner_entered_s << record.last_operation_s << record.mclt_s
      << record.stored_by_stop << record.stop_saw_partner_down << record.storage_lost << record.no_record
      << record.restored << record.all_updates_owed << record.connect_sent_s << record.new_clients_from_s;
  if (record.buckets_received)
    put << wire::Octets(record.buckets);
  else
    put.null();
}

namespace {

State state_of(Row& row) {
  std::string text;
  row.octets(text);
  for (int i = 0; i < core::state_count; ++i)
    if (name(static_cast<State>(i)) == text) return static_cast<State>(i);
  row.refuse();
  return State::startup;
}

core::HardwareAddress hardware_of(Row& row) {
  core::HardwareAddress hardware;
  std::string octets;
  row.number(hardware.type, 0, UINT8_MAX);
  row.octets(octets);
  if (octets.size() > hardware.octets.size()) {
    row.refuse();
    return {};
  }
  hardware.size = static_cast<std::uint8_t>(octets.size());
  std::copy(octets.begin(), octets.end(), hardware.octets.begin());
  return hardware;
}

std::shared_ptr<const LeaseDetails> details_of(Row& row) {
  std::string host_name;
  if (!row.octets_or_null(host_name)) return nullptr;
  const auto details = std::make_shared<LeaseDetails>();
  details->host_name = std::move(host_name);
  for (std::string* octets : {&details->relay_agent_information, &details->request_options,
                              &details->reply_options, &details->ddns})
    row.octets(*octets);
  return details;
}

}  // namespace

Lease lease_of(Row& row) {
  Lease lease;
  row.number(lease.address.value, 0, UINT32_MAX);
  row.number(lease.status, 1, static_cast<int>(core::BindingStatus::backup));
  lease.reserved = row.flag();
  lease.bootp = row.flag();
  lease.untold = row.flag();
  row.octets(lease.client.identifier);
  lease.client.hardware = hardware_of(row);
  row.number(lease.lease_expiration_s);
  row.number(lease.start_time_of_state_s);
  row.number(lease.client_last_transaction_s);
  row.number(lease.potential_expiration_sent_s);
  row.number(lease.potential_expiration_acked_s);
  row.number(lease.potential_expiration_received_s);
  lease.details = details_of(row);
  return lease;
}

RelationshipRecord relationship_of(Row& row) {
  RelationshipRecord record;
  row.octets(record.name);
  record.state = state_of(row);
  row.number(record.entered_s);
  record.partner_state = state_of(row);
  row.number(record.partner_flags, 0, UINT8_MAX);
  row.number(record.partner_entered_s);
  row.number(record.last_operation_s);
  row.number(record.mclt_s, 0, UINT32_MAX);
  record.stored_by_stop = row.flag();
  record.stop_saw_partner_down = row.flag();
  record.storage_lost = row.flag();
  record.no_record = row.flag();
  record.restored = row.flag();
  record.all_updates_owed = row.flag();
  row.number(record.connect_sent_s);
  row.number(record.new_clients_from_s);
  std::string buckets;
  record.buckets_received = row.octets_or_null(buckets);
  if (record.buckets_received && buckets.size() != record.buckets.size())
    row.refuse();
  else
    std::ranges::copy(buckets, record.buckets.begin());
  return record;
}

}  // namespace twinlease::store
