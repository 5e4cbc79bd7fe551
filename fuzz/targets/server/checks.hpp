// What has to hold of the core's outputs, whatever its inputs are. The numbers are those of
// server_inputs.cpp.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "fuzz/targets/server/people.hpp"
#include "impl/core/server.hpp"
#include "impl/wire/framer.hpp"

namespace twinlease::fuzz {

// The first thing that does not hold is what counts.
class Verdict {
 public:
  void hold(bool holds, std::string_view otherwise) {
    if (!holds && broken_.empty()) broken_ = otherwise;
  }
  std::string_view broken() const { return broken_; }

 private:
  std::string_view broken_;
};

// Leases as the disk has them and as clients were told of them.
class LeaseWatch {
 public:
  // A batch that this input made the server hand out, and who spoke: the partner, a client (null: none).
  struct Cause {
    bool partner = false;
    const core::Client* client = nullptr;
  };
  void handed_out(const core::StoreBatch&, const Cause&, core::Seconds now_s, Verdict&);
  void stored(std::uint64_t batch);
  void acknowledged(const wire::dhcp4::Message& ack, core::Seconds now_s, Verdict&);
  bool all_stored() const { return pending_.empty(); }
  const std::deque<core::StoreBatch>& pending() const { return pending_; }

 private:
  struct Holder {
    core::Client client;
    core::Seconds until_s = 0;
  };
  void changed(const core::Lease&, const Cause&, core::Seconds now_s, Verdict&);

  std::uint64_t last_batch_ = 0;
  std::deque<core::StoreBatch> pending_;       // handed out, not on disk
  std::map<wire::Ipv4, core::Lease> durable_;  // as the batches on disk left them
  std::map<wire::Ipv4, Holder> holders_;       // who was told that an address is theirs
};

// How much a server says.
class Bounds {
 public:
  // octets: of the input.
  void outputs(const core::Input&, std::size_t octets, const core::Outputs&, Verdict&);
  void events(const core::Outputs&, core::Milliseconds now_ms, Verdict&);
  static void state(const core::Server&, std::size_t connections, Verdict&);

 private:
  core::Milliseconds second_ms_ = 0;
  std::size_t told_ = 0;
};

// Reads what is sent to clients and partner; both hear it.
class Replies {
 public:
  Replies(Clients& clients, Partner& partner) : clients_(clients), partner_(partner) {}
  // The message if it is an answer that leases an address.
  void dhcp(const core::SendDhcp&, LeaseWatch&, core::Seconds now_s, Verdict&);
  void failover(const core::SendOctets&, Verdict&);

 private:
  Clients& clients_;
  Partner& partner_;
};

// The counts of each scope are those of its leases.
void check_counts(const core::Server&, Verdict&);

}  // namespace twinlease::fuzz
