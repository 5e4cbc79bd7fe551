// S24: in a BNDUPD(ACTIVE) lease-expiration-time is the end that the client was told,
// potential-expiration-time is not earlier, and client-last-transaction-time is a real contact, not
// later than the message.
//
// The end is compared for leases that the sender gave itself, last. A DHCPACK that the client did not take,
// and a contact that was not told, would make a true report look false: an end that is too late, and the
// contact, are judged only in a history that tells what clients sent (ClientSent), and the end only if the
// client has sent nothing since. Needs AS5. Evidence: BNDUPDs(ACTIVE) of such leases.
#include <cstdlib>

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/lease_time.hpp"

namespace twinlease::model::history {

namespace {

class Reported {
 public:
  Reported(const History& history, const Bounds& bounds)
      : history_(history), slack_ms_(bounds.eps_ms + 2'000) {
    for (const Event& event : history.events()) tells_all_ |= as<ClientSent>(event) != nullptr;
  }

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      if (const auto* update = as<Updated>(event)) {
        if (update->status == BindingStatus::active && update->client) reported(*update, event.time_ms, i);
      } else if (const auto* ack = as<Acked>(event)) {
        given_[ack->address] = i;
        contacts_[ack->client].push_back(ack->asked_ms);
        contacts_[ack->client].push_back(event.time_ms);
      } else if (const auto* discovered = as<Discovered>(event)) {
        contacts_[discovered->client].push_back(event.time_ms);
      } else if (const auto* sent = as<ClientSent>(event)) {
        contacts_[sent->client].push_back(event.time_ms);
      } else if (const auto* end = as<Ended>(event)) {
        given_.erase(end->address);
      } else if (const auto* clock = as<ClockSet>(event)) {
        ahead_s_[index_of(clock->server)] = clock->ahead_s;
      } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
        given_.clear();
      }
    }
    return out_.judgement(
        {{"BNDUPDs about leases that were seen", out_.examined()}, {"contacts compared", compared_}});
  }

 private:
  void reported(const Updated& update, TimeMs now, std::size_t event) {
    const auto given = given_.find(update.address);
    if (given == given_.end()) return;
    const Acked& ack = *as<Acked>(history_.events()[given->second]);
    if (ack.server != update.from || ack.client != *update.client || now < out_.time_ms(given->second))
      return;
    out_.examine();
    const auto bad = [&](std::string what) {
      out_.found(event, {given->second},
                 "the " + std::string(name(update.from)) + "'s BNDUPD about " + text(update.address) + " " +
                     std::move(what),
                 update.address);
    };
    const TimeMs ends_ms = lab_ms(update.from, update.lease_expiration_s);
    const TimeMs server_says_ms = server_end_ms(ack, given->second);
    const bool complete = tells_all_ && contacts_[ack.client].back() <= out_.time_ms(given->second);
    if (ends_ms + slack_ms_ < ack.held_until_ms() || (complete && ends_ms > server_says_ms + slack_ms_))
      bad("has lease-expiration-time " + history_.when(ends_ms) + ", the client holds it until " +
          history_.when(ack.held_until_ms()));
    if (Seconds{update.potential_expiration_s} < least_potential_expiration(update.lease_expiration_s))
      bad("has a potential-expiration-time before its lease-expiration-time");
    if (update.client_last_transaction_s == 0 || !tells_all_) return;
    ++compared_;
    const TimeMs contact_ms = lab_ms(update.from, update.client_last_transaction_s);
    if (contact_ms > now + slack_ms_) bad("has a client-last-transaction-time in the future");
    for (const TimeMs real_ms : contacts_[ack.client])
      if (std::llabs(real_ms - contact_ms) <= slack_ms_) return;
    bad("has a client-last-transaction-time, " + history_.when(contact_ms) +
        ", at which there was no contact");
  }

  // The lease counts from the DHCPACK at the server, from the request at the client.
  TimeMs server_end_ms(const Acked& ack, std::size_t event) const {
    return out_.time_ms(event) + TimeMs{ack.lease_s} * 1000;
  }
  TimeMs lab_ms(Server server, std::uint32_t time_s) const {
    return (TimeMs{time_s} - ahead_s_[index_of(server)]) * 1000;
  }

  const History& history_;
  TimeMs slack_ms_;
  bool tells_all_ = false;  // what clients sent, answered or not
  Findings out_{"S24", history_};
  std::map<Address, std::size_t> given_;  // the latest DHCPACK, while its lease runs
  std::map<Client, std::vector<TimeMs>> contacts_;
  std::array<std::int64_t, 2> ahead_s_{};
  std::uint64_t compared_ = 0;
};

}  // namespace

Judgement reported_times(const History& history, const Bounds& bounds) {
  return Reported(history, bounds).judge();
}

}  // namespace twinlease::model::history
