#include <array>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

using wire::RejectReason;

enum class Test : std::uint8_t { accept, same_client, time1, time2, time3, reject };

constexpr auto yes = Test::accept, t1 = Test::time1, t2 = Test::time2, t3 = Test::time3, no = Test::reject;

// Figure 7.1.3-1: by the status here, then by the status received, both in the order of 12.3: FREE, ACTIVE,
// EXPIRED, RELEASED, ABANDONED, RESET, BACKUP.
constexpr std::array<std::array<Test, 7>, 7> table = {{
    {yes, yes, yes, yes, yes, yes, yes},            // FREE
    {t2, Test::same_client, t2, t1, yes, yes, t2},  // ACTIVE
    {yes, t1, yes, yes, yes, yes, yes},             // EXPIRED
    {yes, t1, t1, yes, yes, yes, yes},              // RELEASED
    {no, no, no, no, yes, yes, no},                 // ABANDONED
    {yes, t3, yes, yes, yes, yes, yes},             // RESET
    {yes, yes, yes, yes, yes, yes, yes},            // BACKUP
}};

std::size_t index(BindingStatus status) {
  return static_cast<std::size_t>(status) - 1;
}

UpdateAnswer accept(std::string_view why) {
  return {std::nullopt, why};
}
UpdateAnswer outdated_unless(bool holds, std::string_view accepted, std::string_view rejected) {
  return holds ? accept(accepted) : UpdateAnswer{RejectReason::outdated_binding_information, rejected};
}

UpdateAnswer by_table(const Standing& standing, const Lease& own, const Lease& received, Seconds now_s) {
  switch (table[index(own.status)][index(received.status)]) {
    case Test::accept: return accept("accepted whatever the record says (7.1.3)");
    case Test::same_client:
      if (same_client(own.client, received.client)) return accept("the same client (7.1.3)");
      if (standing.config->role == Role::secondary)
        return accept("another client: the secondary gives way (7.1.3 (5))");
      return {RejectReason::fatal_conflict,
              "the address is another client's, and the primary prevails (7.1.3 (5))"};
    // A time that is missing is 0: not later than any, and earlier than any.
    case Test::time1:
      return outdated_unless(received.client_last_transaction_s > own.client_last_transaction_s,
                             "the client was heard there later (7.1.3 time(1))",
                             "the client was heard here as late or later (7.1.3 time(1))");
    case Test::time2:
      return outdated_unless(now_s > own.lease_expiration_s, "the lease is over here, too (7.1.3 time(2))",
                             "the lease still runs here (7.1.3 time(2))");
    case Test::time3:
      return outdated_unless(received.client_last_transaction_s > own.start_time_of_state_s,
                             "the client was heard after the reset (7.1.3 time(3))",
                             "the address was reset here later (7.1.3 time(3))");
    case Test::reject: break;
  }
  return {RejectReason::less_critical_binding_information, "the address is ABANDONED here (7.1.3 (4))"};
}

}  // namespace

UpdateAnswer judge_update(const Standing& standing, const UpdateQuestion& question) {
  const Lease& own = *question.own;
  const Lease& received = *question.received;
  const UpdateAnswer answer = by_table(standing, own, received, question.now_s);
  if (!answer.reject && received.status == BindingStatus::backup && received.reserved && !own.reserved)
    return {RejectReason::ip_not_reserved_on_this_server, "reserved there and not here (7.1.3)"};
  return answer;
}

}  // namespace twinlease::core::rules
