// One side of a relationship without a connection: a book, an outbox that keeps what was sent, and the parts
// under test. Two of them, passed each other's messages, are a pair.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "impl/core/failover/pool.hpp"
#include "impl/core/failover/updates.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core::testing {

inline constexpr Seconds noon = 1'000'000'000;

constexpr Ipv4 address(std::uint32_t last) {
  return {0x0a4d0200 + last};  // 10.77.2.last
}

inline Client client(std::uint8_t number) {
  return {.hardware = {.type = 1, .size = 6, .octets = {2, 0, 0, 0, 0, number}}};
}

// Decoded anew where it lies: Message is a view.
class SentMessage {
 public:
  explicit SentMessage(std::vector<std::uint8_t> octets) : octets_(std::move(octets)) {}
  wire::Message message() const { return std::get<wire::Message>(wire::decode(octets_)); }
  wire::MessageType type() const { return message().type(); }
  std::uint32_t xid() const { return message().xid(); }
  std::vector<wire::OptionRange> transactions() const {
    const wire::Message all = message();
    const auto range = all.transactions();
    return {range.begin(), range.end()};
  }

 private:
  std::vector<std::uint8_t> octets_;
};

class FakeOutbox : public Outbox {
 public:
  bool is_open = true;
  Agreement agreed{.dialect = &wire::draft_12, .window = 4, .batch = 3};
  std::deque<SentMessage> sent;

  bool open() const override { return is_open; }
  const Agreement& agreement() const override { return agreed; }
  std::uint32_t new_xid() override { return ++xid_; }
  bool send(wire::MessageType type, std::uint32_t xid,
            const std::function<void(wire::MessageWriter&)>& fill) override {
    std::vector<std::uint8_t> buffer(wire::message_length_max);
    wire::MessageWriter writer(buffer, type, static_cast<std::uint32_t>(noon), xid, *agreed.dialect);
    fill(writer);
    const auto finished = writer.finish();
    const auto* octets = std::get_if<std::span<std::uint8_t>>(&finished);
    if (octets) sent.emplace_back(std::vector<std::uint8_t>(octets->begin(), octets->end()));
    return octets != nullptr;
  }

 private:
  std::uint32_t xid_ = 0;
};

// A scope 10.77.2.0/24 with ten addresses from 10.77.2.10, or as many as asked for; 10.77.2.5 is reserved.
inline Config config(Role role, std::uint32_t addresses = 10) {
  Config made;
  made.scopes.push_back(
      {.name = "office", .subnet = address(0), .lease_time_s = 86400, .relationship = "a-b"});
  made.scopes[0].ranges = {{address(10), address(9 + addresses)}};
  made.scopes[0].reservations = {{.address = address(5), .client = client(5)}};
  made.relationships.push_back({.name = "a-b", .role = role});
  return made;
}

struct FakeServer {
  explicit FakeServer(Role role, std::uint32_t addresses = 10)
      : settings(config(role, addresses)), ledger(settings, 1) {
    standing = {.config = &settings.relationships[0],
                .state = State::normal,
                .entered_s = noon,
                .partner_state = State::normal,
                .communications_ok = true,
                .mclt_s = 3600,
                .buckets = buckets_of(role, 50)};
    at(noon, 0);
  }
  void at(Seconds wall_s, Milliseconds monotonic_ms) { ledger.set_now({wall_s, monotonic_ms}); }
  const Lease& lease(Ipv4 which) const { return *ledger.book().find(which); }

  // The end of an input, as the relationship has it; the batch is on disk at once.
  Outputs settle() {
    for (Ipv4 changed : ledger.take_changed()) updates.queue(changed);
    updates.pump();
    Outputs outputs;
    ledger.journal().seal(ledger.now(), outputs);
    ledger.journal().stored(ledger.journal().last_batch(), ledger.now(), outputs);
    return outputs;
  }
  void receive(const SentMessage& message) {
    switch (message.type()) {
      case wire::MessageType::bndupd: updates.on_bndupd(message.message()); break;
      case wire::MessageType::bndack: updates.on_bndack(message.message()); break;
      case wire::MessageType::updreq: updates.on_request(message.xid(), false); break;
      case wire::MessageType::updreqall: updates.on_request(message.xid(), true); break;
      case wire::MessageType::poolreq: pool.on_poolreq(message.xid()); break;
      case wire::MessageType::poolresp: {
        wire::Errors errors;
        pool.on_poolresp(message.xid(), wire::read_poolresp(message.message(), *outbox.agreed.dialect, errors)
                                            .addresses_transferred.value_or(0));
        break;
      }
      default: break;
    }
  }
  std::deque<SentMessage> take_sent() { return std::exchange(outbox.sent, {}); }

  // As the DHCP part does on DHCPACK.
  void give(Ipv4 which, const Client& to, std::int64_t lease_s) {
    const Seconds now_s = ledger.now().wall_s;
    Lease made = lease(which);
    const LeaseQuestion question{&made, &to, now_s, settings.scopes[0].lease_time_s};
    const Seconds potential_s = rules.potential_expiration(standing, question, lease_s);
    if (!continues_binding(made, to)) made = made_available(made, BindingStatus::active, now_s);
    made.status = BindingStatus::active;
    made.client = to;
    made.lease_expiration_s = now_s + lease_s;
    made.client_last_transaction_s = now_s;
    made.potential_expiration_sent_s = potential_s;
    made.untold = true;
    ledger.write(made);
  }
  void become(Ipv4 which, BindingStatus status) {
    Lease made = lease(which);
    made.status = status;
    made.start_time_of_state_s = ledger.now().wall_s;
    // A release in the second of the DHCPACK has to be later than it, or time(1) would refuse it.
    if (status == BindingStatus::released)
      made.client_last_transaction_s = std::max(ledger.now().wall_s, made.client_last_transaction_s + 1);
    made.untold = true;
    ledger.write(made);
  }

  Config settings;
  Ledger ledger;
  Standing standing;
  FakeOutbox outbox;
  Rules rules = draft_rules;
  Updates updates{ledger, outbox, standing, rules, {0}};
  Pool pool{ledger, outbox, standing, rules, {0}};
};

inline std::vector<Event> events_of(const Outputs& outputs) {
  std::vector<Event> events;
  for (const Output& output : outputs)
    if (const auto* event = std::get_if<Event>(&output)) events.push_back(*event);
  return events;
}

// One message each way, oldest first. false: there was none.
inline bool exchange(FakeServer& a, FakeServer& b) {
  auto from_a = a.take_sent(), from_b = b.take_sent();
  for (const SentMessage& message : from_a) b.receive(message), b.settle();
  for (const SentMessage& message : from_b) a.receive(message), a.settle();
  return !from_a.empty() || !from_b.empty();
}
inline void talk(FakeServer& a, FakeServer& b, int rounds = 1000) {
  a.settle();
  b.settle();
  while (rounds-- > 0 && exchange(a, b)) {
  }
}

}  // namespace twinlease::core::testing
