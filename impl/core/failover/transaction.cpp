#include "impl/core/failover/transaction.hpp"

#include <algorithm>
#include <array>

#include "impl/wire/embedded_options.hpp"

namespace twinlease::core {

namespace {

using wire::BindingUpdate;
using wire::Dialect;
using wire::OptionCode;
using wire::StatusEncoding;

constexpr std::uint32_t no_end = 0xffffffff;
constexpr std::size_t scope_octets = 4;  // before htype, where the dialect has them

// MS-DHCPF 3.1.4.2: bits 0 and 1 of a lease's status, the values of a pool move, and IP-flags.
namespace microsoft {
constexpr std::uint8_t state_bits = 0x3, active = 0x1, declined = 0x2, doomed = 0x3;
constexpr std::uint8_t free = 0x1, backup = 0x2, backup_update = 0x6;
constexpr std::uint16_t deleted = 0x1, released = 0x2, deleted_comm_down = 0x4;
}  // namespace microsoft

std::optional<std::uint32_t> wire_time(Seconds time_s) {
  if (time_s <= 0) return std::nullopt;
  return static_cast<std::uint32_t>(std::min<Seconds>(time_s, no_end));
}
Seconds local_time(std::optional<std::uint32_t> time_s, Seconds partner_clock_s) {
  if (!time_s || *time_s == 0) return 0;
  return *time_s == no_end ? no_end : std::max<Seconds>(1, *time_s + partner_clock_s);
}

std::optional<wire::Octets> octets_of(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(wire::as_octets(text));
}

// A reserved address is FREE for the primary and goes to the secondary as BACKUP (5.13).
BindingStatus status_sent(const Lease& lease, Role sender) {
  const bool shared = sender == Role::primary && lease.reserved && lease.status == BindingStatus::free;
  return shared ? BindingStatus::backup : lease.status;
}

struct Encoding {
  std::uint8_t status = 0;
  std::uint16_t ip_flags = 0;
  bool client = false;  // appears
};

Encoding encode_draft(const Lease& lease, BindingStatus status) {
  Encoding e;
  e.status = static_cast<std::uint8_t>(status);
  if (lease.reserved) e.ip_flags |= wire::ip_flag_reserved;
  if (lease.bootp) e.ip_flags |= wire::ip_flag_bootp;
  e.client = status != BindingStatus::abandoned && !lease.client.none();
  return e;
}

// 12.3 has more statuses than there are codes here: what is over is doomed, ABANDONED is declined. Without a
// client the same numbers would move the address between the pools.
Encoding encode_microsoft(BindingStatus status) {
  switch (status) {
    case BindingStatus::free: return {microsoft::free, 0, false};
    case BindingStatus::backup: return {microsoft::backup, 0, false};
    case BindingStatus::active: return {microsoft::active, 0, true};
    case BindingStatus::released: return {microsoft::doomed, microsoft::released, true};
    case BindingStatus::abandoned: return {microsoft::declined, 0, true};
    case BindingStatus::expired:
    case BindingStatus::reset: break;
  }
  return {microsoft::doomed, microsoft::deleted, true};
}

class HardwareOctets {
 public:
  HardwareOctets(const HardwareAddress& hardware, const TransactionContext& context) {
    wire::OctetWriter out(octets_);
    if (context.dialect->hardware_address_has_scope) out.u32(context.scope->subnet.value);
    out.u8(hardware.type);
    out.put(hardware.address());
    size_ = out.size();
  }
  wire::Octets octets() const { return wire::Octets(octets_).first(size_); }

