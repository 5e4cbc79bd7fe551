#include "model/lease/status.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/lease/allocation.hpp"
#include "model/lease/conflict.hpp"
#include "model/testing/csv.hpp"

namespace twinlease::model {
namespace {

using enum BindingStatus;

const std::map<std::string, BindingStatus> kStatusOf = {
    {"FREE", free},           {"ACTIVE", active}, {"EXPIRED", expired}, {"RELEASED", released},
    {"ABANDONED", abandoned}, {"RESET", reset},   {"BACKUP", backup}};

// How the table of the specification words the events of the server itself.
const std::map<std::string, StatusEvent> kEventOf = {
    {"lease granted to client", StatusEvent::lease_given},
    {"RENEW / REBIND / INIT-REBOOT of same client", StatusEvent::lease_given},
    {"same client returns", StatusEvent::lease_given},
    {"POOLREQ processing or rebalance", StatusEvent::given_to_secondary},
    {"MCLT passed", StatusEvent::wait_over},
    {"MCLT wait over", StatusEvent::wait_over},
    {"lease ended", StatusEvent::wait_over},
    {"rebalance / recall", StatusEvent::taken_back},
    {"reservation cancelled", StatusEvent::reservation_cancelled},
    {"lease expires (and grace period over)", StatusEvent::lease_over},
    {"DHCPRELEASE from the client", StatusEvent::client_released},
    {"BNDACK received without reject", StatusEvent::acknowledged},
    {"BNDACK with reject-reason", StatusEvent::rejected},
    {"DHCPDECLINE, ping answered, or other problem detected", StatusEvent::found_unusable},
    {"operator or implementation-specific recovery", StatusEvent::operator_reset},
    {"operator command", StatusEvent::operator_reset}};

std::vector<BindingStatus> statuses(const std::string& name) {
  if (name == "any") return {free, active, expired, released, abandoned, reset, backup};
  return {kStatusOf.at(name)};
}

bool is_received(const std::string& event) {
  return event.starts_with("BNDUPD") && event.ends_with("accepted");
}

// The address of a client whose lease is over, whose partner knows of it.
Binding of(BindingStatus status) {
  Binding binding;
  binding.status = status;
  binding.client = 1;
  binding.lease_expiration = binding.start_of_state = 100;
  return binding;
}

// What a row forbids: the cells of conflict.hpp and the questions of allocation.hpp say no.
void expect_forbidden(const testing::CsvRow& row) {
  const std::string& to = row.at("to_or_received_status");
  Binding binding = of(kStatusOf.at(row.at("from_or_local_status")));
  if (to == "ACTIVE") {
    Update update;
    update.status = active;
    EXPECT_EQ(judge(binding, update, Role::secondary, 200), RejectReason::less_critical) << row.at("id");
    return;
  }
  for (int s = 0; s < kStates; ++s) {
    const Allocator who{.state = static_cast<State>(s)};
    if (who.state == State::partner_down) continue;
    binding.unacked = to == "(same client)" ? Unacked::sent : Unacked::queued;
    if (to == "(same client)")
      EXPECT_FALSE(may_give_again(who, binding, 1)) << row.at("id");
    else
      EXPECT_FALSE(may_give_to_new(who, binding, 1'000'000)) << row.at("id");
    EXPECT_FALSE(may_give_again(who, binding, 2)) << row.at("id");
  }
}

TEST(Status, EveryTransitionOfTheTableIsHereAndNoOther) {
  std::map<std::string, Transition> ours;
  for (const Transition& row : kTransitions) EXPECT_TRUE(ours.emplace(row.id, row).second) << row.id;
  int received = 0, forbidden = 0, begin = 0, rows = 0;
  for (const testing::CsvRow& row : testing::read_spec("binding-states.csv")) {
    if (row.at("kind") != "transition") continue;
    ++rows;
    const std::string &id = row.at("id"), &from = row.at("from_or_local_status"), &event = row.at("event"),
                      &to = row.at("to_or_received_status");
    if (from == "initial") {
      EXPECT_EQ(Binding{}.status, kStatusOf.at(to)) << id;
      ++begin;
    } else if (row.at("result").starts_with("FORBIDDEN")) {
      expect_forbidden(row);
      ++forbidden;
    } else if (is_received(event) || event == "address is reserved and became FREE") {
      // "BNDUPD accepted" names the status received in its first column, the others that of the receiver.
      for (BindingStatus status : statuses(from)) {
        Update update;
        update.status = event == "BNDUPD accepted" ? status : kStatusOf.at(to);
        EXPECT_EQ(accept(of(status), update, 200).status, kStatusOf.at(to)) << id;
      }
      ++received;
    } else {
      // A lease given in PARTNER-DOWN that its client releases there is FREE at once: the second of two
      // steps.
      const StatusEvent on = id == "BT-49" ? StatusEvent::wait_over : kEventOf.at(event);
      ASSERT_TRUE(ours.contains(id)) << id;
      EXPECT_EQ(ours.at(id).on, on) << id;
      EXPECT_EQ(ours.at(id).from.has_value(), from != "any") << id;
      for (BindingStatus status : statuses(from)) {
        EXPECT_EQ(ours.at(id).from.value_or(status), status) << id;
        EXPECT_EQ(next_status(status, on), kStatusOf.at(to)) << id;
      }
      ours.erase(id);
    }
  }
  EXPECT_TRUE(ours.empty()) << ours.begin()->first << " is not in the table";
  EXPECT_EQ(begin + received + forbidden + static_cast<int>(kTransitions.size()), rows);
  EXPECT_EQ(rows, 51);
}

TEST(Status, NoTwoRowsDisagree) {
  for (const Transition& a : kTransitions)
    for (const Transition& b : kTransitions)
      if (a.on == b.on && (!a.from || !b.from || a.from == b.from)) EXPECT_EQ(a.next, b.next) << a.id;
}

// Figure 5.11-1, read the other way round: what there is no arrow for.
TEST(Status, ALeaseBeginsAndEndsOnlyWhereTheFigureHasAnArrow) {
  EXPECT_EQ(next_status(abandoned, StatusEvent::lease_given), std::nullopt);  // FO-5.11-23
  EXPECT_EQ(next_status(reset, StatusEvent::lease_given), std::nullopt);
  for (BindingStatus status : statuses("any")) {
    EXPECT_EQ(next_status(status, StatusEvent::lease_over).has_value(), status == active);
    EXPECT_EQ(next_status(status, StatusEvent::client_released).has_value(), status == active);
    EXPECT_EQ(next_status(status, StatusEvent::given_to_secondary).has_value(), status == free);
    EXPECT_EQ(next_status(status, StatusEvent::taken_back).has_value(), status == backup);
    EXPECT_EQ(next_status(status, StatusEvent::acknowledged).has_value(), ended(status));
  }
}

}  // namespace
}  // namespace twinlease::model
