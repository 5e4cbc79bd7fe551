// Messages of the draft's dialect, written by hand and read back for a test.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "impl/core/failover/testing/fake_server.hpp"

namespace twinlease::core::testing {

inline wire::BindingUpdate update_in(const wire::OptionRange& transaction) {
  wire::Errors errors;
  const auto update = wire::read_binding_update(transaction, wire::draft_12, errors);
  EXPECT_TRUE(errors.empty());
  return update;
}

// type and xid, and the addresses it is about, with reject reasons: "4 1 .10 .11!15"
inline std::string sketch(const SentMessage& sent) {
  std::string text = std::to_string(static_cast<int>(sent.type())) + ' ' + std::to_string(sent.xid());
  for (const auto& transaction : sent.transactions()) {
    wire::Errors errors;
    const auto ack = wire::read_binding_ack(transaction, wire::draft_12, errors);
    text += " ." + std::to_string(ack.address->value & 255);
    if (ack.reject_reason) text += "!" + std::to_string(*ack.reject_reason);
  }
  return text;
}
inline std::vector<std::string> sketches(const std::deque<SentMessage>& all) {
  std::vector<std::string> texts;
  for (const SentMessage& sent : all) texts.push_back(sketch(sent));
  return texts;
}

// A message of the partner, by hand.
inline SentMessage from_partner(wire::MessageType type, std::uint32_t xid,
                                const std::function<void(wire::MessageWriter&)>& fill) {
  FakeOutbox outbox;
  outbox.send(type, xid, fill);
  return outbox.sent.front();
}
inline SentMessage ack(std::uint32_t xid, std::vector<Ipv4> addresses,
                       std::optional<std::uint8_t> reject = {}) {
  return from_partner(wire::MessageType::bndack, xid, [&](wire::MessageWriter& writer) {
    for (Ipv4 one : addresses) wire::write(writer, wire::BindingAck{.address = one, .reject_reason = reject});
  });
}
inline SentMessage bndupd(const wire::BindingUpdate& update, std::uint32_t xid = 77) {
  return from_partner(wire::MessageType::bndupd, xid,
                      [&](wire::MessageWriter& writer) { wire::write(writer, update, wire::draft_12); });
}

}  // namespace twinlease::core::testing
