// Table 7.1-1 by status, and there and back in every dialect.

#include "impl/core/failover/transaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "impl/core/failover/testing/fake_server.hpp"
#include "impl/wire/option_table.hpp"

namespace twinlease::core {
namespace {

using testing::address;
using testing::client;
using testing::noon;
using enum wire::BindingStatus;

constexpr BindingStatus statuses[] = {free, active, expired, released, abandoned, reset, backup};

Scope office() {
  Scope scope;
  scope.subnet = address(0);
  return scope;
}

Lease full(BindingStatus status) {
  Lease lease;
  lease.address = address(10);
  lease.status = status;
  lease.client = client(1);
  lease.client.identifier = "\x01 abc";
  lease.lease_expiration_s = noon + 100;
  lease.potential_expiration_sent_s = noon + 200;
  lease.start_time_of_state_s = noon - 10;
  lease.client_last_transaction_s = noon - 20;
  lease.details = std::make_shared<LeaseDetails>(
      LeaseDetails{.host_name = "a",
                   .reply_options = std::string("\x63\x82\x53\x63\x3a\x04\0\0\0\1", 10),
                   .ddns = std::string("\0\1", 2)});
  return lease;
}

class Encoded {
 public:
  Encoded(const Lease& lease, const wire::Dialect& dialect, Role sender = Role::primary) : dialect_(dialect) {
    const Scope scope = office();
    const auto octets = encode_transaction(lease, {&dialect, sender, &scope});
    buffer_.resize(wire::message_length_max);
    wire::MessageWriter writer(buffer_, wire::MessageType::bndupd, 0, 1, dialect);
    writer.raw(octets);
    const auto finished = writer.finish();
    buffer_.resize(std::get<std::span<std::uint8_t>>(finished).size());
  }
  wire::OptionRange options() const {
    return *std::get<wire::Message>(wire::decode(buffer_)).transactions().begin();
  }
  wire::BindingUpdate update() const {
    wire::Errors errors;
    const auto update = wire::read_binding_update(options(), dialect_, errors);
    EXPECT_TRUE(errors.empty());
    return update;
  }
  std::optional<Lease> decoded(const Lease& own = {}) const {
    return decode_transaction(update(), dialect_, 0, own);
  }
  std::string codes() const {
    std::string text;
    for (const wire::OptionSpan& option : options()) text += std::to_string(option.code) + ' ';
    return text;
  }

