#include "impl/store/testing/records.hpp"

#include <limits>
#include <memory>
#include <sstream>

namespace twinlease::store::testing {

using core::Lease;
using core::LeaseDetails;
using core::Record;
using core::RelationshipRecord;
using core::Seconds;
using core::State;

namespace {

void put(std::ostream& out, const std::string& octets) {
  static constexpr char digits[] = "0123456789abcdef";
  for (const unsigned char octet : octets) out << digits[octet >> 4] << digits[octet & 15];
  out << ' ';
}

void put(std::ostream& out, const Lease& lease) {
  const core::HardwareAddress& hardware = lease.client.hardware;
  out << lease.address.value << ' ' << name(lease.status) << " reserved " << lease.reserved << " bootp "
      << lease.bootp << " untold " << lease.untold << " client ";
  put(out, lease.client.identifier);
  out << int{hardware.type} << ' ' << int{hardware.size} << ' ';
  put(out, std::string(hardware.octets.begin(), hardware.octets.end()));
  for (const Seconds time : {lease.lease_expiration_s, lease.start_time_of_state_s,
                             lease.client_last_transaction_s, lease.potential_expiration_sent_s,
                             lease.potential_expiration_acked_s, lease.potential_expiration_received_s})
    out << time << ' ';
  if (const LeaseDetails* details = lease.details.get()) {
    out << "details ";
    for (const std::string* octets : {&details->host_name, &details->relay_agent_information,
                                      &details->request_options, &details->reply_options, &details->ddns})
      put(out, *octets);
  }
}

void put(std::ostream& out, const RelationshipRecord& record) {
  out << record.name << ' ' << name(record.state) << ' ' << record.entered_s << " partner "
      << name(record.partner_state) << ' ' << int{record.partner_flags} << ' ' << record.partner_entered_s
      << ' ' << record.last_operation_s << " mclt " << record.mclt_s << " flags " << record.stored_by_stop
      << record.stop_saw_partner_down << record.storage_lost << record.no_record << record.restored
      << record.all_updates_owed << record.buckets_received << " connect " << record.connect_sent_s
      << " new clients " << record.new_clients_from_s << ' ';
  put(out, std::string(record.buckets.begin(), record.buckets.end()));
}

template <class T>
T any() {
  return *rc::gen::arbitrary<T>();
}

std::string any_octets(int most) {
  const auto size = *rc::gen::inRange<std::size_t>(0, static_cast<std::size_t>(most) + 1);
  return *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
}

Seconds any_time() {
  return *rc::gen::weightedOneOf<Seconds>(
      {{1, rc::gen::just<Seconds>(0)},
       {4, rc::gen::inRange<Seconds>(1'700'000'000, 1'900'000'000)},
       {1, rc::gen::element<Seconds>(-1, std::numeric_limits<Seconds>::max(),
                                     std::numeric_limits<Seconds>::min())}});
}

State any_state() {
  return static_cast<State>(*rc::gen::inRange(0, core::state_count));
}

core::HardwareAddress any_hardware() {
  core::HardwareAddress hardware;
  hardware.type = any<std::uint8_t>();
  hardware.size = *rc::gen::inRange<std::uint8_t>(0, 17);
  for (int i = 0; i < hardware.size; ++i) hardware.octets[static_cast<std::size_t>(i)] = any<std::uint8_t>();
  return hardware;
}

Lease any_lease() {
  Lease lease;
  lease.address.value = *rc::gen::weightedElement<std::uint32_t>(
      {{3, 0x0a4d0101}, {3, 0x0a4d0102}, {2, 0x0a4d0103}, {1, 0}, {1, 0xffffffff}});
  lease.status = static_cast<core::BindingStatus>(*rc::gen::inRange(1, 8));
  lease.reserved = any<bool>();
  lease.bootp = any<bool>();
  lease.untold = any<bool>();
  lease.client.identifier = any_octets(20);
  lease.client.hardware = any_hardware();
  for (Seconds* time : {&lease.lease_expiration_s, &lease.start_time_of_state_s,
                        &lease.client_last_transaction_s, &lease.potential_expiration_sent_s,
                        &lease.potential_expiration_acked_s, &lease.potential_expiration_received_s})
    *time = any_time();
  if (any<bool>()) return lease;
  const auto details = std::make_shared<LeaseDetails>();
  for (std::string* octets : {&details->host_name, &details->relay_agent_information,
                              &details->request_options, &details->reply_options, &details->ddns})
    *octets = any_octets(*rc::gen::weightedElement<int>({{9, 10}, {1, 3000}}));
  lease.details = details;
  return lease;
}

RelationshipRecord any_relationship() {
  RelationshipRecord record;
  record.name = *rc::gen::element<std::string>("south", "north", "");
  record.state = any_state();
  record.partner_state = any_state();
  record.partner_flags = any<std::uint8_t>();
  for (Seconds* time : {&record.entered_s, &record.partner_entered_s, &record.last_operation_s,
                        &record.connect_sent_s, &record.new_clients_from_s})
    *time = any_time();
  record.mclt_s = any<std::uint32_t>();
  for (bool* flag : {&record.stored_by_stop, &record.stop_saw_partner_down, &record.storage_lost,
                     &record.no_record, &record.restored, &record.all_updates_owed, &record.buckets_received})
    *flag = any<bool>();
  if (record.buckets_received)
    for (std::uint8_t& octet : record.buckets) octet = any<std::uint8_t>();
  return record;
}

}  // namespace

std::string text_of(const Record& record) {
  std::ostringstream out;
  std::visit([&out](const auto& value) { put(out, value); }, record);
  return out.str();
}

std::vector<std::string> texts_of(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const Record& record : records) out.push_back(text_of(record));
  return out;
}

rc::Gen<Record> any_record() {
  return rc::gen::exec([]() -> Record {
    if (*rc::gen::inRange(0, 4) == 0) return any_relationship();
    return any_lease();
  });
}

rc::Gen<std::vector<core::StoreBatch>> any_batches() {
  return rc::gen::exec([] {
    std::vector<core::StoreBatch> batches(*rc::gen::inRange<std::size_t>(1, 12));
    for (std::size_t i = 0; i < batches.size(); ++i) {
      batches[i].batch = i + 1;
      const auto records = *rc::gen::inRange<std::size_t>(0, 4);
      for (std::size_t j = 0; j < records; ++j) batches[i].records.push_back(*any_record());
    }
    return batches;
  });
}

Lease lease_at(std::uint32_t address, Seconds start_time_of_state_s) {
  Lease lease;
  lease.address.value = address;
  lease.status = core::BindingStatus::active;
  lease.client.identifier = "client " + std::to_string(address);
  lease.start_time_of_state_s = start_time_of_state_s;
  return lease;
}

}  // namespace twinlease::store::testing
