// Two endpoints and the messages between them: the flows of chapters 7 and 9, one by one.
#include "model/endpoint/endpoint.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>

namespace twinlease::model {
namespace {

// Both servers on one clock. Messages are delivered in their order, the primary's first.
class Pair {
 public:
  Pair() {
    config[0].role = Role::primary;
    config[1].role = Role::secondary;
    config[0].buckets = 0b0010;
    config[1].buckets = 0b0100;
  }

  void start(int side, bool storage_lost = false) {
    with(
        [&] {
          server[side].start(config[side], now, storage_lost ? Storage::lost : Storage::kept, choices,
                             effects);
        },
        side);
  }
  void connect() {
    for (int side : {0, 1}) with([&] { server[side].connected(config[side], now, choices, effects); }, side);
  }
  void cut() {
    for (auto& queue : to) queue.clear();
    for (int side : {0, 1})
      if (server[side].link() != Link::none)
        with([&] { server[side].lost(config[side], now, choices, effects); }, side);
  }
  void crash(int side) {
    server[side].crash(config[side], now);
    to[side].clear();
  }
  void event(int side, Event what) {
    with([&] { server[side].event(config[side], what, now, choices, effects); }, side);
  }
  Seconds give(int side, ClientId client, Address address) {
    acks = 0;
    with([&] { server[side].give(config[side], client, address, now, choices, effects); }, side);
    return acks;
  }
  Seconds renew(int side, ClientId client, Address address) {
    acks = 0;
    with([&] { server[side].renew(config[side], client, address, now, choices, effects); }, side);
    return acks;
  }
  void release(int side, ClientId client, Address address) {
    with([&] { server[side].release(config[side], client, address, now, choices, effects); }, side);
  }
  void expire(int side, Address address) {
    with([&] { server[side].expire(config[side], address, now, choices, effects); }, side);
  }
  bool deliver(int side) {
    if (to[side].empty()) return false;
    const Message message = to[side].front();
    to[side].pop_front();
    seen.push_back(message.type);
    with([&] { server[side].receive(config[side], message, now, choices, effects); }, side);
    return true;
  }
  void settle() {
    for (int rounds = 0; rounds < 100 && (deliver(0) || deliver(1)); ++rounds) {
    }
    ASSERT_TRUE(to[0].empty() && to[1].empty()) << "the exchange does not end (L17)";
  }
  void normal() {
    start(0);
    start(1);
    connect();
    settle();
    for (int side : {0, 1})
      if (server[side].due(config[side], Event::timer_mclt, now)) event(side, Event::timer_mclt);
    settle();
    ASSERT_EQ(server[0].state(), State::normal);
    ASSERT_EQ(server[1].state(), State::normal);
  }
  bool came(Message::Type type) const { return std::ranges::count(seen, type) > 0; }

  Seconds now = 100;
  std::array<Config, 2> config;
  std::array<Endpoint, 2> server;
  std::array<std::deque<Message>, 2> to;
  std::vector<Message::Type> seen;

