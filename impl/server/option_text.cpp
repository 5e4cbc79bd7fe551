#include "impl/server/option_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "impl/server/words.hpp"
#include "impl/wire/dhcp4_options.hpp"

namespace twinlease::server {
namespace {

using wire::dhcp4::OptionCode;

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

// Written by the server itself, or sent by clients alone.
bool is_setting(std::uint8_t code) {
  switch (static_cast<OptionCode>(code)) {
    case OptionCode::pad:
    case OptionCode::end:
    case OptionCode::subnet_mask:  // of the scope's subnet
    case OptionCode::requested_ip_address:
    case OptionCode::ip_address_lease_time:
    case OptionCode::option_overload:
    case OptionCode::message_type:
    case OptionCode::server_identifier:
    case OptionCode::parameter_request_list:
    case OptionCode::message:
    case OptionCode::maximum_message_size:
    case OptionCode::client_identifier:
    case OptionCode::relay_agent_information: return false;
    default: return true;
  }
}

std::string big_endian(std::uint64_t value, std::size_t octets) {
  std::string made;
  while (octets-- > 0) made.push_back(static_cast<char>(value >> (8 * octets)));
  return made;
}

std::optional<std::string> whole(std::string_view word, std::size_t octets) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size() || value >> (8 * octets) != 0)
    return std::nullopt;
  return big_endian(value, octets);
}

// RFC 1035 3.1, without compression.
std::optional<std::string> domain(std::string_view name) {
  std::string made;
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    if (dot == 0 || dot > 63) return std::nullopt;
    made.push_back(static_cast<char>(dot));
    made.append(name.substr(0, dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  made.push_back('\0');
  return made;
}

std::optional<std::string> one(OptionForm form, const std::string& word) {
  switch (form) {
    case OptionForm::addresses:
    case OptionForm::address: {
      const auto address = read_ipv4(word);
      return address ? std::optional(big_endian(address->value, 4)) : std::nullopt;
    }
    case OptionForm::text: return word.empty() ? std::nullopt : std::optional(word);
    case OptionForm::u8: return whole(word, 1);
    case OptionForm::u16: return whole(word, 2);
    case OptionForm::u32: return whole(word, 4);
    case OptionForm::flag:
      if (word == "true") return std::string(1, '\1');
      return word == "false" ? std::optional(std::string(1, '\0')) : std::nullopt;
    case OptionForm::domains: return domain(word);
    case OptionForm::octets: return std::nullopt;  // as hex only
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint8_t> option_code(std::string_view name) {
  std::uint8_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc{} && end == name.data() + name.size())
    return is_setting(number) ? std::optional(number) : std::nullopt;
  for (const wire::dhcp4::OptionSpec& spec : wire::dhcp4::all_options()) {
    const auto code = static_cast<std::uint8_t>(spec.code);
    if (lower(spec.name) == lower(name)) return is_setting(code) ? std::optional(code) : std::nullopt;
  }
  return std::nullopt;
}

OptionForm option_form(std::uint8_t code) {
  switch (static_cast<OptionCode>(code)) {
    case OptionCode::host_name:
    case OptionCode::merit_dump_file:
    case OptionCode::domain_name:
    case OptionCode::root_path:
    case OptionCode::extensions_path:
    case OptionCode::nis_domain:
    case OptionCode::netbios_scope:
    case OptionCode::vendor_class_identifier:
    case OptionCode::nis_plus_domain:
    case OptionCode::tftp_server_name:
    case OptionCode::bootfile_name:
    case OptionCode::captive_portal: return OptionForm::text;
    case OptionCode::broadcast_address:
    case OptionCode::swap_server:
    case OptionCode::router_solicitation_address: return OptionForm::address;
    case OptionCode::domain_search: return OptionForm::domains;
    case OptionCode::time_offset:
    case OptionCode::path_mtu_aging_timeout:
    case OptionCode::arp_cache_timeout:
    case OptionCode::tcp_keepalive_interval:
    case OptionCode::renewal_time:
    case OptionCode::rebinding_time:
    case OptionCode::ipv6_only_preferred: return OptionForm::u32;
    case OptionCode::interface_mtu:
    case OptionCode::boot_file_size:
    case OptionCode::max_datagram_reassembly_size: return OptionForm::u16;
    case OptionCode::default_ip_ttl:
    case OptionCode::tcp_default_ttl:
    case OptionCode::netbios_node_type:
    case OptionCode::auto_configure: return OptionForm::u8;
    case OptionCode::ip_forwarding:
    case OptionCode::non_local_source_routing:
    case OptionCode::all_subnets_local:
    case OptionCode::perform_mask_discovery:
    case OptionCode::mask_supplier:
    case OptionCode::perform_router_discovery:
    case OptionCode::trailer_encapsulation:
    case OptionCode::ethernet_encapsulation:
    case OptionCode::tcp_keepalive_garbage: return OptionForm::flag;
    default: break;
  }
  const wire::dhcp4::OptionSpec* spec = wire::dhcp4::find_option(static_cast<OptionCode>(code));
  const bool addresses = spec != nullptr && spec->length_min % 4 == 0 && spec->length_step % 4 == 0;
  return addresses ? OptionForm::addresses : OptionForm::octets;
}

std::string_view expected(OptionForm form) {
  switch (form) {
    case OptionForm::addresses: return "an address, or a list of addresses";
    case OptionForm::address: return "an address";
    case OptionForm::text: return "a text";
    case OptionForm::u8: return "a whole number from 0 to 255";
    case OptionForm::u16: return "a whole number from 0 to 65535";
    case OptionForm::u32: return "a whole number from 0 to 4294967295";
    case OptionForm::flag: return "true or false";
    case OptionForm::domains: return "a domain name, or a list of them";
    case OptionForm::octets: return "octets, \"hex:...\"";
  }
  return "";
}

std::optional<std::string> option_octets(std::uint8_t code, const std::vector<std::string>& values) {
  const OptionForm form = option_form(code);
  const bool many = form == OptionForm::addresses || form == OptionForm::domains;
  if (values.empty() || (values.size() > 1 && !many)) return std::nullopt;
  std::string octets;
  for (const std::string& value : values) {
    const auto part =
        value.starts_with("hex:") ? read_hex(std::string_view(value).substr(4)) : one(form, value);
    if (!part) return std::nullopt;
    octets += *part;
  }
  const wire::dhcp4::OptionSpec* spec = wire::dhcp4::find_option(static_cast<OptionCode>(code));
  if (spec != nullptr && !wire::dhcp4::length_allowed(*spec, octets.size())) return std::nullopt;
  return octets;
}

}  // namespace twinlease::server
