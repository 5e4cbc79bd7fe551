#include "impl/store/testing/crash_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

namespace twinlease::store::testing {
namespace {

constexpr std::size_t sector_octets = 512;

template <class Names, class NameChange>
void set_names(Names& names, const NameChange& change) {
  for (const auto& [name, node] : change) {
    if (node)
      names[name] = node;
    else
      names.erase(name);
  }
}

}  // namespace

struct CrashVfs::Handle {
  sqlite3_file base;
  CrashVfs* vfs;
  NodePtr node;
  bool sync_folder;  // with the file, the first time: its name is new
};

void CrashVfs::Change::apply(std::vector<std::uint8_t>& file) const {
  if (truncation) {
    file.resize(std::min(offset, file.size()));
    return;
  }
  file.resize(std::max(file.size(), offset + octets.size()));
  std::copy(octets.begin(), octets.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

// Every step begins here: what becomes of it.
int CrashVfs::step() {
  if (crashed_) return SQLITE_IOERR;
  ++steps_;
  if (steps_ == crash_at_) crashed_ = true;
  const auto failure = failures_.find(steps_);
  return failure == failures_.end() ? SQLITE_OK : failure->second;
}

// A write that fails has written its first half.
int CrashVfs::change(Node& node, Change change) {
  if (crashed_) return SQLITE_IOERR;
  int result = step();
  const std::size_t end = change.truncation ? 0 : change.offset + change.octets.size();
  if (limit_ && end > node.seen.size() && used() + end - node.seen.size() > *limit_) result = SQLITE_FULL;
  if (result != SQLITE_OK) {
    if (change.truncation) return result;
    change.octets.resize(change.octets.size() / 2);
  }
  change.apply(node.seen);
  node.unsynced.push_back(std::move(change));
  return crashed_ ? SQLITE_IOERR_WRITE : result;
}

int CrashVfs::sync(Node& node, bool folder_too) {
  if (const int result = step(); result != SQLITE_OK) {
    node.unsynced.clear();
    return result;
  }
  if (crashed_) return SQLITE_IOERR_FSYNC;
  for (const Change& change : node.unsynced) change.apply(node.durable);
  node.unsynced.clear();
  if (folder_too) sync_folder();
  return SQLITE_OK;
}

int CrashVfs::rename(NameChange change, bool synced) {
  if (const int result = step(); result != SQLITE_OK) return result;
  set_names(seen_, change);
  unsynced_.push_back(std::move(change));
  if (crashed_) return SQLITE_IOERR;
  if (synced) sync_folder();
  return SQLITE_OK;
}

void CrashVfs::sync_folder() {
  for (const NameChange& change : unsynced_) set_names(durable_, change);
  unsynced_.clear();
}

// In one crash of four nothing survives, in one everything, else any sectors of any writes.
void CrashVfs::survive(Node& node) {
  const auto mood = random_() % 4;
  for (const Change& change : node.unsynced) {
    if (change.truncation) {
      if (mood == 1 || (mood > 1 && random_() % 2 == 0)) change.apply(node.durable);
      continue;
    }
    for (std::size_t at = 0; at < change.octets.size();) {
      const std::size_t room = sector_octets - (change.offset + at) % sector_octets;
      const std::size_t end = std::min(change.octets.size(), at + room);
      const auto octets = change.octets.begin();
      if (mood == 1 || (mood > 1 && random_() % 2 == 0))
        Change{change.offset + at,
               {octets + static_cast<std::ptrdiff_t>(at), octets + static_cast<std::ptrdiff_t>(end)},
               false}
            .apply(node.durable);
      at = end;
    }
  }
  node.unsynced.clear();
  node.seen = node.durable;
}

void CrashVfs::reboot() {
  const std::lock_guard lock(mutex_);
  for (std::size_t kept = random_() % (unsynced_.size() + 1); const NameChange& change : unsynced_) {
    if (kept-- == 0) break;
    set_names(durable_, change);
  }
  unsynced_.clear();
  seen_ = durable_;
  for (const auto& [name, node] : seen_) survive(*node);
  crashed_ = false;
  crash_at_ = 0;
}

std::size_t CrashVfs::used() const {
  std::size_t octets = 0;
  for (const auto& [name, node] : seen_) octets += node->seen.size();
  return octets;
}

std::uint64_t CrashVfs::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

void CrashVfs::crash_at(std::uint64_t step) {
  const std::lock_guard lock(mutex_);
  crash_at_ = step;
}

void CrashVfs::fail_at(std::uint64_t step, int code) {
  const std::lock_guard lock(mutex_);
  failures_[step] = code;
}

void CrashVfs::limit(std::optional<std::size_t> octets) {
  const std::lock_guard lock(mutex_);
  limit_ = octets;
}

bool CrashVfs::crashed() const {
  const std::lock_guard lock(mutex_);
  return crashed_;
}

std::optional<std::string> CrashVfs::move(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (!seen_.contains(from) || seen_.contains(to)) return from + " cannot be renamed to " + to;
  if (rename({{to, seen_.at(from)}, {from, nullptr}}, true) != SQLITE_OK) return "the disk failed";
  return {};
}

std::vector<std::uint8_t>& CrashVfs::octets(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return seen_.at(name)->seen;
}

std::vector<std::string> CrashVfs::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, node] : seen_) out.push_back(name);
  return out;
}

