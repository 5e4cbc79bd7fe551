// What the core tells the operator: one value for each kind, with the ids that Windows operators know (2B of
// the feature list); ids from 30000 on are ours.
#pragma once

#include <cstdint>
#include <string>

#include "impl/wire/octets.hpp"

namespace twinlease::core {

enum class Level : std::uint8_t { debug, info, warning, error };

enum class EventId : std::uint32_t {
  state_change = 20251,      // into NORMAL: information
  state_change_bad = 20252,  // from NORMAL, or into PARTNER-DOWN: error
  clock_skew = 20253,
  link_up = 20254,
  link_down = 20255,
  // A digest that failed to compare; one more: there is a digest and none is configured here; two more: there
  // is none. By message type, in steps of three.
  digest_bndupd = 20256,
  digest_bndack = 20261,
  digest_connect = 20264,
  digest_connectack = 20267,
  digest_updreqall = 20270,
  digest_upddone = 20273,
  digest_updreq = 20276,
  digest_state = 20279,
  digest_contact = 20282,
  digest_algorithm = 20285,
  state_change_first = 20259,  // as the first two, of a relationship without a previous state
  state_change_first_bad = 20260,
  update_queue_full = 20286,
  range_exhausted = 20287,  // a client went unanswered for want of addresses
  update_rejected_by_us = 20291,
  update_rejected_by_partner = 20292,

  // ours
  connect_rejected_by_us = 30001,  // CONNECT or CONNECTACK refused, with the reason of 12.21
  connect_rejected_by_partner = 30002,
  partner_protocol_error = 30003,  // what it sent cannot be understood, or breaks a MUST
  address_in_use = 30011,          // the probe was answered, or DECLINE
  malformed_dhcp = 30012,
  storage_failed = 30020,  // disk full or worse: no new leases until it recovers
  storage_recovered = 30021,
  command_refused = 30022,
  dropped = 30030,  // events left out since the last one: at most so many a second are told
};

struct Event {
  EventId id{};
  Level level = Level::info;
  std::string relationship;  // empty: not about one
  std::string text;          // a sentence
};

// A line of the audit log: what was done with one client's message. Ids as Windows has them: 10 new, 11
// renewed, 12 released, 13 found in use, 14 scope exhausted, 15 denied, 16 deleted, 17 expired, 36 left to
// the partner.
struct Audit {
  int id = 0;
  wire::Ipv4 address;
  std::string client;  // identifier or hardware address, in hex
  std::string host_name;
  std::uint32_t xid = 0;
  std::string reason;  // the rule that decided, with its clause; read by explain
};

}  // namespace twinlease::core