 private:
  std::array<std::uint8_t, scope_octets + 1 + 16> octets_{};
  std::size_t size_ = 0;
};

// Table 7.1.1-2: host-name and what a relay agent added, unless the options came ready from the partner.
std::string request_options(const LeaseDetails& details) {
  if (!details.request_options.empty()) return details.request_options;
  std::array<std::uint8_t, wire::message_length_max> buffer;
  wire::EmbeddedDhcpWriter out(buffer);
  const auto put = [&out](wire::dhcp4::OptionCode code, const std::string& value) {
    if (!value.empty()) out.option(code, wire::as_octets(value));
  };
  put(wire::dhcp4::OptionCode::host_name, details.host_name);
  put(wire::dhcp4::OptionCode::relay_agent_information, details.relay_agent_information);
  const auto finished = out.finish();
  const auto* octets = std::get_if<wire::Octets>(&finished);
  return out.empty() || !octets ? std::string() : std::string(wire::as_text(*octets));
}

std::vector<std::uint8_t> octets_written(const BindingUpdate& update, const TransactionContext& context) {
  std::array<std::uint8_t, wire::message_length_max> buffer;
  wire::MessageWriter writer(buffer, wire::MessageType::bndupd, 0, 0, *context.dialect);
  wire::write(writer, update, *context.dialect);
  if (context.dialect->microsoft_options) {
    const int length = context.scope->prefix_length;
    writer.u32(OptionCode::ms_client_subnet_mask, length == 0 ? 0 : ~std::uint32_t{0} << (32 - length));
  }
  const auto finished = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&finished);
  if (!octets) return {};
  return {octets->begin() + wire::fixed_header_octets, octets->end()};
}

std::optional<BindingStatus> decode_microsoft(const BindingUpdate& update) {
  const std::uint8_t status = *update.binding_status;
  const std::uint16_t flags = update.ip_flags.value_or(0);
  const bool has_client = update.client_hardware_address || update.client_identifier;
  if ((flags & microsoft::released) != 0) return BindingStatus::released;
  if ((flags & microsoft::deleted_comm_down) != 0) return BindingStatus::expired;
  if (!has_client) {
    if (status == 0 || status > microsoft::backup_update || status == microsoft::doomed) return std::nullopt;
    const bool to_secondary = status == microsoft::backup || status == microsoft::backup_update;
    return to_secondary ? BindingStatus::backup : BindingStatus::free;
  }
  const std::uint8_t bits = status & microsoft::state_bits;
  return bits == microsoft::doomed || bits == microsoft::declined ? BindingStatus::expired
                                                                  : BindingStatus::active;
}

std::optional<BindingStatus> decode_status(const BindingUpdate& update, const Dialect& dialect) {
  if (!update.binding_status) return std::nullopt;
  if (dialect.status_encoding == StatusEncoding::microsoft_bits) return decode_microsoft(update);
  if (*update.binding_status < 1 || *update.binding_status > 7) return std::nullopt;
  return static_cast<BindingStatus>(*update.binding_status);
}

// false: not an address that RFC 2131 has room for.
bool decode_client(const BindingUpdate& update, const Dialect& dialect, Client& client) {
  if (update.client_identifier) client.identifier = wire::as_text(*update.client_identifier);
  if (!update.client_hardware_address) return true;
  wire::Octets octets = *update.client_hardware_address;
  const std::size_t before = dialect.hardware_address_has_scope ? scope_octets : 0;
  if (octets.size() < before + 1 || octets.size() > before + 1 + client.hardware.octets.size()) return false;
  octets = octets.subspan(before);
  client.hardware.type = octets[0];
  client.hardware.size = static_cast<std::uint8_t>(octets.size() - 1);
  std::copy(octets.begin() + 1, octets.end(), client.hardware.octets.begin());
  return true;
}

// 7.1.4: what is of interest here. Options whose form is wrong are not understood, and not passed on.
std::shared_ptr<const LeaseDetails> decode_details(const BindingUpdate& update) {
  if (!update.client_request_options && !update.client_reply_options && !update.ddns) return nullptr;
  auto details = std::make_shared<LeaseDetails>();
  const auto understood = [](wire::Octets octets) {
    return wire::read_embedded_dhcp_options({.code = 0, .offset = 0, .value = octets});
  };
  if (update.client_reply_options && understood(*update.client_reply_options).index() == 0)
    details->reply_options = wire::as_text(*update.client_reply_options);
  if (update.ddns) details->ddns = wire::as_text(*update.ddns);
  if (!update.client_request_options) return details;

  const auto request = understood(*update.client_request_options);
  const auto* embedded = std::get_if<wire::EmbeddedDhcpOptions>(&request);
  if (!embedded) return details;
  details->request_options = wire::as_text(*update.client_request_options);
  for (const auto& option : embedded->options) {
    if (option.code == wire::dhcp4::OptionCode::host_name) details->host_name += wire::as_text(option.value);
    if (option.code == wire::dhcp4::OptionCode::relay_agent_information)
      details->relay_agent_information += wire::as_text(option.value);
  }
  return details;
}

bool complete(const Lease& lease, const BindingUpdate& update) {
  if (lease.status != BindingStatus::active) return true;
  return !lease.client.none() && update.lease_expiration_time_s &&
         update.potential_expiration_time_s;
}

}  // namespace