 private:
  template <class Act>
  void with(const Act& act, int side) {
    effects.clear();
    choices = Choices{};
    act();
    for (const Message& message : effects.messages) to[1 - side].push_back(message);
    for (const ClientAck& ack : effects.acks) acks = ack.until - now;
  }
  Choices choices;
  Effects effects;
  Seconds acks = 0;
};

constexpr int kPrimary = 0, kSecondary = 1;
using Type = Message::Type;

TEST(EndpointTest, TwoNewServersReachNormalByThemselvesAndShareThePool) {  // L6, FO-9.6.2-02, L12
  Pair pair;
  pair.normal();
  EXPECT_TRUE(pair.came(Type::updreqall));
  EXPECT_TRUE(pair.came(Type::poolreq));
  for (int side : {0, 1}) {
    EXPECT_EQ(pair.server[side].binding(0).status, BindingStatus::backup) << side;
    EXPECT_EQ(pair.server[side].binding(1).status, BindingStatus::free) << side;
    EXPECT_TRUE(pair.server[side].idle());
  }
}

TEST(EndpointTest, TheFirstLeaseIsMcltTheNextTheDesiredTime) {  // FO-5.2.1-01, L10
  Pair pair;
  pair.normal();
  EXPECT_EQ(pair.give(kPrimary, 1, 1), pair.config[0].mclt);
  EXPECT_EQ(pair.renew(kPrimary, 1, 1), pair.config[0].mclt) << "the BNDACK has not come";
  pair.settle();
  pair.now += 1;
  EXPECT_EQ(pair.renew(kPrimary, 1, 1), pair.config[0].desired);
  pair.settle();
  EXPECT_EQ(pair.server[kSecondary].binding(1).lease_expiration, pair.now + pair.config[0].desired);
  EXPECT_TRUE(pair.server[kPrimary].idle());
}

TEST(EndpointTest, AnEndedLeaseIsFreeAfterTheBndack) {  // FO-5.2.2-01, 5.11
  Pair pair;
  pair.normal();
  pair.give(kPrimary, 1, 1);
  pair.settle();
  pair.now += pair.config[0].mclt + 1;
  pair.expire(kPrimary, 1);
  EXPECT_EQ(pair.server[kPrimary].binding(1).status, BindingStatus::expired);
  EXPECT_EQ(pair.give(kPrimary, 1, 1), 0) << "the partner was told of the end, and has not answered";
  pair.settle();
  for (int side : {0, 1}) EXPECT_EQ(pair.server[side].binding(1).status, BindingStatus::free) << side;
  EXPECT_GT(pair.give(kPrimary, 1, 1), 0);
}

TEST(EndpointTest, ReleaseThatWasNotToldYetMayBeTakenBack) {  // FO-5.2.2-03, FO-9.8.3-07
  Pair pair;
  pair.normal();
  pair.cut();
  pair.give(kPrimary, 1, 1);
  pair.release(kPrimary, 1, 1);
  EXPECT_GT(pair.give(kPrimary, 1, 1), 0);
}

TEST(EndpointTest, APairThatLostItsConnectionSendsWhatIsPendingAndIsNormalAgain) {  // L4, L9
  Pair pair;
  pair.normal();
  pair.cut();
  EXPECT_EQ(pair.server[kPrimary].state(), State::communications_interrupted);
  pair.give(kPrimary, 1, 1);
  pair.now += 1;
  pair.connect();
  pair.settle();
  EXPECT_EQ(pair.server[kPrimary].state(), State::normal);
  EXPECT_EQ(pair.server[kSecondary].binding(1).client, 1u);
}

TEST(EndpointTest, ARestartedServerGoesThroughStartupToCommunicationsInterrupted) {  // 9.3.2
  Pair pair;
  pair.normal();
  pair.crash(kSecondary);
  pair.now += 1;
  pair.start(kSecondary);
  EXPECT_EQ(pair.server[kSecondary].state(), State::startup);
  EXPECT_FALSE(pair.server[kSecondary].serves(pair.config[1], ClientMessage::request_renewing, 1));
  pair.event(kSecondary, Event::timer_startup);
  EXPECT_EQ(pair.server[kSecondary].state(), State::communications_interrupted);
}

TEST(EndpointTest, AServerReturnsToAPartnerInPartnerDownByWayOfRecover) {  // 9.5 to 9.7, S13, S30
  Pair pair;
  pair.normal();
  pair.crash(kPrimary);
  const Seconds down = pair.now;
  pair.now += 1;
  pair.cut();
  pair.event(kSecondary, Event::operator_partner_down);
  EXPECT_EQ(pair.give(kSecondary, 2, 1), 0) << "FREE is the primary's until MCLT after the entry";
  EXPECT_GT(pair.give(kSecondary, 2, 0), 0);
  pair.start(kPrimary);
  pair.connect();
  pair.settle();
  EXPECT_EQ(pair.server[kPrimary].state(), State::recover_wait);
  EXPECT_TRUE(pair.came(Type::updreq));
  EXPECT_EQ(pair.server[kPrimary].binding(0).client, 2u);
  EXPECT_FALSE(pair.server[kPrimary].due(pair.config[0], Event::timer_mclt, down + pair.config[0].mclt - 1));
  pair.now = down + pair.config[0].mclt;
  ASSERT_TRUE(pair.server[kPrimary].due(pair.config[0], Event::timer_mclt, pair.now));
  pair.event(kPrimary, Event::timer_mclt);
  pair.settle();
  for (int side : {0, 1}) EXPECT_EQ(pair.server[side].state(), State::normal) << side;
}

TEST(EndpointTest, PotentialConflictEndsWithThePrimarysBinding) {  // 9.10, 9.12, L7, S20
  Pair pair;
  pair.normal();
  pair.cut();
  pair.now += 1;
  for (int side : {0, 1}) pair.event(side, Event::operator_partner_down);
  pair.now += pair.config[0].mclt;
  pair.give(kPrimary, 1, 0);
  pair.give(kSecondary, 2, 0);
  pair.connect();
  pair.settle();
  for (int side : {0, 1}) EXPECT_EQ(pair.server[side].state(), State::normal) << side;
  for (int side : {0, 1}) EXPECT_EQ(pair.server[side].binding(0).client, 1u) << side;
}

TEST(EndpointTest, PotentialConflictThatBreaksIsResolutionInterrupted) {  // L8
  Pair pair;
  pair.normal();
  pair.cut();
  for (int side : {0, 1}) pair.event(side, Event::operator_partner_down);
  pair.connect();
  pair.deliver(kPrimary);
  ASSERT_EQ(pair.server[kPrimary].state(), State::potential_conflict);
  pair.cut();
  EXPECT_EQ(pair.server[kPrimary].state(), State::resolution_interrupted);
  EXPECT_TRUE(pair.server[kPrimary].serves(pair.config[0], ClientMessage::discover, 2));
}

TEST(EndpointTest, AWipedServerAsksForEverythingAndWaitsFromItsStart) {  // FO-7.4-01, 9.6.2, A-20
  Pair pair;
  pair.normal();
  pair.give(kPrimary, 1, 1);
  pair.settle();
  pair.crash(kPrimary);
  pair.server[kPrimary].wipe();
  pair.cut();
  pair.now += 1;
  pair.start(kPrimary, true);
  pair.connect();
  pair.settle();
  EXPECT_EQ(pair.server[kPrimary].binding(1).client, 1u);
  EXPECT_EQ(pair.server[kPrimary].binding(0).status, BindingStatus::backup) << "A-62";
  EXPECT_EQ(pair.server[kPrimary].state(), State::recover_wait);
  EXPECT_FALSE(
      pair.server[kPrimary].due(pair.config[0], Event::timer_mclt, pair.now + pair.config[0].mclt - 1));
}

// Regressions: found by the exploration.

TEST(EndpointTest, ACrashInStartupIsNotTheLastTimeOfOperation) {  // FO-9.3.2-01
  for (const bool broken : {false, true}) {
    Pair pair;
    if (broken) pair.config[kPrimary].broken.add(Broken::operates_in_startup);
    pair.normal();
    pair.crash(kPrimary);
    const Seconds down = pair.now;
    pair.now += 1;
    pair.start(kPrimary);
    pair.crash(kPrimary);
    EXPECT_EQ(pair.server[kPrimary].record().last_operation, broken ? pair.now : down);
  }
}

TEST(EndpointTest, StateComesBeforeTheRequestsOfTheStateThatItAnnounces) {  // 9.2, 9.10.1
  Pair pair;
  pair.normal();
  pair.cut();
  for (int side : {0, 1}) pair.event(side, Event::operator_partner_down);
  pair.connect();
  pair.to[kSecondary].clear();
  pair.deliver(kPrimary);
  ASSERT_EQ(pair.to[kSecondary].size(), 2u);
  EXPECT_EQ(pair.to[kSecondary][0].type, Type::state);
  EXPECT_EQ(pair.to[kSecondary][1].type, Type::updreq);
}

TEST(EndpointTest, AnAcceptedUpdateIsNotEchoedWhenOurOwnIsAnswered) {  // S18, FO-7.1.1-03
  Pair pair;
  pair.normal();
  pair.give(kPrimary, 1, 1);
  pair.settle();
  pair.now += pair.config[0].mclt + 1;
  pair.expire(kPrimary, 1);
  pair.expire(kSecondary, 1);
  pair.seen.clear();
  pair.settle();
  EXPECT_EQ(std::ranges::count(pair.seen, Type::bndupd), 2);
  EXPECT_TRUE(pair.server[kPrimary].idle() && pair.server[kSecondary].idle());
}

TEST(EndpointTest, OfTwoUpdatesThatCrossOneHolds) {
  Pair pair;
  pair.normal();
  pair.give(kPrimary, 1, 1);
  pair.settle();
  pair.now += pair.config[0].mclt + 1;
  pair.expire(kSecondary, 1);  // under way: EXPIRED, of a lease that the primary gives anew
  pair.expire(kPrimary, 1);
  pair.settle();
  ASSERT_EQ(pair.server[kPrimary].binding(1).status, BindingStatus::free);
  pair.give(kPrimary, 1, 1);
  pair.settle();
  for (int side : {0, 1}) {
    EXPECT_EQ(pair.server[side].binding(1).status, BindingStatus::active) << side;
    EXPECT_EQ(pair.server[side].binding(1).client, 1u) << side;
  }
}

TEST(EndpointTest, ARenewalAloneIsNotALeaseGivenAlone) {  // A-58, S9
  Pair pair;
  pair.normal();
  pair.give(kPrimary, 1, 1);
  pair.settle();
  pair.crash(kPrimary);
  pair.now += 1;
  pair.cut();
  pair.event(kSecondary, Event::operator_partner_down);
  ASSERT_GT(pair.renew(kSecondary, 1, 1), 0);
  pair.release(kSecondary, 1, 1);
  EXPECT_FALSE(pair.server[kSecondary].may_give(pair.config[1], 2, 1, pair.now));
  EXPECT_FALSE(pair.server[kSecondary].may_free(pair.config[1], 1, pair.now));
}

TEST(EndpointTest, UpdreqIsNotDoneBeforeWhatChangedMeanwhileIsTold) {  // S19, FO-7.3.2-03
  Pair pair;
  pair.normal();
  pair.crash(kPrimary);
  pair.now += 1;
  pair.cut();
  pair.event(kSecondary, Event::operator_partner_down);
  pair.give(kSecondary, 2, 0);
  pair.start(kPrimary);
  pair.connect();
  pair.deliver(kPrimary);    // STATE; asks
  pair.deliver(kSecondary);  // STARTUP: communications are ok
  pair.now += 1;
  pair.release(kSecondary, 2, 0);
  pair.settle();
  EXPECT_NE(pair.server[kPrimary].binding(0).status, BindingStatus::active);
  EXPECT_TRUE(pair.server[kSecondary].idle());
}

TEST(EndpointTest, AServerThatPausesSaysSoBeforeItCloses) {  // FO-9.13-01
  Pair pair;
  pair.normal();
  pair.event(0, Event::operator_pause);
  ASSERT_EQ(pair.to[1].size(), 1u);
  EXPECT_EQ(pair.to[1].front().server_state, State::paused);
  EXPECT_EQ(pair.server[0].link(), Link::none);
}

}  // namespace
}  // namespace twinlease::model
