#include "model/lease/conflict.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "model/testing/csv.hpp"

namespace twinlease::model {
namespace {

using enum BindingStatus;

const std::map<std::string, BindingStatus> kStatusOf = {
    {"FREE", free},           {"ACTIVE", active}, {"EXPIRED", expired}, {"RELEASED", released},
    {"ABANDONED", abandoned}, {"RESET", reset},   {"BACKUP", backup}};
const std::map<std::string, CellRule> kRuleOf = {
    {"client identity and role", CellRule::same_client_or_secondary},
    {"time(1)", CellRule::later_transaction},
    {"time(2)", CellRule::lease_over},
    {"time(3)", CellRule::transaction_after_state}};

TEST(Conflict, EveryCellIsThatOfFigure7131) {
  std::set<std::pair<std::string, std::string>> cells;
  for (const testing::CsvRow& row : testing::read_spec("binding-states.csv")) {
    if (row.at("kind") != "conflict" || row.at("section") != "7.1.3 Fig 7.1.3-1") continue;
    const std::string& guard = row.at("guard");
    const CellRule rule = guard != "none"                ? kRuleOf.at(guard)
                          : row.at("result") == "accept" ? CellRule::accept
                                                         : CellRule::reject;
    EXPECT_EQ(
        cell(kStatusOf.at(row.at("from_or_local_status")), kStatusOf.at(row.at("to_or_received_status"))),
        rule)
        << row.at("id");
    EXPECT_TRUE(cells.emplace(row.at("from_or_local_status"), row.at("to_or_received_status")).second);
  }
  EXPECT_EQ(cells.size(), std::size_t{kBindingStatuses * kBindingStatuses});
}

Binding lease(ClientId client, Seconds until, Seconds transaction) {
  Binding binding;
  binding.status = active;
  binding.client = client;
  binding.lease_expiration = until;
  binding.client_last_transaction = transaction;
  return binding;
}

Update update(BindingStatus status, ClientId client = 1) {
  Update update;
  update.status = status;
  update.client = client;
  return update;
}

TEST(Conflict, OfTwoClientsThePrimarysWins) {  // (5)
  const Binding ours = lease(1, 100, 10);
  EXPECT_EQ(judge(ours, update(active, 2), Role::primary, 50), RejectReason::fatal_conflict);
  EXPECT_EQ(judge(ours, update(active, 2), Role::secondary, 50), std::nullopt);
  EXPECT_EQ(judge(ours, update(active, 1), Role::primary, 50), std::nullopt);
}

TEST(Conflict, ALeaseThatRunsIsNotEnded) {  // time(2)
  const Binding ours = lease(1, 100, 10);
  for (BindingStatus status : {expired, free, backup}) {
    EXPECT_EQ(judge(ours, update(status), Role::primary, 99), RejectReason::outdated);
    EXPECT_EQ(judge(ours, update(status), Role::primary, 100), RejectReason::outdated);
    EXPECT_EQ(judge(ours, update(status), Role::primary, 101), std::nullopt);
  }
}

TEST(Conflict, TheLaterTransactionWins) {  // time(1)
  Binding ours = lease(1, 100, 10);
  Update released_at = update(released);
  EXPECT_EQ(judge(ours, released_at, Role::primary, 50), RejectReason::outdated);  // FO-7.1.3-07
  for (auto [at, reason] :
       {std::pair{9, std::optional(RejectReason::outdated)}, {10, RejectReason::outdated}, {11, {}}}) {
    released_at.client_last_transaction = at;
    EXPECT_EQ(judge(ours, released_at, Role::primary, 50), reason) << at;
  }
  released_at.client_last_transaction = 1;
  ours.client_last_transaction.reset();
  EXPECT_EQ(judge(ours, released_at, Role::primary, 50), std::nullopt);  // FO-7.1.3-08
}

TEST(Conflict, AResetIsOverOnlyForWhoComesAfterIt) {  // time(3)
  Binding ours;
  ours.status = reset;
  ours.start_of_state = 20;
  Update again = update(active);
  EXPECT_EQ(judge(ours, again, Role::secondary, 50), RejectReason::outdated);
  again.client_last_transaction = 20;
  EXPECT_EQ(judge(ours, again, Role::secondary, 50), RejectReason::outdated);
  again.client_last_transaction = 21;
  EXPECT_EQ(judge(ours, again, Role::secondary, 50), std::nullopt);
}

TEST(Conflict, OnlyAnOperatorRevivesAnAbandonedAddress) {  // (4)
  Binding ours;
  ours.status = abandoned;
  for (BindingStatus status : {active, expired, released, free, backup})
    EXPECT_EQ(judge(ours, update(status), Role::primary, 50), RejectReason::less_critical);
  EXPECT_EQ(judge(ours, update(reset), Role::primary, 50), std::nullopt);
  EXPECT_EQ(judge(ours, update(abandoned), Role::primary, 50), std::nullopt);
}

TEST(Conflict, AReservedBackupNeedsAReservation) {  // FO-7.1.3-11
  Update theirs = update(backup);
  theirs.reserved = true;
  Binding ours;
  EXPECT_EQ(judge(ours, theirs, Role::secondary, 50), RejectReason::not_reserved);
  ours.reserved = true;
  EXPECT_EQ(judge(ours, theirs, Role::secondary, 50), std::nullopt);
}

TEST(Accept, TheSameClientsLeaseOnlyGrows) {  // FO-7.1.5-02
  Binding ours = lease(1, 100, 10);
  Update theirs = update(active);
  theirs.lease_expiration = 90;
  theirs.potential_expiration = 150;
  Binding now = accept(ours, theirs, 50);
  EXPECT_EQ(now.lease_expiration, 100);
  EXPECT_FALSE(now.partner_has_expiration);
  EXPECT_EQ(now.received_potential, 150);
  theirs.lease_expiration = 120;
  now = accept(ours, theirs, 50);
  EXPECT_EQ(now.lease_expiration, 120);
  EXPECT_TRUE(now.partner_has_expiration);
}

TEST(Accept, AnotherClientReplacesTheRecord) {
  Binding ours = lease(1, 100, 10);
  ours.acked_potential = ours.sent_potential = ours.received_potential = 500;
  Update theirs = update(active, 2);
  theirs.lease_expiration = 80;
  theirs.potential_expiration = 90;
  const Binding now = accept(ours, theirs, 50);
  EXPECT_EQ(now.client, 2u);
  EXPECT_EQ(now.lease_expiration, 80);
  EXPECT_EQ(now.acked_potential, 0);
  EXPECT_EQ(now.received_potential, 90);
}

TEST(Accept, WhatEndedIsFreeAndBoundsNoLeaseAnyMore) {  // 5.11, A-40, A-59
  Binding ours = lease(1, 40, 10);
  ours.acked_potential = 500;
  for (BindingStatus status : {expired, released, reset, free}) {
    const Binding now = accept(ours, update(status), 50);
    EXPECT_EQ(now.status, free);
    EXPECT_EQ(now.latest_promise(), 0);
    EXPECT_EQ(now.client, 1u);  // it may be remembered
  }
  EXPECT_EQ(accept(ours, update(backup), 50).status, backup);
  EXPECT_EQ(accept(ours, update(abandoned), 50).client, 0u);
}

}  // namespace
}  // namespace twinlease::model
