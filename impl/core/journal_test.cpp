#include "impl/core/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twinlease::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SendDhcp reply(std::uint8_t mark) {
  return {.payload = {mark}};
}
SendOctets octets(ConnectionId connection, std::uint8_t mark) {
  return {connection, {mark}};
}
Lease lease(std::uint32_t address) {
  Lease made;
  made.address = {address};
  return made;
}

// The first octet of what was sent, in order; 0 for a batch.
std::vector<int> marks(const Outputs& outputs) {
  std::vector<int> all;
  for (const Output& output : outputs) {
    if (const auto* dhcp = std::get_if<SendDhcp>(&output)) all.push_back(dhcp->payload.at(0));
    if (const auto* tcp = std::get_if<SendOctets>(&output)) all.push_back(tcp->octets.at(0));
    if (std::holds_alternative<StoreBatch>(output)) all.push_back(0);
  }
  return all;
}

struct Desk {
  Journal journal;
  Now now{1000, 0};
  std::vector<int> seal() {
    Outputs outputs;
    journal.seal(now, outputs);
    return marks(outputs);
  }
  std::vector<int> stored(std::uint64_t batch) {
    Outputs outputs;
    journal.stored(batch, now, outputs);
    return marks(outputs);
  }
};

TEST(Journal, AReplyWaitsForTheRecordOfItsInput) {
  Desk run;
  run.journal.store(lease(1));
  run.journal.say(reply(1));
  EXPECT_THAT(run.seal(), ElementsAre(0));
  run.journal.say(reply(2));  // of an input that stored nothing
  EXPECT_THAT(run.seal(), ElementsAre(2));
  EXPECT_THAT(run.stored(1), ElementsAre(1));
}

TEST(Journal, ARepeatedReplyWaitsForEarlierBatches) {
  Desk run;
  run.journal.store(lease(1));
  run.seal();
  run.journal.repeat(reply(1));
  EXPECT_THAT(run.seal(), IsEmpty());
  EXPECT_THAT(run.stored(1), ElementsAre(1));
}

TEST(Journal, AConnectionKeepsItsOrderBehindABatch) {
  Desk run;
  run.journal.store(lease(1));
  run.journal.say(octets(7, 1));
  run.seal();
  run.journal.say(octets(7, 2));
  EXPECT_THAT(run.seal(), IsEmpty());
  run.journal.store(lease(2));
  run.journal.say(octets(7, 3));
  run.seal();
  EXPECT_THAT(run.stored(1), ElementsAre(1, 2));
  EXPECT_THAT(run.stored(2), ElementsAre(3));
}

TEST(Journal, AFailedBatchFailsUntilALaterOneIsStored) {
  Desk run;
  run.journal.store(lease(1));
  run.journal.say(reply(1));
  run.seal();
  run.journal.failed();
  EXPECT_TRUE(run.journal.failing());
  EXPECT_THAT(run.stored(1), ElementsAre(1));
  EXPECT_FALSE(run.journal.failing());
}

TEST(Journal, AReplyThatWaitedTooLongIsDropped) {
  Desk run;
  run.journal.store(lease(1));
  run.journal.say(reply(1));
  run.journal.say(octets(7, 2));
  run.seal();
  run.now.monotonic_ms += Journal::reply_wait_ms + 1;
  EXPECT_THAT(run.stored(1), ElementsAre(2));
}

TEST(Journal, WhatWaitsForALostConnectionIsDropped) {
  Desk run;
  run.journal.store(lease(1));
  run.journal.say(octets(7, 1));
  run.journal.say(octets(8, 2));
  run.seal();
  run.journal.forget(7);
  EXPECT_THAT(run.stored(1), ElementsAre(2));
}

TEST(Journal, WhatWaitsIsBounded) {
  Desk run;
  run.journal.store(lease(1));
  run.seal();
  for (std::size_t i = 0; i <= Journal::waiting_max; ++i) {
    run.journal.say(octets(7, 1));
    run.journal.repeat(reply(2));
    run.seal();
    ASSERT_LE(run.journal.waiting(), Journal::waiting_max);
  }
  EXPECT_THAT(run.journal.take_overflowed(), ElementsAre(7));
  EXPECT_THAT(run.journal.take_overflowed(), IsEmpty());
}

// Whatever is stored and said: no reply leaves before its batch, and a connection's octets leave in order.
RC_GTEST_PROP(Journal, DurableBeforeSpoken, ()) {
  Desk run;
  std::uint64_t durable = 0;
  std::map<int, std::uint64_t> needs;  // by mark
  std::vector<int> said, sent;
  int mark = 0;
  const auto check = [&](const std::vector<int>& left) {
    for (int m : left) {
      if (m == 0) continue;
      RC_ASSERT(needs.at(m) <= durable);
      sent.push_back(m);
    }
  };
  const auto steps = *rc::gen::container<std::vector<int>>(100, rc::gen::inRange(0, 3));
  for (const int step : steps) {
    if (step == 2) {
      durable = *rc::gen::inRange<std::uint64_t>(durable, run.journal.last_batch() + 1);
      check(run.stored(durable));
      continue;
    }
    if (step == 1) run.journal.store(lease(1));
    ++mark;
    run.journal.say(octets(7, static_cast<std::uint8_t>(mark)));
    said.push_back(mark);
    needs[mark] = run.journal.last_batch() + (step == 1 ? 1 : 0);
    check(run.seal());
  }
  durable = run.journal.last_batch();
  check(run.stored(durable));
  RC_ASSERT(sent == said);
}

}  // namespace
}  // namespace twinlease::core
