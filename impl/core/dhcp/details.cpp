#include "impl/core/dhcp/details.hpp"

#include <array>
#include <utility>

#include "impl/core/dhcp/reply.hpp"
#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/embedded_options.hpp"

namespace twinlease::core {
namespace {

using wire::dhcp4::OptionCode;

// Table 7.1.1-2
constexpr OptionCode interesting[] = {OptionCode::host_name,
                                      OptionCode::client_fqdn,
                                      OptionCode::relay_agent_information,
                                      OptionCode::user_class,
                                      OptionCode::vendor_class_identifier,
                                      OptionCode::subnet_selection};

// 12.7 and 12.8: magic number and options; empty: no option.
std::string embedded(const wire::EmbeddedDhcpWriter& writer) {
  const auto finished = writer.finish();
  const auto* octets = std::get_if<Octets>(&finished);
  return octets == nullptr || writer.empty() ? std::string() : std::string(wire::as_text(*octets));
}

// A BNDUPD has 2048 octets for everything (6.1): what a client or relay adds to it is bounded, and an option
// for which there is no room stays out.
constexpr std::size_t request_options_max = 512;

std::string request_options(const Request& request, const std::string& relay) {
  std::array<std::uint8_t, request_options_max> buffer{};
  wire::EmbeddedDhcpWriter writer(buffer);
  std::size_t room = buffer.size() - wire::dhcp4::cookie_octets;
  const auto take = [&room](std::size_t octets) {
    const bool fits = octets <= room;
    if (fits) room -= octets;
    return fits;
  };
  for (const OptionCode code : interesting) {
    const auto value = request.octets.option(code);
    if (value && take(value->size() + 2 * value->fragment_count()))
      writer.copy(*value);
    else if (!value && code == OptionCode::relay_agent_information && !relay.empty() &&
             take(relay.size() + 2 * (relay.size() / 255 + 1)))
      writer.option(code, wire::as_octets(relay));
  }
  return embedded(writer);
}

// Table 7.1.1-3
std::string reply_options(std::int64_t lease_s) {
  std::array<std::uint8_t, 16> buffer{};
  wire::EmbeddedDhcpWriter writer(buffer);
  for (const auto& [code, value] : {std::pair(OptionCode::renewal_time, renewal_s(lease_s)),
                                    std::pair(OptionCode::rebinding_time, rebinding_s(lease_s))}) {
    std::array<std::uint8_t, 4> octets{};
    wire::OctetWriter(octets).u32(static_cast<std::uint32_t>(value));
    writer.option(code, octets);
  }
  return embedded(writer);
}

}  // namespace

std::shared_ptr<const LeaseDetails> details_of(const Request& request, std::int64_t lease_s,
                                               const std::shared_ptr<const LeaseDetails>& before) {
  LeaseDetails details = before ? *before : LeaseDetails();
  if (wire::dhcp4::host_name(request.octets))
    details.host_name = *option_octets(request.octets, OptionCode::host_name);
  if (auto relay = option_octets(request.octets, OptionCode::relay_agent_information);
      relay && relay->size() <= request_options_max)
    details.relay_agent_information = std::move(*relay);
  details.request_options = request_options(request, details.relay_agent_information);
  details.reply_options = reply_options(lease_s);
  if (before && details == *before) return before;
  return details == LeaseDetails() ? nullptr : std::make_shared<const LeaseDetails>(std::move(details));
}

}  // namespace twinlease::core
