#include <algorithm>
#include <array>

#include "fuzz/seeds/seeds.hpp"
#include "fuzz/targets/target.hpp"
#include "impl/wire/dhcp4_writer.hpp"
#include "impl/wire/digest.hpp"
#include "impl/wire/embedded_options.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/option_table.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
using Buffer = std::array<std::uint8_t, message_length_max>;
constexpr std::uint32_t time_s = 0x6a0219f3;  // 2026
constexpr std::array digest_schemes = {DigestScheme::first_hmac_zeroed, DigestScheme::first_hmac_prior,
                                       DigestScheme::first_concat_zeroed, DigestScheme::trailing_hmac};

// The shortest value that section 12 allows; of an open length, one that says something.
Bytes value_of(const OptionSpec& s) {
  switch (s.form) {
    case Form::dhcp_options: return {99, 130, 83, 99, 53, 1, 3, 12, 2, 'p', 'c'};
    case Form::failover_options: return {0, 13, 0, 4, 0, 0, 0, 9};
    case Form::ddns: return {0, 5, 2, 'p', 'c', 3, 'l', 'a', 'n', 0};
    case Form::text: return {'f', 'o', '-', 'p', 'a', 'i', 'r'};
    case Form::utf16le: return {'p', 0, 'c', 0, 0, 0};
    case Form::hardware: return {1, 2, 0, 0, 0, 0, 1};
    case Form::time: return {0x6a, 2, 0x1a, 0};
    case Form::ipv4: return {10, 77, 1, 1};
    default: break;
  }
  Bytes value(s.length_min);
  value.back() = 2;
  return value;
}

template <class Put>
Bytes message(MessageType type, const Dialect& dialect, std::uint32_t xid, Put put) {
  Buffer buffer;
  MessageWriter writer(buffer, type, time_s, xid, dialect);
  put(writer);
  const auto written = writer.finish();
  return wire::testing::bytes_of(Octets(std::get<std::span<std::uint8_t>>(written)));
}

bool is_batched(MessageType type) {
  return type == MessageType::bndupd || type == MessageType::bndack;
}

// Every type with every option, and without any; dialects and xids in turn.
void add_options(Seeds& out) {
  std::uint32_t xid = 0;
  for (int type = 1; type <= 12; ++type) {
    for (std::size_t option = 0; option <= all_options().size(); ++option, ++xid) {
      const Dialect& dialect = *all_dialects()[xid % all_dialects().size()];
      const OptionSpec* s = option == 0 ? nullptr : &all_options()[option - 1];
      const std::string name =
          "type-" + std::to_string(type) + "-option-" + std::to_string(s == nullptr ? 0 : s->code);
      out.push_back({name, message(MessageType(type), dialect, xid, [&](MessageWriter& writer) {
                       if (is_batched(MessageType(type)) && s != nullptr && s->code != 2)
                         writer.ipv4(OptionCode::assigned_ip_address, {0x0a4d0101});
                       if (s != nullptr) writer.option(s->code, value_of(*s));
                     })});
    }
  }
}

// As many transactions as the number, with all the options of an address.
void add_batches(Seeds& out) {
  for (const Dialect* dialect : all_dialects())
    for (std::uint32_t count : {1u, 2u, 5u, 12u}) {
      const auto put = [&](MessageWriter& writer) {
        for (std::uint32_t n = 0; n < count; ++n)
          for (const OptionSpec& s : all_options())
            if (s.per_address && find_option(s.code, *dialect) != nullptr && (count < 12 || s.code < 7))
              writer.option(s.code, value_of(s));
      };
      const std::string name = "batch-" + std::string(dialect->name) + "-" + std::to_string(count);
      out.push_back({name, message(MessageType::bndupd, *dialect, count * 4 + 1, put)});
    }
}

// STATE, signed with the shared secret, by every type and scheme; xid makes the digest target choose them
// too.
void add_signed(Seeds& out) {
  const OptionSpec& state = spec(OptionCode::server_state);
  for (std::uint32_t type = 0; type < 2; ++type)
    for (std::uint32_t scheme = 0; scheme < digest_schemes.size(); ++scheme) {
      const DigestType digest_type = type == 0 ? DigestType::hmac_md5 : DigestType::hmac_sha256;
      Bytes room(1 + digest_octets(digest_type));
      room[0] = static_cast<std::uint8_t>(digest_type);
      const bool last = digest_schemes[scheme] == DigestScheme::trailing_hmac;
      Bytes octets = message(MessageType::state, draft_12, scheme * 2 + type, [&](MessageWriter& writer) {
        if (!last) writer.octets(OptionCode::message_digest, room);
        writer.octets(OptionCode::server_state, value_of(state));
        if (last) writer.octets(OptionCode::message_digest, room);
      });
      sign(octets, as_octets(shared_secret), digest_type, digest_schemes[scheme]);
      out.push_back({"signed-" + std::to_string(type + 1) + "-" + std::to_string(scheme), octets});
    }
}

