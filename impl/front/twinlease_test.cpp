// The front, copied into a folder with commands made up for the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int status;
  std::string output;  // both streams
};

class Front : public ::testing::Test {
 protected:
  Front() : folder_(fs::path(::testing::TempDir()) / ("front_test." + std::to_string(::getpid()))) {
    fs::create_directory(folder_);
    fs::copy_file(TWINLEASE_FRONT, folder_ / "twinlease");
    command("twinlease-echo", "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 12\n", fs::perms::owner_all);
    command("twinlease-zoo", "#!/bin/sh\n", fs::perms::owner_all);
    command("twinlease-plain", "not a program\n", fs::perms::owner_read);
    command("other", "#!/bin/sh\n", fs::perms::owner_all);
    fs::create_directory(folder_ / "twinlease-folder");
  }
  ~Front() override { fs::remove_all(folder_); }

  void command(const std::string& name, const std::string& text, fs::perms permissions) {
    std::ofstream(folder_ / name) << text;
    fs::permissions(folder_ / name, permissions);
  }
  Outcome run(const std::string& arguments, const std::string& program = "twinlease") {
    std::FILE* pipe = ::popen(("'" + (folder_ / program).string() + "' " + arguments + " 2>&1").c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return {WEXITSTATUS(status), output};
  }
  fs::path folder_;
};

TEST_F(Front, RunsTheCommandWithItsArguments) {
  const Outcome outcome = run("echo 'a b' --help '' -- echo");
  EXPECT_EQ(outcome.output, "<a b><--help><><--><echo>");
  EXPECT_EQ(outcome.status, 12);
}

TEST_F(Front, RunsThroughALink) {
  fs::create_symlink(folder_ / "twinlease", folder_ / "tl");
  EXPECT_EQ(run("echo x", "tl").output, "<x>");
}

TEST_F(Front, ListsWhatIsThere) {
  for (const char* arguments : {"", "--help", "-h"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.output, HasSubstr("Commands:\n  echo\n  zoo\n"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("plain")));
    EXPECT_THAT(outcome.output, Not(HasSubstr("folder")));
    EXPECT_THAT(outcome.output, Not(HasSubstr("other")));
  }
}

TEST_F(Front, Version) {
  const Outcome outcome = run("--version");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.output, ::testing::StartsWith("twinlease "));
}

TEST_F(Front, UnknownCommand) {
  for (const char* name : {"nonsense", "plain", "folder"}) {
    const Outcome outcome = run(name);
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(outcome.output, HasSubstr(std::string("there is no command ") + name));
    EXPECT_THAT(outcome.output, HasSubstr("  echo\n  zoo\n"));
  }
}

TEST_F(Front, NoNameLeadsOutOfTheFolder) {
  for (const char* name : {"../bin/echo", "''", "--nonsense", "$'\\033[2J'", "/bin/true"}) {
    const Outcome outcome = run(name);
    EXPECT_EQ(outcome.status, 4) << name;
    EXPECT_THAT(outcome.output, HasSubstr("no command's name"));
  }
}

}  // namespace
