// All outputs of a run as one number: two runs that differ in an octet differ in it, but for one in 2^64.
#pragma once

#include <string_view>

#include "impl/core/io.hpp"

namespace twinlease::fuzz {

class Trace {
 public:
  void add(const core::Output&);
  std::uint64_t value() const { return hash_; }

 private:
  void number(std::uint64_t value);
  void octets(wire::Octets);
  void text(std::string_view text) { octets(wire::as_octets(text)); }
  void add(const core::SendDhcp&);
  void add(const core::SendOctets&);
  void add(const core::CloseConnection& close) { number(close.connection); }
  void add(const core::Connect& connect) { text(connect.relationship); }
  void add(const core::Probe& probe) { number(probe.address.value); }
  void add(const core::StoreBatch&);
  void add(const core::Event&);
  void add(const core::Audit&);
  void add(const core::Stop& stop) { text(stop.reason); }
  void add(const core::Lease&);
  void add(const core::RelationshipRecord&);

  std::uint64_t hash_ = 14695981039346656037u;  // FNV-1a
};

}  // namespace twinlease::fuzz
