// What storing costs on this disk: commits by batch size beside fdatasync alone, and a start with a million
// leases. The files are in the folder of TMPDIR, or where the system puts temporary ones.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include "impl/store/database.hpp"
#include "impl/store/schema.hpp"

namespace twinlease::store {
namespace {

constexpr std::uint32_t million = 1'000'000;

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "twinlease-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~Folder() {
    std::error_code ignored;  // left behind in the folder for temporary files
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

core::Lease lease(std::uint32_t number, core::Seconds now_s) {
  core::Lease out;
  out.address.value = 0x0a000000 + number;
  out.status = core::BindingStatus::active;
  out.client.hardware = {1,
                         6,
                         {2, 0, static_cast<std::uint8_t>(number >> 16),
                          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number), 1}};
  out.client.identifier = std::string("\1") + std::string(out.client.hardware.octets.begin(),
                                                          out.client.hardware.octets.begin() + 6);
  out.lease_expiration_s = now_s + 3600;
  out.start_time_of_state_s = out.client_last_transaction_s = now_s;
  out.potential_expiration_sent_s = out.potential_expiration_acked_s = now_s + 5400;
  out.details = std::make_shared<const core::LeaseDetails>(
      core::LeaseDetails{"host-" + std::to_string(number), {}, {}, {}, {}});
  return out;
}

std::unique_ptr<Database> open(const std::string& path) {
  DatabaseOptions options;
  options.path = path;
  std::string error;
  auto database = Database::open(options, error);
  if (!database) {
    fprintf(stderr, "%s\n", error.c_str());
    std::abort();
  }
  return database;
}

double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

// One record a client, clients spread over a hundred thousand addresses; batches of one record each, `range`
// of them in a transaction.
void commit(benchmark::State& state) {
  const Folder folder;
  const auto database = open(folder.file("leases.db"));
  std::vector<core::StoreBatch> group(static_cast<std::size_t>(state.range(0)));
  std::uint32_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (core::StoreBatch& batch : group) batch = {++number, {lease(number * 7919 % 100'000, number)}};
    state.ResumeTiming();
    if (database->write(group) || database->checkpoint()) state.SkipWithError("the disk failed");
  }
  state.counters["commits/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["records/s"] = benchmark::Counter(number, benchmark::Counter::kIsRate);
}
BENCHMARK(commit)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

// What any store that syncs has to wait for: a page appended to a file.
void append_and_fdatasync(benchmark::State& state) {
  const Folder folder;
  const int file = ::open(folder.file("file").c_str(), O_CREAT | O_WRONLY, 0600);
  const std::array<char, 4096> page{};
  for (auto _ : state)
    if (::write(file, page.data(), page.size()) != 4096 || ::fdatasync(file) != 0)
      state.SkipWithError("the disk failed");
  ::close(file);
}
BENCHMARK(append_and_fdatasync)->UseRealTime();

// The file with a million leases, made once.
const std::string& large_file() {
  static const Folder folder;
  static const std::string path = [] {
    const std::string name = folder.file("leases.db");
    const auto database = open(name);
    core::StoreBatch batch;
    for (std::uint32_t number = 0; number < million; ++number) {
      batch.records.emplace_back(lease(number, 1'800'000'000));
      if (batch.records.size() < 10'000) continue;
      if (database->write({&batch, 1}) || database->checkpoint()) std::abort();
      batch.records.clear();
    }
    return name;
  }();
  return path;
}

void open_and_load_a_million(benchmark::State& state) {
  const std::string& path = large_file();
  const double before_mb = resident_mb();
  double most_mb = 0;
  for (auto _ : state) {
    const auto database = open(path);
    std::string error;
    const auto records = database->load(error);
    if (!records || records->size() != million) state.SkipWithError("not all were loaded");
    most_mb = std::max(most_mb, resident_mb());
  }
  state.counters["RSS_MB"] = most_mb - before_mb;
  state.counters["file_MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
}
BENCHMARK(open_and_load_a_million)->Unit(benchmark::kMillisecond)->UseRealTime();

// What a start would take longer with it.
void quick_check_of_a_million(benchmark::State& state) {
  const std::string& path = large_file();
  for (auto _ : state) {
    Connection connection;
    std::string answer;
    if (connection.open(path, SQLITE_OPEN_READWRITE, nullptr) ||
        connection.run("PRAGMA locking_mode = EXCLUSIVE") || connection.ask("PRAGMA quick_check", answer) ||
        answer != "ok")
      state.SkipWithError("damaged");
  }
}
BENCHMARK(quick_check_of_a_million)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace twinlease::store
