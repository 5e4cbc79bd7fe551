#include "model/lease/service.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "model/testing/csv.hpp"

namespace twinlease::model {
namespace {

const std::map<std::string, ClientMessage> kMessageOf = {
    {"DISCOVER", ClientMessage::discover},
    {"REQUEST_SELECTING", ClientMessage::request_selecting},
    {"REQUEST_INIT_REBOOT", ClientMessage::request_init_reboot},
    {"REQUEST_RENEWING", ClientMessage::request_renewing},
    {"REQUEST_REBINDING", ClientMessage::request_rebinding},
    {"RELEASE", ClientMessage::release},
    {"DECLINE", ClientMessage::decline},
    {"INFORM", ClientMessage::inform}};
const std::map<std::string, Serve> kServeOf = {{"no", Serve::no},
                                               {"yes", Serve::yes},
                                               {"load-balanced", Serve::load_balanced},
                                               {"choice", Serve::addressed}};
const std::map<std::string, AllocateFrom> kFromOf = {
    {"none", AllocateFrom::none},
    {"existing-only", AllocateFrom::existing_only},
    {"own", AllocateFrom::own},
    {"own+partner-after-wait", AllocateFrom::own_and_partner_after_wait}};
const std::map<std::string, LeaseLimit> kLimitOf = {{"NONE", LeaseLimit::none},
                                                    {"MCLT_BOUND", LeaseLimit::mclt_bound},
                                                    {"FREE_CHOICE_PD", LeaseLimit::free_choice}};

TEST(Service, IsThatOfTheTableInEveryStateForEveryMessage) {
  std::map<std::string, State> states;
  for (int s = 0; s < kStates; ++s)
    states[std::string(to_string(static_cast<State>(s)))] = static_cast<State>(s);
  std::set<std::pair<std::string, std::string>> rows;
  for (const testing::CsvRow& row : testing::read_spec("service-normal.csv")) {
    const Service found = service(states.at(row.at("state")), kMessageOf.at(row.at("message")));
    const std::string where = row.at("state") + " " + row.at("message");
    EXPECT_EQ(found.serve, kServeOf.at(row.at("serve"))) << where;
    EXPECT_EQ(found.allocate_from, kFromOf.at(row.at("allocate_from"))) << where;
    EXPECT_EQ(found.lease_limit, kLimitOf.at(row.at("lease_limit"))) << where;
    EXPECT_EQ(found.renewal_may_exceed, row.at("allowed_alternatives") == "LEASE_WIDER") << where;
    EXPECT_EQ(row.at("serve") == "choice", row.at("choice") == "A-36") << where;
    EXPECT_TRUE(rows.emplace(row.at("state"), row.at("message")).second) << where;
  }
  EXPECT_EQ(rows.size(), std::size_t{kStates * kClientMessages});
}

}  // namespace
}  // namespace twinlease::model
