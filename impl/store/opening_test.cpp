// A file that is not wholly ours is refused with what is wrong, where, and what to do, and left as it is.

#include <gtest/gtest.h>

#include "impl/store/database.hpp"
#include "impl/store/schema.hpp"
#include "impl/store/testing/folder.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::lease_at;
using testing::read_file;
using ::testing::Test;
using testing::write_file;

class Opening : public Test {
 protected:
  std::unique_ptr<Database> open() {
    DatabaseOptions options;
    options.path = path_;
    error_.clear();
    return Database::open(options, error_);
  }
  // A store with some thousand leases, closed.
  void make() {
    auto database = open();
    ASSERT_TRUE(database) << error_;
    core::StoreBatch batch{1, {}};
    for (std::uint32_t address = 1; address <= 3000; ++address)
      batch.records.emplace_back(lease_at(address, 7));
    ASSERT_FALSE(database->write({&batch, 1}));
  }
  void sql(const char* text) {
    Connection connection;
    ASSERT_FALSE(connection.open(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr));
    const Outcome failed = connection.run(text);
    ASSERT_FALSE(failed) << failed->text;
  }
  // open() refuses, says all of that, and changes nothing.
  void refused(std::initializer_list<const char*> words) {
    const std::string before = read_file(path_);
    EXPECT_FALSE(open());
    says(words);
    EXPECT_EQ(read_file(path_), before) << "the file was changed";
  }
  // The same of what is found when it is opened, or read.
  void load_refused(std::initializer_list<const char*> words) {
    if (const auto database = open()) EXPECT_FALSE(database->load(error_));
    says(words);
  }
  void says(std::initializer_list<const char*> words) {
    for (const char* word : words)
      EXPECT_NE(error_.find(word), std::string::npos) << error_ << "\nlacks: " << word;
    EXPECT_NE(error_.find(path_), std::string::npos) << error_;
  }

  testing::Folder folder_;
  std::string path_ = folder_.file("leases.db"), error_;
};

TEST_F(Opening, WhatIsNoDatabase) {
  write_file(path_, std::string(5000, 'x'));
  refused({"no database", "backup", "--lost-storage"});
}

TEST_F(Opening, AnEmptyFile) {
  write_file(path_, "");
  refused({"is empty", "backup", "--lost-storage"});
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(Opening, ADatabaseOfAnotherProgram) {
  sql("CREATE TABLE lease(address)");
  refused({"another program", "Name another file"});
}

TEST_F(Opening, ANewerFormat) {
  make();
  sql("PRAGMA user_version = 99");
  refused({"format 99", "newer version", "backup"});
}

TEST_F(Opening, AFormatOlderThanAnyKnown) {
  make();
  sql("PRAGMA user_version = 0");
  refused({"format 0", "too old", "--lost-storage"});
}

TEST_F(Opening, AMissingTable) {
  make();
  sql("DROP TABLE relationship");
  refused({"damaged", "relationship", "backup", "--lost-storage"});
}

TEST_F(Opening, AFileCutShort) {
  make();
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  load_refused({"damaged", "malformed", "backup", "--lost-storage"});
}

TEST_F(Opening, APageOfZeros) {
  make();
  std::string octets = read_file(path_);
  std::fill_n(octets.begin() + 8 * 4096, 4096, '\0');
  write_file(path_, octets);
  load_refused({"damaged", "Page 9", "backup", "--lost-storage"});
}

// Each page is sound, each row could be; the leases of one page are there twice, those of another not at all.
TEST_F(Opening, APageInThePlaceOfAnother) {
  make();
  std::string octets = read_file(path_);
  std::copy_n(octets.begin() + 8 * 4096, 4096, octets.begin() + 9 * 4096);
  write_file(path_, octets);
  load_refused({"damaged", "page", "backup", "--lost-storage"});
}

TEST_F(Opening, AValueThatCannotBe) {
  const char* const changes[] = {
      "UPDATE lease SET status = 8 WHERE address = 77",
      "UPDATE lease SET reserved = 2 WHERE address = 77",
      "UPDATE lease SET hardware_address = zeroblob(17) WHERE address = 77",
      "UPDATE lease SET address = 4294967296 WHERE address = 77",
      "UPDATE lease SET host_name = x'00' WHERE address = 77",  // without the other details
      "INSERT INTO relationship VALUES('s','NORMAL?',1,'NORMAL',0,1,1,1,0,0,0,0,0,0,0,0,NULL)"};
  for (const char* change : changes) {
    std::filesystem::remove(path_);
    make();
    sql(change);
    load_refused({"damaged", "column", "backup"});
  }
}

TEST_F(Opening, AWalWithoutItsDatabase) {
  write_file(path_ + "-wal", "the last leases");
  EXPECT_FALSE(open());
  says({"is missing", "leases.db-wal", "--lost-storage"});
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Opening, AFolderThatIsNotThere) {
  path_ = folder_.file("nowhere/leases.db");
  EXPECT_FALSE(open());
  says({"cannot be used", "unable to open"});
}

TEST_F(Opening, AFileInUse) {
  make();
  const auto first = open();
  ASSERT_TRUE(first);
  EXPECT_FALSE(open());
  says({"in use by another process"});
}

TEST_F(Opening, WhatAnEarlierAttemptLeftIsNotInTheWay) {
  write_file(path_ + ".new", "half a page");
  write_file(path_ + ".new-journal", "half a journal");
  make();
  EXPECT_TRUE(open()) << error_;
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new-journal"));
}

// Steps that are to come are taken in order, all or none.
TEST_F(Opening, AnOlderFormatIsMigrated) {
  make();
  const SchemaStep to_3[] = {schema_steps().front(),
                             {2, "CREATE TABLE two(a)"},
                             {3, "INSERT INTO two VALUES(5); ALTER TABLE lease ADD pool INTEGER"}};
  const SchemaStep broken[] = {to_3[0], to_3[1], {3, "INSERT INTO three VALUES(5)"}};
  Connection connection;
  ASSERT_FALSE(connection.open(path_, SQLITE_OPEN_READWRITE, nullptr));
  std::int64_t answer = 0;
  ASSERT_TRUE(migrate(connection, broken));
  ASSERT_FALSE(connection.ask("PRAGMA user_version", answer));
  EXPECT_EQ(answer, 1);
  EXPECT_TRUE(connection.ask("SELECT count(*) FROM two", answer)) << "a part of the migration stayed";

  ASSERT_FALSE(migrate(connection, to_3));
  ASSERT_FALSE(connection.ask("PRAGMA user_version", answer));
  EXPECT_EQ(answer, 3);
  ASSERT_FALSE(connection.ask("SELECT count(*) FROM lease WHERE pool IS NULL", answer));
  EXPECT_EQ(answer, 3000);
}

}  // namespace
}  // namespace twinlease::store
