// A relationship, clients and records for the tests of the rules.
#pragma once

#include <rapidcheck.h>

#include "impl/core/rules.hpp"

namespace twinlease::core::testing {

inline constexpr Seconds noon = 1'000'000'000;
inline constexpr std::uint32_t mclt_s = 3600;

inline RelationshipConfig relationship(Role role) {
  RelationshipConfig config;
  config.name = "a-b";
  config.role = role;
  return config;
}
inline const RelationshipConfig primary_config = relationship(Role::primary);
inline const RelationshipConfig secondary_config = relationship(Role::secondary);

inline Standing standing(const RelationshipConfig& config, State state = State::normal) {
  return {.config = &config,
          .state = state,
          .entered_s = noon - 100,
          .partner_state = State::normal,
          .communications_ok = state == State::normal,
          .mclt_s = mclt_s,
          .buckets = buckets_of(config.role, config.local_share_percent)};
}

inline Client client(std::uint8_t number) {
  Client made;
  made.hardware = {.type = 1, .size = 6, .octets = {2, 0, 0, 0, 0, number}};
  return made;
}

inline Lease lease(BindingStatus status, const Client& of = {}) {
  Lease made;
  made.address = {0x0a4d0101};
  made.status = status;
  made.client = of;
  return made;
}

inline rc::Gen<BindingStatus> any_status() {
  return rc::gen::map(rc::gen::inRange(1, 8), [](int n) { return static_cast<BindingStatus>(n); });
}
inline rc::Gen<State> any_state() {
  return rc::gen::map(rc::gen::inRange(0, state_count), [](int n) { return static_cast<State>(n); });
}
inline rc::Gen<Seconds> any_time() {
  return rc::gen::oneOf(rc::gen::just<Seconds>(0), rc::gen::inRange<Seconds>(noon - 100'000, noon + 100'000));
}

inline Lease any_lease() {
  Lease made = lease(*any_status(), client(*rc::gen::inRange<std::uint8_t>(1, 4)));
  made.untold = *rc::gen::arbitrary<bool>();
  made.lease_expiration_s = *any_time();
  made.start_time_of_state_s = *any_time();
  made.client_last_transaction_s = *any_time();
  made.potential_expiration_sent_s = *any_time();
  made.potential_expiration_acked_s = *any_time();
  made.potential_expiration_received_s = *any_time();
  return made;
}

inline Standing any_standing() {
  Standing made = standing(*rc::gen::arbitrary<bool>() ? primary_config : secondary_config, *any_state());
  made.communications_ok = *rc::gen::arbitrary<bool>();
  made.entered_s = *rc::gen::inRange<Seconds>(noon - 10'000, noon + 1);
  return made;
}

}  // namespace twinlease::core::testing
