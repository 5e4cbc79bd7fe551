// RapidCheck generators of failover messages: valid ones of every type in every dialect, and damaged ones.
//
// A RawMessage is put together here octet by octet, without MessageWriter, so that a property compares two
// independent encoders. A valid message has legal lengths and values (section 12, MS-DHCPF 2.2), the options
// of its type in any order, options that nobody knows, batches (6.3), a message-digest now and then, extra
// header octets or payload offset 8, and once in a while exactly 2048 octets.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <utility>
#include <vector>

#include "impl/wire/dialect.hpp"
#include "impl/wire/option_table.hpp"
#include "impl/wire/protocol.hpp"
#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::wire::testing {

struct RawOption {
  std::uint16_t code = 0;
  Bytes value;
};

struct RawMessage {
  MessageType type{};
  std::uint8_t payload_offset = 12;
  std::uint32_t time_s = 0;
  std::uint32_t xid = 0;
  Bytes extra_header;
  std::vector<RawOption> options;
};

inline void put_number(Bytes& out, std::uint32_t value, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

inline std::size_t size_of(const RawMessage& message) {
  std::size_t size = 12 + message.extra_header.size();
  for (const RawOption& option : message.options) size += 4 + option.value.size();
  return size;
}

inline Bytes assemble(const RawMessage& message) {
  Bytes out;
  put_number(out, static_cast<std::uint32_t>(size_of(message)), 2);
  put_number(out, static_cast<std::uint8_t>(message.type), 1);
  put_number(out, message.payload_offset, 1);
  put_number(out, message.time_s, 4);
  put_number(out, message.xid, 4);
  out.insert(out.end(), message.extra_header.begin(), message.extra_header.end());
  for (const RawOption& option : message.options) {
    put_number(out, option.code, 2);
    put_number(out, static_cast<std::uint32_t>(option.value.size()), 2);
    out.insert(out.end(), option.value.begin(), option.value.end());
  }
  return out;
}

inline void showValue(const RawMessage& message, std::ostream& os) {
  os << hex_of(assemble(message));
}

// min to max octets of anything.
inline rc::Gen<Bytes> any_octets(std::size_t min, std::size_t max) {
  return rc::gen::mapcat(rc::gen::inRange(min, max + 1), [](std::size_t size) {
    return rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
  });
}

inline rc::Gen<const Dialect*> any_dialect() {
  return rc::gen::elementOf(std::vector<const Dialect*>(all_dialects().begin(), all_dialects().end()));
}

inline rc::Gen<Bytes> one_octet(std::vector<std::uint8_t> legal) {
  return rc::gen::map(rc::gen::elementOf(std::move(legal)), [](std::uint8_t octet) { return Bytes{octet}; });
}

// Magic number 99.130.83.99, then options with one-octet code and length (12.7, 12.8).
inline Bytes dhcp_options() {
  Bytes out = {99, 130, 83, 99};
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
    const Bytes value = *any_octets(0, 12);
    out.push_back(*rc::gen::inRange<std::uint8_t>(1, 255));
    out.push_back(static_cast<std::uint8_t>(value.size()));
    out.insert(out.end(), value.begin(), value.end());
  }
  return out;
}

// Flags, then a domain name of at most three labels (12.9).
inline Bytes ddns() {
  Bytes out = {0, *rc::gen::inRange<std::uint8_t>(0, 16)};
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
    const Bytes label =
        *rc::gen::nonEmpty(rc::gen::container<Bytes>(rc::gen::inRange<std::uint8_t>('a', 'z')));
    const std::size_t size = std::min<std::size_t>(label.size(), 20);
    out.push_back(static_cast<std::uint8_t>(size));
    out.insert(out.end(), label.begin(), label.begin() + static_cast<std::ptrdiff_t>(size));
  }
  out.push_back(0);
  return out;
}

// A value that section 12, or MS-DHCPF, allows for the option.
inline Bytes legal_value(std::uint16_t code, const Dialect& dialect) {
  const OptionSpec& s = *find_option(code);
  const bool draft_statuses = dialect.status_encoding == StatusEncoding::draft_enum;
  switch (s.form) {
    case Form::binding_status: return draft_statuses ? *one_octet({1, 2, 3, 4, 5, 6, 7}) : *any_octets(1, 1);
    case Form::server_state: return *one_octet({2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 254});
    case Form::dhcp_options: return dhcp_options();
    case Form::ddns: return ddns();
    default: break;
  }
  if (code == 10) return {*rc::gen::inRange<std::uint8_t>(1, 255)};
  const int longest = s.length_max == 65535 ? s.length_min + 10 * s.length_step : s.length_max;
  const int steps = (longest - s.length_min) / s.length_step;
  const auto size = static_cast<std::size_t>(s.length_min + s.length_step * *rc::gen::inRange(0, steps + 1));
  return *any_octets(size, size);
}

