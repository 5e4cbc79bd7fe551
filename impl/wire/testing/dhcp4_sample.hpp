// DHCPv4 messages for tests: two written out octet by octet after RFC 2131 figure 1, and generated ones.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "impl/wire/dhcp4.hpp"
#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::wire::testing {

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Bytes zeros(std::size_t count) {
  return Bytes(count, 0);
}

// The octets, and zeros up to that size.
inline Bytes field(Bytes octets, std::size_t size) {
  octets.resize(size);
  return octets;
}

inline Bytes option_octets(std::uint8_t code, const Bytes& value) {
  return join({{code, static_cast<std::uint8_t>(value.size())}, value});
}

// A value in which every octet differs from its neighbours.
inline Bytes counting(std::size_t size) {
  Bytes value;
  for (std::size_t i = 0; i < size; ++i) value.push_back(static_cast<std::uint8_t>(i * 7 + i / 256));
  return value;
}

// A request from behind a relay, up to and including the magic cookie.
inline Bytes request_head() {
  const Bytes fields = octets_of(R"(
      01 01 06 01   # op BOOTREQUEST, htype Ethernet, hlen 6, hops 1
      39 03 f3 26   # xid
      00 05 80 00   # secs 5, flags BROADCAST
      00 00 00 00   # ciaddr
      00 00 00 00   # yiaddr
      00 00 00 00   # siaddr
      0a 4d 00 01   # giaddr 10.77.0.1
      02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00   # chaddr
      )");
  const Bytes sname = zeros(64);
  const Bytes file = zeros(128);
  return join({fields, sname, file, octets_of("63 82 53 63")});
}

inline Bytes discover_options() {
  return octets_of(R"(
      35 01 01                               # DHCP message type: DHCPDISCOVER
      3d 07 01 02 00 00 00 00 01             # client identifier
      32 04 0a 4d 01 01                      # requested IP address 10.77.1.1
      37 04 01 03 06 2a                      # parameter request list
      0c 04 68 6f 73 74                      # host name "host"
      39 02 05 dc                            # maximum DHCP message size 1500
      52 0c 01 04 65 74 68 30 02 04 72 65 6d 31   # relay agent information: circuit "eth0", remote "rem1"
      ff                                     # end
      00 00 00 00 00 00 00 00 00 00 00       # pads up to 300 octets
      )");
}

inline Bytes discover() {
  return join({request_head(), discover_options()});
}

// A DHCPACK whose options lie in all three fields (option 52 is 3).
inline Bytes overloaded_ack() {
  const Bytes fields = octets_of(R"(
      02 01 06 00   # op BOOTREPLY
      39 03 f3 26   # xid
      00 00 00 00   # secs, flags
      00 00 00 00   # ciaddr
      0a 4d 01 01   # yiaddr 10.77.1.1
      00 00 00 00   # siaddr
      00 00 00 00   # giaddr
      02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00   # chaddr
      )");
  const Bytes sname = octets_of(R"(
      03 04 0a 4d 00 01   # router 10.77.0.1
      ff                  # end
      )");
  const Bytes file = octets_of(R"(
      33 04 00 00 0e 10   # IP address lease time 3600
      00                  # pad
      01 04 ff ff 00 00   # subnet mask 255.255.0.0
      ff                  # end
      )");
  const Bytes options = octets_of(R"(
      63 82 53 63         # magic cookie
      35 01 05            # DHCP message type: DHCPACK
      00 00               # pads
      34 01 03            # option overload: file and sname
      36 04 0a 4d 00 02   # server identifier 10.77.0.2
      ff                  # end
      )");
  return join({fields, field(sname, 64), field(file, 128), options});
}

// request_head() with what is given as its options field.
inline Bytes request_with(const Bytes& options) {
  return join({request_head(), options});
}

// A field of `size` octets filled with options and pads between them, an end option, pads; no option 52.
inline rc::Gen<Bytes> area_of_options(std::size_t size) {
  return rc::gen::exec([size] {
    Bytes area;
    while (area.size() + 3 <= size && *rc::gen::inRange(0, 8) != 0) {
      area.resize(area.size() + *rc::gen::weightedElement<std::size_t>({{6, 0}, {1, 1}}));
      if (area.size() + 3 > size) break;
      const auto code = *rc::gen::suchThat(rc::gen::inRange(1, 255), [](int c) { return c != 52; });
      const std::size_t room = std::min<std::size_t>(255, size - area.size() - 3);
      const std::size_t length = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(room, 40) + 1);
      const Bytes value = *rc::gen::container<Bytes>(length, rc::gen::arbitrary<std::uint8_t>());
      const Bytes option = option_octets(static_cast<std::uint8_t>(code), value);
      area.insert(area.end(), option.begin(), option.end());
    }
    area.push_back(255);
    area.resize(size);
    return area;
  });
}

// A well-formed message: header, and options in one to three fields, by the overload value drawn.
inline rc::Gen<Bytes> well_formed() {
  return rc::gen::exec([] {
    const auto overload = *rc::gen::inRange<std::uint8_t>(0, 4);
    Bytes message = *rc::gen::container<Bytes>(dhcp4::header_octets, rc::gen::arbitrary<std::uint8_t>());
    message[2] = *rc::gen::inRange<std::uint8_t>(0, 17);
    const auto put = [&message](std::size_t at, const Bytes& area) {
      std::copy(area.begin(), area.end(), message.begin() + static_cast<std::ptrdiff_t>(at));
    };
    if ((overload & dhcp4::overload_file) != 0) put(dhcp4::file_offset, *area_of_options(dhcp4::file_octets));
    if ((overload & dhcp4::overload_sname) != 0)
      put(dhcp4::sname_offset, *area_of_options(dhcp4::sname_octets));
    const Bytes overload_option = overload == 0 ? Bytes{} : Bytes{52, 1, overload};
    return join({message, octets_of("63 82 53 63"), overload_option,
                 *area_of_options(*rc::gen::inRange<std::size_t>(1, 400))});
  });
}

}  // namespace twinlease::wire::testing
