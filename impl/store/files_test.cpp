#include "impl/store/files.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "impl/store/store.hpp"
#include "impl/store/testing/folder.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::Folder;
using testing::lease_at;
using testing::read_file;
using testing::texts_of;
using testing::write_file;

TEST(MoveFile, NeverOverwrites) {
  const Folder folder;
  write_file(folder.file("a"), "a");
  write_file(folder.file("b"), "b");
  const auto failed = move_file(folder.file("a"), folder.file("b"));
  ASSERT_TRUE(failed);
  EXPECT_NE(failed->find("exists"), std::string::npos) << *failed;
  EXPECT_EQ(read_file(folder.file("b")), "b");
  ASSERT_FALSE(move_file(folder.file("a"), folder.file("c")));
  EXPECT_EQ(read_file(folder.file("c")), "a");
}

TEST(SetAside, MovesAllThatBelongsToTheStore) {
  const Folder folder;
  const std::string path = folder.file("leases.db");
  write_file(path, "damaged");
  write_file(path + "-wal", "its wal");
  ASSERT_FALSE(Store::lose(path, "20261122T220000Z"));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(read_file(path + ".lost-20261122T220000Z"), "damaged");
  EXPECT_EQ(read_file(path + ".lost-20261122T220000Z-wal"), "its wal");
  ASSERT_FALSE(Store::lose(path, "20261122T220001Z")) << "nothing there is no error";

  write_file(path, "another");
  EXPECT_TRUE(Store::lose(path, "20261122T220000Z")) << "that name is taken";
  EXPECT_EQ(read_file(path), "another");
}

TEST(SetAside, WhatIsSetAsideIsWholeAndANewStoreRemembersTheLoss) {
  const Folder folder;
  DatabaseOptions options;
  options.path = folder.file("leases.db");
  std::string error;
  const core::StoreBatch batch{1, {lease_at(1, 10)}};
  ASSERT_FALSE(Database::open(options, error)->write({&batch, 1}));
  ASSERT_FALSE(Store::lose(options.path, "1"));

  options.storage_lost = true;
  const auto fresh = Database::open(options, error);
  ASSERT_TRUE(fresh) << error;
  EXPECT_TRUE(fresh->storage_lost());
  EXPECT_TRUE(fresh->load(error)->empty());
  options.path += ".lost-1";
  EXPECT_EQ(texts_of(*Database::open(options, error)->load(error)), texts_of({lease_at(1, 10)}));
}

TEST(SetAside, IsRefusedWhileAnotherProcessHasTheStore) {
  const Folder folder;
  DatabaseOptions options;
  options.path = folder.file("leases.db");
  int ready[2], end[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(end), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string error;
    const auto database = Database::open(options, error);
    char octet = database ? 'y' : 'n';
    if (::write(ready[1], &octet, 1) != 1) ::_exit(1);
    ::close(end[1]);
    ::_exit(::read(end[0], &octet, 1) == 0 ? 0 : 1);  // until the test ends
  }
  char octet = 0;
  ASSERT_EQ(::read(ready[0], &octet, 1), 1);
  ASSERT_EQ(octet, 'y');

  const auto failed = Store::lose(options.path, "1");
  EXPECT_TRUE(failed);
  EXPECT_EQ(failed.value_or(""), options.path + " is in use by process " + std::to_string(child));
  std::string error;
  EXPECT_FALSE(Database::open(options, error));
  EXPECT_NE(error.find("in use by another process"), std::string::npos) << error;

  ::close(end[1]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(Store::lose(options.path, "1"));
  for (const int fd : {ready[0], ready[1], end[0]}) ::close(fd);
}

}  // namespace
}  // namespace twinlease::store