 private:
  const wire::Dialect& dialect_;
  std::vector<std::uint8_t> buffer_;
};

TEST(Transaction, OptionsByStatus) {  // Table 7.1-1
  const std::map<BindingStatus, std::string> expected = {
      {active, "2 3 4 5 13 18 25 6 9 8 7 "},
      {expired, "2 3 4 5 25 6 9 "},
      {released, "2 3 4 5 25 6 9 8 "},
      {free, "2 3 4 5 25 6 9 "},
      {backup, "2 3 4 5 25 6 9 "},
      {reset, "2 3 4 5 25 6 9 "},
      {abandoned, "2 3 25 "},
  };
  for (const auto& [status, codes] : expected)
    EXPECT_EQ(Encoded(full(status), wire::draft_12).codes(), codes) << wire::name(status);
}

TEST(Transaction, OptionsByStatusOfMicrosoft) {  // MS-DHCPF 3.1.4.2, 3.1.5.2
  const std::map<BindingStatus, std::string> expected = {
      {active, "2 12 3 4 5 13 18 25 6 9 8 7 33 "},
      {expired, "2 12 3 4 5 25 6 9 33 "},
      {free, "2 12 3 33 "},
      {released, "2 12 3 4 5 25 6 9 8 33 "},
      {backup, "2 12 3 33 "},
  };
  for (const auto& [status, codes] : expected)
    EXPECT_EQ(Encoded(full(status), wire::microsoft).codes(), codes) << wire::name(status);
}

TEST(Transaction, ThereAndBack) {
  for (const wire::Dialect* dialect : wire::all_dialects())
    for (BindingStatus status : statuses) {
      // MS-DHCPF has no words for these two: they arrive as EXPIRED.
      const bool microsoft = dialect->status_encoding == wire::StatusEncoding::microsoft_bits;
      const BindingStatus arrives = microsoft && (status == abandoned || status == reset) ? expired : status;
      const Lease sent = full(status);
      const auto received = Encoded(sent, *dialect).decoded(sent);
      ASSERT_TRUE(received) << dialect->name << wire::name(status);
      EXPECT_EQ(received->status, arrives) << dialect->name;
      EXPECT_EQ(received->address, sent.address);
      if (status != active) continue;
      EXPECT_EQ(received->client, sent.client);
      EXPECT_EQ(received->lease_expiration_s, sent.lease_expiration_s);
      EXPECT_EQ(received->potential_expiration_received_s, sent.potential_expiration_sent_s);
      EXPECT_EQ(received->start_time_of_state_s, sent.start_time_of_state_s);
      EXPECT_EQ(received->client_last_transaction_s, sent.client_last_transaction_s);
      ASSERT_TRUE(received->details);
      EXPECT_EQ(received->details->host_name, "a");
      EXPECT_EQ(received->details->reply_options, sent.details->reply_options);
      EXPECT_EQ(received->details->ddns, sent.details->ddns);
    }
}

TEST(Transaction, FlagsOfTheDraft) {  // 12.12, 5.13
  Lease lease = full(active);
  lease.reserved = lease.bootp = true;
  EXPECT_EQ(Encoded(lease, wire::draft_12).update().ip_flags, 3);
  lease.status = free;
  EXPECT_EQ(Encoded(lease, wire::draft_12, Role::primary).decoded()->status, backup);
  EXPECT_EQ(Encoded(lease, wire::draft_12, Role::secondary).decoded()->status, free);
  EXPECT_TRUE(Encoded(lease, wire::draft_12).decoded()->reserved);
}

TEST(Transaction, MicrosoftStatusNeedsTheClientToBeUnderstood) {  // C33
  const struct {
    std::uint8_t status;
    std::uint16_t flags;
    bool client;
    std::optional<BindingStatus> means;
  } cases[] = {
      {0x1, 0, true, active},   {0x0, 0, true, active},   {0x2, 0, true, expired}, {0x3, 0, true, expired},
      {0x1, 2, true, released}, {0x3, 2, true, released}, {0x1, 4, true, expired}, {0x21, 0, true, active},
      {0x1, 0, false, free},    {0x4, 0, false, free},    {0x5, 0, false, free},   {0x2, 0, false, backup},
      {0x6, 0, false, backup},  {0x0, 0, false, {}},      {0x3, 0, false, {}},     {0x7, 0, false, {}},
  };
  const std::string hardware = std::string("\x0a\x4d\x02\x00", 4) + "\x01zzzzzz";
  for (const auto& c : cases) {
    wire::BindingUpdate update{.address = address(10), .binding_status = c.status, .ip_flags = c.flags};
    if (c.client) {
      update.client_hardware_address = wire::as_octets(hardware);
      update.lease_expiration_time_s = update.potential_expiration_time_s = noon;
    }
    const auto lease = decode_transaction(update, wire::microsoft, 0, {});
    EXPECT_EQ(lease.has_value(), c.means.has_value()) << int{c.status};
    if (lease && c.means) EXPECT_EQ(lease->status, *c.means) << int{c.status} << ' ' << c.flags;
    if (lease && c.client) EXPECT_EQ(lease->client.hardware.size, 6);
  }
}

TEST(Transaction, AReleaseOfDhcpdIsAsLateAsTheEndOfTheLease) {  // 7.1.3 time(1)
  const Encoded encoded(full(released), wire::isc);
  wire::BindingUpdate update = encoded.update();
  update.lease_expiration_time_s = noon - 5;
  EXPECT_EQ(decode_transaction(update, wire::isc, 0, {})->client_last_transaction_s, noon - 5);
  EXPECT_EQ(decode_transaction(update, wire::isc, 3, {})->client_last_transaction_s, noon - 2);
  EXPECT_EQ(decode_transaction(update, wire::draft_12, 0, {})->client_last_transaction_s, noon - 20);
  update.binding_status = static_cast<std::uint8_t>(expired);
  EXPECT_EQ(decode_transaction(update, wire::isc, 0, {})->client_last_transaction_s, noon - 20);
  update.binding_status = static_cast<std::uint8_t>(released);
  update.lease_expiration_time_s.reset();
  EXPECT_EQ(decode_transaction(update, wire::isc, 0, {})->client_last_transaction_s, noon - 20);
}

TEST(Transaction, WhatAReceiverCannotDoWithout) {
  const wire::BindingUpdate whole = {.address = address(10),
                                     .binding_status = 2,
                                     .client_hardware_address = wire::as_octets("\x01zzzzzz"),
                                     .lease_expiration_time_s = noon,
                                     .potential_expiration_time_s = noon};
  const auto understood = [&](auto change) {
    wire::BindingUpdate update = whole;
    change(update);
    return decode_transaction(update, wire::draft_12, 0, {}).has_value();
  };
  EXPECT_TRUE(understood([](auto&) {}));
  EXPECT_FALSE(understood([](auto& u) { u.binding_status.reset(); }));
  EXPECT_FALSE(understood([](auto& u) { u.binding_status = 0; }));
  EXPECT_FALSE(understood([](auto& u) { u.binding_status = 8; }));
  EXPECT_FALSE(understood([](auto& u) { u.client_hardware_address.reset(); }));
  EXPECT_FALSE(
      understood([](auto& u) { u.client_hardware_address = wire::as_octets("\x01zzzzzzzzzzzzzzzzz"); }));
  EXPECT_FALSE(understood([](auto& u) { u.lease_expiration_time_s.reset(); }));
  EXPECT_FALSE(understood([](auto& u) { u.potential_expiration_time_s.reset(); }));
  EXPECT_TRUE(understood([](auto& u) {
    u.binding_status = 3;
    u.client_hardware_address.reset();
    u.lease_expiration_time_s.reset();
    u.potential_expiration_time_s.reset();
  }));
}

TEST(Transaction, TimesWithoutEndAndBeforeTheClockCorrection) {
  Lease lease = full(active);
  lease.lease_expiration_s = lease.potential_expiration_sent_s = noon + 0xffffffffLL;
  const Encoded encoded(lease, wire::draft_12);
  EXPECT_EQ(encoded.update().lease_expiration_time_s, 0xffffffff);
  EXPECT_EQ(decode_transaction(encoded.update(), wire::draft_12, -3600, {})->lease_expiration_s, 0xffffffff);
  lease.start_time_of_state_s = 0;
  EXPECT_FALSE(Encoded(lease, wire::draft_12).update().start_time_of_state_s);
  EXPECT_EQ(decode_transaction(encoded.update(), wire::draft_12, -3600, {})->start_time_of_state_s,
            noon - 3610);
}

TEST(Transaction, ClientOptionsThatDoNotFitAreLeftOut) {
  Lease lease = full(active);
  auto details = std::make_shared<LeaseDetails>();
  details->reply_options.assign(1950, 'x');
  lease.details = details;
  EXPECT_EQ(Encoded(lease, wire::draft_12).codes(), "2 3 4 5 13 18 25 6 ");
  details = std::make_shared<LeaseDetails>();
  details->reply_options.assign(4000, 'x');
  lease.details = details;
  EXPECT_EQ(Encoded(lease, wire::draft_12).codes(), "2 3 4 5 13 18 25 6 ");
}

}  // namespace
}  // namespace twinlease::core