std::vector<std::uint8_t> encode_transaction(const Lease& lease, const TransactionContext& context) {
  const BindingStatus status = status_sent(lease, context.sender);
  const bool draft = context.dialect->status_encoding == StatusEncoding::draft_enum;
  const Encoding encoding = draft ? encode_draft(lease, status) : encode_microsoft(status);

  BindingUpdate update;
  update.address = lease.address;
  update.binding_status = encoding.status;
  if (encoding.ip_flags != 0 || !draft) update.ip_flags = encoding.ip_flags;
  if (draft || encoding.client) update.start_time_of_state_s = wire_time(lease.start_time_of_state_s);
  const HardwareOctets hardware(lease.client.hardware, context);
  if (encoding.client) {
    update.client_identifier = octets_of(lease.client.identifier);
    if (!draft || lease.client.hardware.size > 0) update.client_hardware_address = hardware.octets();
    update.client_last_transaction_time_s = wire_time(lease.client_last_transaction_s);
  }
  if (status == BindingStatus::active) {
    update.lease_expiration_time_s = wire_time(lease.lease_expiration_s).value_or(0);
    update.potential_expiration_time_s = wire_time(lease.potential_expiration_sent_s).value_or(0);
  }
  if (!lease.details || !encoding.client) return octets_written(update, context);

  const BindingUpdate without_details = update;
  const std::string request = request_options(*lease.details);
  const bool asked = status == BindingStatus::active || status == BindingStatus::released;
  if (asked) update.client_request_options = octets_of(request);
  if (status == BindingStatus::active) update.client_reply_options = octets_of(lease.details->reply_options);
  update.ddns = octets_of(lease.details->ddns);
  std::vector<std::uint8_t> octets = octets_written(update, context);
  const bool fits = !octets.empty() && octets.size() <= transactions_octets_max;
  return fits ? octets : octets_written(without_details, context);
}

std::optional<Lease> decode_transaction(const BindingUpdate& update, const Dialect& dialect,
                                        Seconds partner_clock_s, const Lease& own) {
  const std::optional<BindingStatus> status = decode_status(update, dialect);
  if (!status) return std::nullopt;
  Lease lease;
  lease.address = own.address;
  lease.status = *status;
  if (dialect.status_encoding == StatusEncoding::draft_enum) {
    const std::uint16_t flags = update.ip_flags.value_or(0);
    lease.reserved = (flags & wire::ip_flag_reserved) != 0;
    lease.bootp = (flags & wire::ip_flag_bootp) != 0;
  }
  const bool may_have_client = *status != BindingStatus::abandoned;
  if (may_have_client && !decode_client(update, dialect, lease.client)) return std::nullopt;
  lease.lease_expiration_s = local_time(update.lease_expiration_time_s, partner_clock_s);
  lease.potential_expiration_received_s = local_time(update.potential_expiration_time_s, partner_clock_s);
  lease.start_time_of_state_s = local_time(update.start_time_of_state_s, partner_clock_s);
  lease.client_last_transaction_s = local_time(update.client_last_transaction_time_s, partner_clock_s);
  if (dialect.release_ends_lease && *status == BindingStatus::released)
    lease.client_last_transaction_s = std::max(lease.client_last_transaction_s, lease.lease_expiration_s);
  lease.details = decode_details(update);
  if (!complete(lease, update)) return std::nullopt;
  return lease;
}

}  // namespace twinlease::core
