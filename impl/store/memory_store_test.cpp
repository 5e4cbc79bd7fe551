#include "impl/store/memory_store.hpp"

#include <gtest/gtest.h>

#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::lease_at;
using testing::texts_of;

std::vector<std::string> said(const std::vector<Answer>& answers) {
  std::vector<std::string> out;
  for (const Answer& answer : answers) {
    if (const auto* stored = std::get_if<core::Stored>(&answer))
      out.push_back("stored " + std::to_string(stored->batch));
    else
      out.push_back("failed " + std::to_string(std::get<core::StoreFailed>(answer).batch) + " " +
                    std::get<core::StoreFailed>(answer).reason);
  }
  return out;
}

using Said = std::vector<std::string>;

TEST(MemoryStore, StoresWithACommitAndNotBefore) {
  MemoryStore store;
  store.submit({1, {lease_at(1, 10)}});
  store.submit({2, {lease_at(1, 20), lease_at(2, 20)}});
  EXPECT_TRUE(store.load().empty());
  EXPECT_EQ(said(store.commit()), (Said{"stored 1", "stored 2"}));
  EXPECT_EQ(texts_of(store.load()), texts_of({lease_at(1, 20), lease_at(2, 20)}));
  EXPECT_EQ(said(store.commit()), Said{});
}

TEST(MemoryStore, ACrashKeepsWhatWasStoredAndAPrefixOfTheRest) {
  for (const std::size_t survivors : {0u, 1u, 2u, 9u}) {
    MemoryStore store;
    store.submit({1, {lease_at(1, 10)}});
    store.commit();
    store.submit({2, {lease_at(1, 20)}});
    store.submit({3, {lease_at(1, 30)}});
    store.crash(survivors);
    EXPECT_EQ(texts_of(store.load()), texts_of({lease_at(1, survivors == 0   ? 10
                                                            : survivors == 1 ? 20
                                                                             : 30)}));
    EXPECT_EQ(store.waiting(), 0u);
    EXPECT_EQ(said(store.commit()), Said{});
  }
}

TEST(MemoryStore, TellsOfAFailureOnceAndStoresAllLater) {
  MemoryStore store;
  store.fail("disk full");
  store.submit({1, {lease_at(1, 10)}});
  EXPECT_EQ(said(store.commit()), Said{"failed 1 disk full"});
  store.submit({2, {lease_at(1, 20)}});
  EXPECT_EQ(said(store.commit()), Said{"failed 2 disk full"});
  EXPECT_EQ(said(store.commit()), Said{});
  EXPECT_TRUE(store.load().empty());
  store.fail("");
  EXPECT_EQ(said(store.commit()), (Said{"stored 1", "stored 2"}));
  EXPECT_EQ(texts_of(store.load()), texts_of({lease_at(1, 20)}));
}

}  // namespace
}  // namespace twinlease::store
