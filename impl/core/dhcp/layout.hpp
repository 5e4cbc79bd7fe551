// Options laid out in a message of bounded size: in the options field, and where that is too small in file
// and sname as well. (RFC 2131 4.1, RFC 2132 9.3, RFC 3396)
#pragma once

#include <span>
#include <string>
#include <vector>

#include "impl/core/io.hpp"
#include "impl/wire/dhcp4.hpp"

namespace twinlease::core {

struct ReplyOption {
  wire::dhcp4::OptionCode code{};
  std::string octets;
};

// options: the most important first; one that fits nowhere is left out, and only options for which there is
// no room in the options field go into file and sname. last: behind all others in the options field, with its
// room kept for it; empty octets: none. header: file and sname empty. most: octets of the message, at least
// 300.
Bytes lay_out(wire::dhcp4::Header header, std::span<const ReplyOption> options, const ReplyOption& last,
              std::size_t most);

}  // namespace twinlease::core
