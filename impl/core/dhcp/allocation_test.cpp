// Which REQUEST is acknowledged, refused or left alone, row by row.
#include "impl/core/dhcp/allocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test
using ::testing::IsEmpty;
using ::testing::SizeIs;

enum class Form { selecting, reboot, renewing, rebinding };
enum class Says { ack, nak, nothing };

struct Row {
  std::string_view what;
  bool shared;
  BindingStatus status;
  std::uint8_t of;  // client of the record; we are client 1; 0: nobody
  bool owned;       // Rules::may_allocate says yes
  Says selecting, reboot, renewing, rebinding;
};

constexpr auto free_ = BindingStatus::free;
constexpr auto backup = BindingStatus::backup;
constexpr auto active = BindingStatus::active;
constexpr auto expired = BindingStatus::expired;
constexpr auto abandoned = BindingStatus::abandoned;
constexpr Says ack_ = Says::ack, nak_ = Says::nak, none = Says::nothing;

constexpr Row table[] = {
    // what                             shared status    of owned  SELECTING REBOOT RENEW REBIND
    {"its own", false, active, 1, true, ack_, ack_, ack_, ack_},
    {"its own, shared", true, active, 1, false, ack_, ack_, ack_, ack_},
    {"another's", false, active, 2, true, nak_, nak_, nak_, nak_},
    {"another's, shared", true, active, 2, true, nak_, nak_, nak_, nak_},
    {"never leased", false, free_, 0, true, ack_, none, ack_, ack_},
    {"available to the partner", true, backup, 0, false, nak_, none, ack_, ack_},
    {"had it before", false, free_, 1, true, ack_, ack_, ack_, ack_},
    {"had it before, the partner's", true, free_, 1, false, nak_, none, ack_, ack_},
    {"ran out, its own", true, expired, 1, true, ack_, ack_, ack_, ack_},
    {"ran out, its own, partner knows", true, expired, 1, false, nak_, none, none, none},
    {"ran out, another's, in grace", false, expired, 2, true, nak_, none, nak_, nak_},
    {"ran out, another's, shared", true, expired, 2, false, nak_, none, none, none},
    {"found in use", false, abandoned, 0, true, nak_, none, nak_, nak_},
    {"found in use, shared", true, abandoned, 0, true, nak_, none, none, none},
};

Ask ask(Form form, Ipv4 address) {
  switch (form) {
    case Form::selecting: return Fixture::selecting(1, address);
    case Form::reboot: return Fixture::reboot(1, address);
    default: break;
  }
  Ask asks = Fixture::renewing(1, address);
  if (form == Form::rebinding) asks.destination = testing::broadcast;
  return asks;
}

Says said(const std::vector<Reply>& replies) {
  if (replies.empty()) return none;
  return replies[0].type() == MessageType::ack ? ack_ : replies[0].type() == MessageType::nak ? nak_ : none;
}

TEST(Allocation, WhatARequestIsAnswered) {
  for (const Row& row : table) {
    const std::pair<Form, Says> expected[] = {{Form::selecting, row.selecting},
                                              {Form::reboot, row.reboot},
                                              {Form::renewing, row.renewing},
                                              {Form::rebinding, row.rebinding}};
    for (const auto& [form, says] : expected) {
      Fixture f;
      if (row.shared) f.share(0);
      f.put(at(12), row.status, row.of == 0 ? 99 : row.of);
      if (row.of == 0) {
        Lease nobody = f.record(at(12));
        nobody.client = {};
        f.ledger.loading().put(nobody);
      }
      f.rules.may_allocate = row.owned
                                 ? [](const Standing&, const LeaseQuestion&) { return Answer{true, "own"}; }
                                 : [](const Standing&, const LeaseQuestion&) { return Answer{false, "no"}; };
      EXPECT_EQ(said(f.send(ask(form, at(12)))), says) << row.what << ", form " << static_cast<int>(form);
    }
  }
}

TEST(Allocation, AClientThatMovedIsToldAtItsNextStart) {
  Fixture f;
  f.put(at(10, 2), active, 1);
  EXPECT_EQ(said(f.send(Fixture::reboot(1, at(10, 2)))), nak_);
  EXPECT_EQ(said(f.send(ask(Form::rebinding, at(10, 2)))), none) << "it holds a lease";
  f.put(at(10, 2), active, 2);
  EXPECT_EQ(said(f.send(ask(Form::rebinding, at(10, 2)))), nak_);
  EXPECT_EQ(said(f.send(Fixture::reboot(1, at(99, 9)))), nak_) << "an address of nowhere";
}

TEST(Allocation, AnAddressThatNoScopeLeasesIsNotOurs) {
  Fixture f;
  for (const Form form : {Form::reboot, Form::renewing, Form::rebinding})
    EXPECT_EQ(said(f.send(ask(form, at(200)))), none);
}

TEST(Allocation, AfterARebootOnlyWhatIsKnownCounts) {
  Fixture f;
  f.lease(1);
  EXPECT_EQ(said(f.send(Fixture::reboot(1, at(13)))), nak_) << "it holds another address, and we are alone";
  EXPECT_EQ(said(f.send(Fixture::reboot(50, at(50)))), ack_) << "reserved for it";
  EXPECT_EQ(said(f.send(Fixture::reboot(2, at(50)))), nak_);
  Fixture g;
  g.lease(1);
  g.share(0);
  EXPECT_EQ(said(g.send(Fixture::reboot(1, at(13)))), none) << "the partner may have given it that address";
}

TEST(Allocation, TheHolderOfAnAddressReservedSinceIsLeftToItsLease) {
  Fixture f;
  f.put(at(50), active, 1);
  for (const Form form : {Form::selecting, Form::reboot, Form::renewing, Form::rebinding})
    EXPECT_EQ(said(f.send(ask(form, at(50)))), none) << static_cast<int>(form);
  EXPECT_EQ(f.send({.client = 50})[0].address(), at(10)) << "until then its client has another";
  f.put(at(50), free_, 1);
  EXPECT_EQ(f.send({.client = 50, .xid = 2})[0].address(), at(50));
}

TEST(Allocation, LooksBeyondTheAddressesThatAreOffered) {
  Config config = two_scopes();
  config.scopes[0].prefix_length = 16;
  config.scopes.resize(1);
  config.scopes[0].ranges = {{at(0, 2), at(255, 4)}};
  config.scopes[0].reservations.clear();
  Fixture f(config);
  for (std::uint32_t i = 0; i < 700; ++i) {
    Ask asks{.client = static_cast<std::uint8_t>(i), .options = {{61, std::to_string(1000 + i)}}};
    const auto offers = f.send(asks);
    ASSERT_THAT(offers, SizeIs(1)) << i;
    EXPECT_EQ(offers[0].address().value, at(0, 2).value + i);
  }
}

}  // namespace
}  // namespace twinlease::core