// What SQLite calls: the methods of the VFS and of its files.
struct CrashVfs::Calls {
  static CrashVfs& of(sqlite3_vfs* vfs) { return *static_cast<CrashVfs*>(vfs->pAppData); }
  static Handle& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
  using Lock = std::lock_guard<std::mutex>;

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    CrashVfs& disk = of(vfs);
    const Lock lock(disk.mutex_);
    file->pMethods = nullptr;
    if (disk.crashed_) return SQLITE_CANTOPEN;
    NodePtr node;
    bool created = false;
    if (name == nullptr) {
      node = std::make_shared<Node>();
    } else if (const auto found = disk.seen_.find(name); found != disk.seen_.end()) {
      node = found->second;
    } else {
      if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      node = std::make_shared<Node>();
      created = true;
      if (disk.rename({{name, node}}, false) != SQLITE_OK) return SQLITE_CANTOPEN;
    }
    const bool journal = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    new (file) Handle{{&methods}, &disk, std::move(node), created && journal};
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int close(sqlite3_file* file) {
    of(file).~Handle();
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    const Lock lock(of(file).vfs->mutex_);
    if (of(file).vfs->crashed_) return SQLITE_IOERR_READ;
    const std::vector<std::uint8_t>& octets = of(file).node->seen;
    const auto from = std::min(static_cast<std::size_t>(offset), octets.size());
    const auto size = std::min(static_cast<std::size_t>(amount), octets.size() - from);
    std::memset(into, 0, static_cast<std::size_t>(amount));
    if (size != 0) std::memcpy(into, octets.data() + from, size);
    return size == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    const Lock lock(of(file).vfs->mutex_);
    const auto* octets = static_cast<const std::uint8_t*>(from);
    return of(file).vfs->change(*of(file).node,
                                {static_cast<std::size_t>(offset), {octets, octets + amount}, false});
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Lock lock(of(file).vfs->mutex_);
    return of(file).vfs->change(*of(file).node, {static_cast<std::size_t>(size), {}, true});
  }

  static int sync(sqlite3_file* file, int) {
    const Lock lock(of(file).vfs->mutex_);
    const int result = of(file).vfs->sync(*of(file).node, of(file).sync_folder);
    if (result == SQLITE_OK) of(file).sync_folder = false;
    return result;
  }

  static int size(sqlite3_file* file, sqlite3_int64* size) {
    const Lock lock(of(file).vfs->mutex_);
    *size = static_cast<sqlite3_int64>(of(file).node->seen.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int reserved(sqlite3_file*, int* held) {
    *held = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 4096; }
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    CrashVfs& disk = of(vfs);
    const Lock lock(disk.mutex_);
    if (!disk.seen_.contains(name)) return SQLITE_IOERR_DELETE_NOENT;
    return disk.rename({{name, nullptr}}, sync_folder != 0) == SQLITE_OK ? SQLITE_OK : SQLITE_IOERR_DELETE;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* there) {
    CrashVfs& disk = of(vfs);
    const Lock lock(disk.mutex_);
    *there = disk.seen_.contains(name) ? 1 : 0;
    return disk.crashed_ ? SQLITE_IOERR_ACCESS : SQLITE_OK;
  }

  static int full_name(sqlite3_vfs*, const char* name, int room, char* out) {
    sqlite3_snprintf(room, out, "%s", name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    CrashVfs& disk = of(vfs);
    const Lock lock(disk.mutex_);
    std::generate_n(out, size, [&disk] { return static_cast<char>(disk.random_()); });
    return size;
  }

  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int time(sqlite3_vfs*, double* julian_days) {
    *julian_days = 2440587.5;  // 1970
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }

  static constexpr sqlite3_io_methods methods = {
      1,       close,    read,    write,       truncate,        sync,    size,    lock,
      lock,    reserved, control, sector_size, characteristics, nullptr, nullptr, nullptr,
      nullptr, nullptr,  nullptr};
};

CrashVfs::CrashVfs(std::uint32_t seed) : random_(seed) {
  static std::atomic<int> made = 0;
  name_ = "crash" + std::to_string(++made);
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_name;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::time;
  vfs_.xGetLastError = Calls::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

CrashVfs::~CrashVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

}  // namespace twinlease::store::testing