// Pairs of messages, a message that is not whole, lengths out of bounds.
Seeds streams() {
  Seeds messages, out;
  add_options(messages);
  for (std::size_t i = 0; i + 1 < messages.size(); i += 7) {
    Bytes both = messages[i].octets;
    both.insert(both.end(), messages[i + 1].octets.begin(), messages[i + 1].octets.end());
    out.push_back({"pair-" + std::to_string(i), both});
    if (i % 2 == 0) both.pop_back();
    for (std::uint8_t octet : {std::uint8_t(i), std::uint8_t(i % 13)}) both.push_back(octet);
    out.push_back({"pair-and-more-" + std::to_string(i), both});
  }
  return out;
}

dhcp4::Header discover_header() {
  static constexpr std::array<std::uint8_t, 6> address = {2, 0, 0, 0, 0, 1};
  dhcp4::Header header;
  header.xid = 0x3903f326;
  header.flags = dhcp4::broadcast_flag;
  header.giaddr = {0x0a4d0001};
  header.chaddr = address;
  return header;
}

Bytes datagram(dhcp4::MessageType type, dhcp4::OptionCode code, Octets value) {
  std::array<std::uint8_t, 1472> buffer;
  dhcp4::Writer writer(buffer, discover_header());
  writer.message_type(type);
  writer.option(code, value);
  const auto written = writer.finish();
  return wire::testing::bytes_of(Octets(std::get<std::span<std::uint8_t>>(written)));
}

// Every option of the table, some longer than one fragment; options in one to three fields.
Seeds datagrams() {
  Seeds out;
  for (const dhcp4::OptionSpec& s : dhcp4::all_options()) {
    const auto type = dhcp4::MessageType(1 + out.size() % 13);
    const std::string code = std::to_string(static_cast<unsigned>(s.code));
    const Bytes shortest(s.length_min, 1);
    out.push_back({"option-" + code, datagram(type, s.code, shortest)});
    if (s.length_max > 600 && out.size() % 3 == 0)
      out.push_back({"option-" + code + "-long", datagram(type, s.code, Bytes(300, 7))});
  }
  for (std::uint8_t overload : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    Bytes octets =
        datagram(dhcp4::MessageType::ack, dhcp4::OptionCode::option_overload, Octets(&overload, 1));
    const Bytes file = {51, 4, 0, 0, 14, 16, 12, 2, 'p', 'c', 255}, sname = {12, 3, 'l', 'a', 'n', 0, 255};
    std::copy(file.begin(), file.end(), octets.begin() + dhcp4::file_offset);
    std::copy(sname.begin(), sname.end(), octets.begin() + dhcp4::sname_offset);
    out.push_back({"overload-" + std::to_string(overload), octets});
  }
  const Bytes relay = {1, 4, 'e', 't', 'h', '0', 2, 4, 'r', 'e', 'm', '1', 5, 4, 10, 77, 0, 0};
  out.push_back(
      {"relay", datagram(dhcp4::MessageType::discover, dhcp4::OptionCode::relay_agent_information, relay)});
  return out;
}

Seeds values_with_options() {
  Seeds out;
  std::array<std::uint8_t, 512> buffer;
  for (const dhcp4::OptionSpec& s : dhcp4::all_options()) {
    EmbeddedDhcpWriter writer(buffer);
    writer.option(s.code, Bytes(s.length_min, 1));
    const auto written = writer.finish();
    out.push_back({"dhcp-" + std::to_string(static_cast<unsigned>(s.code)),
                   wire::testing::bytes_of(std::get<Octets>(written))});
  }
  for (const OptionSpec& s : all_options()) {
    EmbeddedFailoverWriter writer(buffer);
    writer.option(s.code, value_of(s));
    writer.option(s.code, value_of(s));
    const auto written = writer.finish();
    out.push_back({"failover-" + std::to_string(s.code), wire::testing::bytes_of(std::get<Octets>(written))});
  }
  return out;
}

}  // namespace

Seeds encoded_seeds(std::string_view target) {
  if (target == framer.name) return streams();
  if (target == dhcp4_message.name) return datagrams();
  if (target == embedded_options.name) return values_with_options();
  if (target == server_inputs.name) return server_scripts();
  Seeds out;
  if (target == failover_message.name) {
    add_options(out);
    add_batches(out);
  }
  add_signed(out);
  return out;
}

}  // namespace twinlease::fuzz
