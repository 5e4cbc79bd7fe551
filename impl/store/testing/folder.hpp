// A folder of the system for one test, gone with it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace twinlease::store::testing {

class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "/twinlease-store-XXXXXX";
    path_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
    EXPECT_FALSE(path_.empty()) << "no folder " << name;
  }
  ~Folder() {
    std::error_code ignored;  // what stays behind is in the folder for temporary files
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

}  // namespace twinlease::store::testing
