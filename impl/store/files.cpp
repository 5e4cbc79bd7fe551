#include "impl/store/files.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace twinlease::store {
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string why(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

// The process that has the database open, by the locks that SQLite takes (its file format, 1.4).
std::optional<std::string> in_use(const std::string& path) {
  const Descriptor file(path, O_RDWR);
  if (file.get() < 0) return why(path + " cannot be opened");
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0x40000000;
  lock.l_len = 512;
  if (::fcntl(file.get(), F_GETLK, &lock) != 0) return why(path + ": its locks cannot be read");
  if (lock.l_type != F_UNLCK) return path + " is in use by process " + std::to_string(lock.l_pid);
  return {};
}

}  // namespace

std::optional<std::string> move_file(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
    return why(from + " cannot be renamed to " + to);
  const std::filesystem::path folder = std::filesystem::absolute(to).parent_path();
  const Descriptor directory(folder.string(), O_RDONLY | O_DIRECTORY);
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return why(folder.string() + " cannot be synced");
  return {};
}

std::optional<std::string> set_aside(const std::string& path, const std::string& stamp) {
  const std::string aside = path + ".lost-" + stamp;
  std::error_code ignored;  // cannot tell: the rename says why
  if (std::filesystem::exists(path, ignored))
    if (auto user = in_use(path)) return user;
  for (const char* ending : {"", companions[0], companions[1]}) {
    if (!std::filesystem::exists(path + ending, ignored)) continue;
    if (auto failed = move_file(path + ending, aside + ending)) return failed;
  }
  return {};
}

}  // namespace twinlease::store
