#include "impl/core/book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace twinlease::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Ipv4 at(std::uint32_t last) {
  return {0x0a4d0200 + last};
}  // 10.77.2.x

Client client(const std::string& identifier) {
  return {.identifier = identifier};
}
Client client(std::uint8_t last) {
  return {.hardware = {.type = 1, .size = 6, .octets = {2, 0, 0, 0, 0, last}}};
}

Config config() {
  Config made;
  made.scopes.push_back({.name = "office", .subnet = at(0), .ranges = {{at(10), at(15)}, {at(20), at(22)}}});
  made.scopes[0].reservations.push_back({.address = at(12), .client = client("printer")});
  made.scopes.push_back(
      {.name = "lab", .subnet = {at(0).value + 256}, .ranges = {{{at(1).value + 256}, {at(2).value + 256}}}});
  return made;
}

Lease leased(Ipv4 address, Client to, Seconds until_s) {
  Lease lease;
  lease.address = address;
  lease.status = BindingStatus::active;
  lease.client = std::move(to);
  lease.lease_expiration_s = until_s;
  return lease;
}

TEST(Book, KnowsTheAddressesOfItsScopesAndNoOthers) {
  const Book book(config());
  EXPECT_EQ(book.find(at(9)), nullptr);
  EXPECT_EQ(book.find(at(16)), nullptr);
  EXPECT_EQ(book.find({0}), nullptr);
  EXPECT_EQ(book.find({UINT32_MAX}), nullptr);
  ASSERT_NE(book.find(at(15)), nullptr);
  EXPECT_EQ(book.find(at(15))->status, BindingStatus::free);
  EXPECT_EQ(book.scope_of(at(22)), ScopeIndex{0});
  EXPECT_EQ(book.scope_of({at(1).value + 256}), ScopeIndex{1});
  EXPECT_EQ(book.counts(0), (Counts{.addresses = 8, .free = 8}));
}

TEST(Book, AReservedAddressIsNobodyElses) {
  const Book book(config());
  EXPECT_TRUE(book.reserved(at(12)));
  EXPECT_FALSE(book.reserved(at(13)));
  EXPECT_TRUE(book.find(at(12))->reserved);
  const auto any =
      book.first(0, BindingStatus::free, 100, [](const Lease& l) { return l.address == at(12); });
  EXPECT_EQ(any, std::nullopt);
}

TEST(Book, FindsALeaseByItsClient) {
  Book book(config());
  book.put(leased(at(10), client(1), 100));
  book.put(leased(at(11), client("x"), 100));
  book.put(leased(at(20), client("x"), 100));
  EXPECT_THAT(book.of(client(1)), ElementsAre(at(10)));
  EXPECT_THAT(book.of(client("x")), ElementsAre(at(11), at(20)));
  EXPECT_THAT(book.of(client("y")), IsEmpty());
  EXPECT_THAT(book.of(Client{}), IsEmpty());
  book.put(leased(at(11), client("y"), 100));
  EXPECT_THAT(book.of(client("x")), ElementsAre(at(20)));
  EXPECT_THAT(book.of(client("y")), ElementsAre(at(11)));
}

TEST(Book, AnAvailableAddressWaitsBehindTheOthers) {
  Book book(config());
  const auto oldest = [&] {
    return book.first(0, BindingStatus::free, 1, [](const Lease&) { return true; });
  };
  EXPECT_EQ(oldest(), at(10));
  Lease lease = leased(at(10), client(1), 100);
  book.put(lease);
  EXPECT_EQ(oldest(), at(11));
  lease.status = BindingStatus::free;
  book.put(lease);
  EXPECT_EQ(oldest(), at(11));
  EXPECT_EQ(book.first(0, BindingStatus::free, 100, [](const Lease& l) { return !l.client.none(); }), at(10));
  EXPECT_EQ(book.first(0, BindingStatus::free, 7, [](const Lease& l) { return !l.client.none(); }),
            std::nullopt);
}

TEST(Book, ADeferredAddressGoesBehindTheOthersAndStaysWhatItIs) {
  Book book(config());
  const Counts before = book.counts(0);
  book.defer(at(10));
  EXPECT_EQ(book.first(0, BindingStatus::free, 1, [](const Lease&) { return true; }), at(11));
  EXPECT_EQ(book.first(0, BindingStatus::free, 8, [](const Lease& l) { return l.address == at(10); }),
            at(10));
  EXPECT_EQ(book.counts(0), before);
  book.defer(at(12));  // reserved: in no queue
}

