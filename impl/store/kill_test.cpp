// A process that stores under load is killed at a random moment, two hundred times: what it had said to be
// stored is in the file, and what is there are the first batches, whole. The page cache survives a kill, so
// this judges the order of write and word; crash_test.cpp judges what is synced.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "impl/store/memory_store.hpp"
#include "impl/store/store.hpp"
#include "impl/store/testing/folder.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

constexpr int kills = 200;
constexpr std::size_t most_waiting = 64;

// Every batch names itself in each of its records.
core::StoreBatch batch_of(std::uint64_t number) {
  core::StoreBatch batch{number, {}};
  const auto stamp = static_cast<core::Seconds>(number);
  for (std::uint64_t i = 0; i < 3; ++i)
    batch.records.emplace_back(testing::lease_at(static_cast<std::uint32_t>(number * (7 + i) % 500), stamp));
  core::RelationshipRecord record;
  record.name = "south";
  record.entered_s = stamp;
  batch.records.emplace_back(record);
  return batch;
}

StoreOptions options(const std::string& path) {
  StoreOptions out;
  out.database.path = path;
  out.database.checkpoint_frames = 100;
  return out;
}

// The process that is killed: stores from `number` on for as long as it lives, and writes the number of every
// batch to the pipe when it is told that it is stored.
[[noreturn]] void store_until_killed(const std::string& path, std::uint64_t number, int pipe) {
  std::string error;
  const auto store = Store::open(options(path), error);
  if (!store) ::_exit(1);
  store->start([pipe](const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
      const auto* stored = std::get_if<core::Stored>(&answer);
      if (stored == nullptr || ::write(pipe, &stored->batch, sizeof stored->batch) < 0) ::_exit(2);
    }
  });
  for (;; ++number) {
    while (store->waiting() >= most_waiting) std::this_thread::yield();
    store->submit(batch_of(number));
  }
}

// Reads numbers until nobody writes any more; the last one, or `last` if there was none.
std::uint64_t read_to_end(int pipe, std::uint64_t last) {
  for (std::uint64_t number = 0; ::read(pipe, &number, sizeof number) == sizeof number;) {
    EXPECT_EQ(number, last + 1) << "out of order";
    last = number;
  }
  return last;
}

// Starts the process, kills it a while after its first batch was stored; the last batch that it told.
std::uint64_t run_and_kill(const std::string& path, std::uint64_t first, std::chrono::microseconds a_while) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    store_until_killed(path, first, pipe[1]);
  }
  ::close(pipe[1]);
  std::uint64_t told = 0;
  EXPECT_EQ(::read(pipe[0], &told, sizeof told), static_cast<ssize_t>(sizeof told))
      << "it never stored anything";
  EXPECT_EQ(told, first);
  std::this_thread::sleep_for(a_while);
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  told = read_to_end(pipe[0], told);
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
  return told;
}

TEST(Kill, WhatWasToldToBeStoredIsThere) {
  const testing::Folder folder;
  const std::string path = folder.file("leases.db");
  std::mt19937 random(20);
  std::uniform_int_distribution<int> a_while_us(0, 20'000);
  Contents expected;
  std::uint64_t there = 0, told_in_all = 0;
  for (int round = 0; round < kills; ++round) {
    const std::uint64_t told = run_and_kill(path, there + 1, std::chrono::microseconds(a_while_us(random)));
    ASSERT_FALSE(HasFailure());
    told_in_all += told - there;

    std::string error;
    const auto database = Database::open(options(path).database, error);
    ASSERT_TRUE(database) << error;
    const auto records = database->load(error);
    ASSERT_TRUE(records) << error;
    ASSERT_FALSE(records->empty()) << "round " << round << ": nothing is there of " << told << " batches";
    const auto* record = std::get_if<core::RelationshipRecord>(&records->back());
    ASSERT_TRUE(record);
    const auto last = static_cast<std::uint64_t>(record->entered_s);
    ASSERT_GE(last, told) << "round " << round << ": it was told to be stored, and is not there";
    while (there < last) expected.put(batch_of(++there));
    ASSERT_EQ(testing::texts_of(*records), testing::texts_of(expected.records())) << "round " << round;
  }
  RecordProperty("batches", std::to_string(told_in_all));
  EXPECT_GT(told_in_all, 10u * kills) << "that was no load";
}

}  // namespace
}  // namespace twinlease::store
