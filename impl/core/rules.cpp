#include "impl/core/rules.hpp"

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core {

namespace {

template <Profile profile>
Answer service(const Standing& standing, const ClientQuestion& question) {
  return rules::service(standing, question, profile);
}

constexpr Rules draft = {
    .service = service<Profile::draft>,
    .may_allocate = rules::may_allocate,
    .lease_time = rules::longest_lease,
    .potential_expiration = rules::potential_expiration,
    .update = rules::judge_update,
    .merge = rules::merge,
    .after_end = rules::after_end,
    .pool_transfer = rules::pool_transfer,
    .pool_request = rules::pool_request,
};

}  // namespace

constinit const Rules draft_rules = draft;

constinit const Rules windows_rules = [] {
  Rules windows = draft;
  windows.service = service<Profile::windows>;        // C7
  windows.lease_time = rules::longest_lease_windows;  // C2
  return windows;
}();

bool continues_binding(const Lease& lease, const Client& client) {
  const bool has_client = lease.status == BindingStatus::active || lease.status == BindingStatus::expired ||
                          lease.status == BindingStatus::released;
  return has_client && same_client(lease.client, client);
}

Lease made_available(const Lease& lease, BindingStatus status, Seconds now_s) {
  Lease made = lease;
  if (made.status != status) made.start_time_of_state_s = now_s;
  made.status = status;
  made.lease_expiration_s = 0;
  made.potential_expiration_sent_s = made.potential_expiration_acked_s =
      made.potential_expiration_received_s = 0;
  return made;
}

}  // namespace twinlease::core