TEST(Book, TellsWhichLeasesAreOver) {
  Book book(config());
  EXPECT_EQ(book.next_expiration_s(), std::nullopt);
  book.put(leased(at(10), client(1), 300));
  book.put(leased(at(11), client(2), 100));
  book.put(leased(at(13), client(3), 200));
  EXPECT_EQ(book.next_expiration_s(), 100);
  EXPECT_THAT(book.expired(99, 9), IsEmpty());
  EXPECT_THAT(book.expired(200, 9), ::testing::UnorderedElementsAre(at(11), at(13)));
  EXPECT_THAT(book.expired(300, 1), ElementsAre(at(11)));
  book.put(leased(at(11), client(2), 400));  // renewed
  EXPECT_EQ(book.next_expiration_s(), 200);
}

TEST(Book, ALeaseIsOverWhenItsGraceIs) {  // 5.11
  Config graced = config();
  graced.scopes[1].delete_grace_s = 50;
  Book book(graced);
  const Ipv4 in_lab = {at(1).value + 256};
  book.put(leased(in_lab, client("a"), 100));
  EXPECT_EQ(book.next_expiration_s(), 150);
  book.put(leased(at(10), client("b"), 120));
  EXPECT_THAT(book.expired(149, 9), ElementsAre(at(10)));
  EXPECT_THAT(book.expired(150, 9), ElementsAre(at(10), in_lab));
}

TEST(Book, WalksInTheOrderOfAddresses) {
  const Book book(config());
  const auto all = [](const Lease&) { return true; };
  EXPECT_THAT(book.next(std::nullopt, 2, all), ElementsAre(at(10), at(11)));
  EXPECT_THAT(book.next(at(11), 3, all), ElementsAre(at(12), at(13), at(14)));
  EXPECT_THAT(book.next(at(15), 2, all), ElementsAre(at(20), at(21)));
  EXPECT_THAT(book.next({{at(2).value + 256}}, 2, all), IsEmpty());
  EXPECT_THAT(book.next(std::nullopt, 9, [](const Lease& l) { return l.reserved; }), ElementsAre(at(12)));
}

TEST(Book, RecordsOfAddressesThatAreLeasedNoMoreAreLeftOut) {
  Book book(config());
  EXPECT_FALSE(book.load(leased(at(99), client(1), 100)));
  EXPECT_THAT(book.of(client(1)), IsEmpty());
}

// Against a plain map: counts, clients, what falls due and the queue of the free, after any changes.
RC_GTEST_PROP(Book, SaysWhatAPlainMapSays, ()) {
  Book book(config());
  std::map<Ipv4, Lease> plain;
  for (const Ipv4 a : book.next(std::nullopt, 100, [](const Lease&) { return true; }))
    plain[a] = *book.find(a);
  const auto addresses = book.next(std::nullopt, 100, [](const Lease&) { return true; });
  for (int step = 0; step < 60; ++step) {
    Lease lease = plain.at(*rc::gen::elementOf(addresses));
    lease.status = static_cast<BindingStatus>(*rc::gen::inRange(1, 8));
    lease.client = *rc::gen::element(Client{}, client(1), client(2), client("x"), client("y"));
    lease.lease_expiration_s = *rc::gen::inRange(0, 50);
    plain[lease.address] = lease;
    book.put(lease);
    Counts counts{.addresses = 8};
    std::optional<Seconds> next_s;
    std::vector<Ipv4> of_x;
    for (const auto& [address, l] : plain) {
      if (l.client == client("x")) of_x.push_back(address);
      if (l.status == BindingStatus::active)
        next_s = std::min(next_s.value_or(l.lease_expiration_s), l.lease_expiration_s);
      if (address.value > at(255).value || l.reserved) continue;
      counts.free += l.status == BindingStatus::free;
      counts.backup += l.status == BindingStatus::backup;
      counts.active += l.status == BindingStatus::active;
      counts.expired += l.status == BindingStatus::expired;
      counts.released += l.status == BindingStatus::released;
      counts.abandoned += l.status == BindingStatus::abandoned;
      counts.reset += l.status == BindingStatus::reset;
    }
    RC_ASSERT(book.counts(0) == counts);
    RC_ASSERT(book.of(client("x")) == of_x);
    RC_ASSERT(book.next_expiration_s() == next_s);
    std::int64_t queued = 0;
    book.first(0, BindingStatus::free, 100, [&](const Lease& l) {
      RC_ASSERT(l.status == BindingStatus::free);
      ++queued;
      return false;
    });
    RC_ASSERT(queued == counts.free);
  }
}

}  // namespace
}  // namespace twinlease::core
