// Power fails at every step of generated workloads, on a disk that forgets what was not synced: nothing that
// was reported stored is ever missing, nothing is there in part.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/core/journal.hpp"
#include "impl/store/memory_store.hpp"
#include "impl/store/store.hpp"
#include "impl/store/testing/crash_vfs.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::CrashVfs;
using testing::texts_of;
using Batches = std::vector<core::StoreBatch>;
using Texts = std::vector<std::string>;

// What a server does, and when the disk carries over its -wal: batches in groups as they were committed.
struct Workload {
  Batches batches;
  std::vector<std::size_t> groups;  // sizes
  int checkpoint_frames = 0;
  std::uint32_t seed = 0;
};

Workload any_workload() {
  Workload load;
  load.batches = *testing::any_batches();
  for (std::size_t left = load.batches.size(); left > 0; left -= load.groups.back())
    load.groups.push_back(*rc::gen::inRange<std::size_t>(1, left + 1));
  load.checkpoint_frames = *rc::gen::inRange(1, 20);
  load.seed = *rc::gen::arbitrary<std::uint32_t>();
  return load;
}

DatabaseOptions options(CrashVfs& disk, const Workload& load) {
  DatabaseOptions out;
  out.path = "leases";
  out.vfs = disk.name();
  out.checkpoint_frames = load.checkpoint_frames;
  out.move = [&disk](const std::string& from, const std::string& to) { return disk.move(from, to); };
  return out;
}

Texts expected_after(const Workload& load, std::size_t batches) {
  Contents contents;
  for (std::size_t i = 0; i < batches; ++i) contents.put(load.batches[i]);
  return texts_of(contents.records());
}

// Batches that were reported stored, and those that were handed over.
struct Progress {
  std::size_t stored = 0, begun = 0;
};

// One life of the server, from batch `from` on. attempts: for each transaction.
Progress live(CrashVfs& disk, const Workload& load, std::size_t from, int attempts) {
  Progress progress{from, from};
  std::unique_ptr<Database> database;
  std::string error;
  for (int i = 0; i < attempts && !database; ++i) database = Database::open(options(disk, load), error);
  if (!database) return progress;
  std::size_t at = 0;
  for (const std::size_t group : load.groups) {
    const std::size_t first = std::max(at, from);
    at += group;
    if (at <= from) continue;
    const std::span batches = std::span(load.batches).subspan(first, at - first);
    progress.begun = at;
    Outcome failed = database->write(batches);
    for (int i = 1; i < attempts && failed; ++i) failed = database->write(batches);
    if (failed) return progress;
    progress.stored = at;
    for (int i = 0; i < attempts && database->checkpoint(); ++i) continue;
  }
  return progress;
}

// After a reboot: how many batches the file holds. All that were stored, and no part of another one.
std::size_t survived(CrashVfs& disk, const Workload& load, Progress progress) {
  std::string error;
  const auto database = Database::open(options(disk, load), error);
  if (!database) RC_FAIL("refused: " + error);
  const auto records = database->load(error);
  if (!records) RC_FAIL("not read: " + error);
  const Texts found = texts_of(*records);
  for (std::size_t batches = progress.begun + 1; batches-- > progress.stored;)
    if (found == expected_after(load, batches)) return batches;
  RC_FAIL("stored " + std::to_string(progress.stored) + ", begun " + std::to_string(progress.begun) +
          ": the file is none of these");
}

RC_GTEST_PROP(Crash, AtEveryStepNothingStoredIsLost, ()) {
  const Workload load = any_workload();
  std::uint64_t steps = 0;
  {
    CrashVfs disk(load.seed);
    const Progress whole = live(disk, load, 0, 1);
    RC_ASSERT(whole.stored == load.batches.size());
    steps = disk.steps();
  }
  for (std::uint64_t step = 1; step <= steps; ++step) {
    CrashVfs disk(load.seed + static_cast<std::uint32_t>(step));
    disk.crash_at(step);
    const Progress before = live(disk, load, 0, 1);
    RC_ASSERT(disk.crashed());
    disk.reboot();
    const std::size_t kept = survived(disk, load, before);
    // The second life goes on where the first one ended, and ends in a power failure too.
    const Progress after = live(disk, load, kept, 1);
    RC_ASSERT(after.stored == load.batches.size());
    disk.reboot();
    RC_ASSERT(survived(disk, load, after) == load.batches.size());
  }
}

// The server's half of the promise: every reply through the journal, which holds it back until its record is
// stored. Gives the batches whose reply a client got.
Progress serve(CrashVfs& disk, const Workload& load) {
  Progress progress;
  std::string error;
  const auto database = Database::open(options(disk, load), error);
  if (!database) return progress;
  core::Journal journal;
  core::Outputs outputs;
  const auto leave = [&](Batches& group) {
    for (core::Output& output : outputs) {
      if (auto* batch = std::get_if<core::StoreBatch>(&output)) group.push_back(std::move(*batch));
      if (const auto* reply = std::get_if<core::SendDhcp>(&output)) progress.stored = reply->payload.at(0);
    }
    outputs.clear();
  };
  for (const std::size_t size : load.groups) {
    Batches group;
    for (std::size_t i = 0; i < size; ++i) {
      for (const core::Record& record : load.batches[progress.begun].records) journal.store(record);
      const auto number = static_cast<std::uint8_t>(++progress.begun);
      core::SendDhcp reply;
      reply.payload = {number};
      if (!load.batches[number - 1u].records.empty()) journal.say(std::move(reply));
      journal.seal({}, outputs);
      leave(group);
    }
    if (database->write(group)) return progress;
    for (const core::StoreBatch& batch : group) journal.stored(batch.batch, {}, outputs);
    leave(group);
    if (database->checkpoint()) return progress;
  }
  return progress;
}

RC_GTEST_PROP(Crash, AtEveryStepWhatAClientWasToldIsThere, ()) {
  const Workload load = any_workload();
  for (std::uint64_t step = 1;; ++step) {
    CrashVfs disk(load.seed + static_cast<std::uint32_t>(step));
    disk.crash_at(step);
    const Progress progress = serve(disk, load);
    if (!disk.crashed()) break;
    disk.reboot();
    survived(disk, load, progress);
  }
}

// A step that fails is tried again, and what is stored at last survives the power failure that follows.
RC_GTEST_PROP(Crash, AfterAFailureOfAnyStepNothingStoredIsLost, ()) {
  const Workload load = any_workload();
  const int code = *rc::gen::element(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC);
  for (std::uint64_t step = 1;; ++step) {
    CrashVfs disk(load.seed + static_cast<std::uint32_t>(step));
    disk.fail_at(step, code);
    const Progress progress = live(disk, load, 0, 3);
    if (disk.steps() < step) break;
    RC_ASSERT(progress.stored == load.batches.size());
    disk.reboot();
    survived(disk, load, progress);
  }
}

}  // namespace
}  // namespace twinlease::store