// The options of tables 7.1-1 to 7.12-1, assigned-IP-address apart; of UPDREQ and BNDUPD those of MS-DHCPF
// too.
inline std::vector<std::uint16_t> codes_of(MessageType type, const Dialect& dialect) {
  const bool microsoft_options = dialect.option_30 == Option30::scope_id_list;
  switch (type) {
    case MessageType::poolresp: return {1};
    case MessageType::bndupd:
      if (microsoft_options)
        return {12, 3, 4, 5, 13, 18, 25, 6, 9, 8, 7, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41};
      return {12, 3, 4, 5, 13, 18, 25, 6, 9, 8, 7};
    case MessageType::bndack: return {21, 16};
    case MessageType::connect: return {22, 14, 19, 28, 20, 27, 15, 11, 10, 29};
    case MessageType::connectack: return {22, 14, 19, 28, 20, 26, 21, 16, 29};
    case MessageType::updreq:
      if (microsoft_options) return {30};
      return {};
    case MessageType::state: return {24, 23, 25};
    case MessageType::disconnect: return {21, 16};
    default: return {};
  }
}

// Some of the options of the type, in any order, with unknown ones among them.
inline std::vector<RawOption> some_options(MessageType type, const Dialect& dialect) {
  std::vector<RawOption> out;
  for (std::uint16_t code : codes_of(type, dialect))
    if (*rc::gen::weightedElement<bool>({{4, true}, {1, false}}))
      out.push_back({code, legal_value(code, dialect)});
  if (*rc::gen::weightedElement<bool>({{1, true}, {3, false}}))
    out.push_back({*rc::gen::inRange<std::uint16_t>(42, 65535), *any_octets(0, 30)});
  for (std::size_t i = out.size(); i > 1; --i)
    std::swap(out[i - 1], out[*rc::gen::inRange<std::size_t>(0, i)]);
  return out;
}

inline rc::Gen<RawMessage> valid_message(const Dialect& dialect) {
  return rc::gen::exec([d = &dialect] {
    RawMessage m;
    m.type = static_cast<MessageType>(*rc::gen::inRange(1, 13));
    m.time_s = *rc::gen::arbitrary<std::uint32_t>();
    m.xid = *rc::gen::arbitrary<std::uint32_t>();
    m.payload_offset = *rc::gen::weightedElement<std::uint8_t>({{4, 12}, {2, 8}, {1, 13}, {1, 16}, {1, 255}});
    if (m.payload_offset > 12) m.extra_header = *any_octets(m.payload_offset - 12u, m.payload_offset - 12u);

    const int digest = *rc::gen::weightedElement<int>({{4, 0}, {1, 1}, {1, 2}});  // none, first, last
    const auto add_digest = [&] {
      const bool sha256 = d->digest_type == DigestType::hmac_sha256;
      Bytes value = *any_octets(sha256 ? 33 : 17, sha256 ? 33 : 17);
      value[0] = static_cast<std::uint8_t>(d->digest_type);
      m.options.push_back({17, value});
    };
    if (digest == 1) add_digest();
    const bool batched = m.type == MessageType::bndupd || m.type == MessageType::bndack;
    for (int n = batched ? *rc::gen::inRange(0, 5) : 1; n > 0; --n) {
      std::vector<RawOption> options = some_options(m.type, *d);
      if (batched) options.insert(options.begin(), {2, *any_octets(4, 4)});
      RawMessage longer = m;
      longer.options.insert(longer.options.end(), options.begin(), options.end());
      if (size_of(longer) <= message_length_max - 64) m = longer;  // 64: room for a digest
    }
    if (digest == 2) add_digest();
    if (digest == 0 && *rc::gen::weightedElement<bool>({{1, true}, {9, false}}))
      m.options.push_back({60000, Bytes(message_length_max - size_of(m) - 4)});
    return m;
  });
}

inline rc::Gen<RawMessage> valid_message() {
  return rc::gen::mapcat(any_dialect(), [](const Dialect* dialect) { return valid_message(*dialect); });
}

// The same octets with one thing wrong: cut short, octets changed, taken out, put in or repeated. The length
// field is made right again, or not.
inline rc::Gen<Bytes> damaged(Bytes whole) {
  return rc::gen::exec([whole = std::move(whole)] {
    Bytes out = whole;
    const auto at = *rc::gen::inRange<std::size_t>(0, out.size());
    const auto from = out.begin() + static_cast<std::ptrdiff_t>(at);
    const auto some = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(1, out.size() - at + 1));
    switch (*rc::gen::inRange(0, 5)) {
      case 0: out.erase(from, out.end()); break;
      case 1: *from = *rc::gen::arbitrary<std::uint8_t>(); break;
      case 2: out.erase(from, from + some); break;
      case 3: {
        const Bytes more = *any_octets(1, 8);
        out.insert(from, more.begin(), more.end());
        break;
      }
      default: {
        const Bytes again(from, from + some);
        out.insert(from, again.begin(), again.end());
      }
    }
    if (out.size() >= 2 && *rc::gen::arbitrary<bool>()) {
      out[0] = static_cast<std::uint8_t>(out.size() >> 8);
      out[1] = static_cast<std::uint8_t>(out.size());
    }
    return out;
  });
}

}  // namespace twinlease::wire::testing
