// Two servers, their updates and their pools, with messages that cross and connections that break.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/core/failover/testing/fake_server.hpp"

namespace twinlease::core {
namespace {

using testing::address;
using testing::client;
using testing::FakeServer;
using testing::noon;
using testing::talk;
using enum wire::BindingStatus;

// Whatever happens at the two servers, with messages crossing and connections breaking: in the end everything
// is told, the records agree, and at no moment could both give an address to a new client (S1).
void check_never_both(const FakeServer& a, const FakeServer& b) {
  const Client stranger = client(200);
  for (std::uint32_t n = 10; n < 20; ++n) {
    const auto may = [&](const FakeServer& server) {
      const LeaseQuestion question{&server.lease(address(n)), &stranger, server.ledger.now().wall_s, 0};
      return server.rules.may_allocate(server.standing, question).serve;
    };
    RC_ASSERT(!(may(a) && may(b)));
  }
}

void act(FakeServer& server) {
  const Ipv4 which = address(*rc::gen::inRange(10U, 20U));
  const Client someone = client(*rc::gen::inRange<std::uint8_t>(1, 4));
  const Lease& lease = server.lease(which);
  const LeaseQuestion question{&lease, &someone, server.ledger.now().wall_s, 86400};
  const bool holds = lease.status == active && same_client(lease.client, someone);
  if (holds && *rc::gen::inRange(0, 3) == 0)
    server.become(which, released);
  else if (lease.status == active && lease.lease_expiration_s <= server.ledger.now().wall_s)
    server.become(which, expired);
  else if (holds || server.rules.may_allocate(server.standing, question).serve)
    server.give(which, someone, server.rules.lease_time(server.standing, question));
}

RC_GTEST_PROP(Pair, AgreesInTheEndAndNeverOwnsTwice, ()) {
  FakeServer a(Role::primary), b(Role::secondary);
  a.pool.entered_normal();
  b.pool.entered_normal();
  const int steps = *rc::gen::inRange(1, 80);
  Seconds now_s = noon;
  for (int step = 0; step < steps; ++step) {
    now_s += *rc::gen::element<Seconds>(1, 1, 1, 20, 2000);
    for (FakeServer* server : {&a, &b}) {
      server->at(now_s, (now_s - noon) * 1000);
      server->updates.on_tick();
      server->pool.on_tick();
      if (*rc::gen::arbitrary<bool>()) act(*server);
      server->settle();
    }
    check_never_both(a, b);
    if (*rc::gen::arbitrary<bool>()) testing::exchange(a, b);
    check_never_both(a, b);
    if (*rc::gen::inRange(0, 20) == 0) {  // what is under way is lost
      for (FakeServer* server : {&a, &b}) {
        server->take_sent();
        server->updates.disconnected();
        server->pool.disconnected();
        server->pool.entered_normal();
      }
    }
  }
  for (int hour = 0; hour < 48; ++hour) {
    now_s += 3600;
    for (FakeServer* server : {&a, &b}) {
      server->at(now_s, (now_s - noon) * 1000);
      server->updates.on_tick();
      for (Ipv4 over : server->ledger.book().expired(now_s - 1, 100)) server->become(over, expired);
    }
    talk(a, b);
    check_never_both(a, b);
  }
  RC_ASSERT(a.updates.all_told());
  RC_ASSERT(b.updates.all_told());
  for (std::uint32_t n = 10; n < 20; ++n) RC_ASSERT(a.lease(address(n)).status == b.lease(address(n)).status);
}

}  // namespace
}  // namespace twinlease::core
