// twinlease-fuzz-seeds SOURCE FOLDER: the seeds of every target, as one file each in FOLDER/TARGET/.
// twinlease-fuzz-seeds --dictionaries FOLDER: failover.dict and dhcp4.dict, made from the codec's tables.
//
// SOURCE is fuzz/ of the source tree. Exit codes as in docs/formats/exit-codes.md.
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "fuzz/seeds/seeds.hpp"
#include "fuzz/targets/target.hpp"

namespace {

namespace fs = std::filesystem;
enum Exit : int { clean = 0, usage = 4, our_error = 70 };

void write(const fs::path& path, std::string_view octets) {
  std::ofstream file(path, std::ios::binary);
  file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

void write_seeds(const fs::path& source, const fs::path& folder) {
  for (const twinlease::fuzz::Target* target : twinlease::fuzz::all_targets()) {
    const fs::path out = folder / target->name;
    fs::remove_all(out);
    fs::create_directories(out);
    const twinlease::fuzz::Seeds seeds = twinlease::fuzz::all_seeds(target->name, source);
    for (const twinlease::fuzz::Seed& seed : seeds)
      write(out / seed.name, twinlease::wire::as_text(seed.octets));
    std::printf("%s: %zu seeds\n", std::string(target->name).c_str(), seeds.size());
  }
}

void write_dictionaries(const fs::path& folder) {
  for (std::string_view name : {"failover", "dhcp4"})
    write(folder / (std::string(name) + ".dict"), twinlease::fuzz::dictionary(name));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: twinlease-fuzz-seeds SOURCE FOLDER | --dictionaries FOLDER\n", stderr);
    return usage;
  }
  if (argv[1] == std::string_view("--dictionaries")) {
    write_dictionaries(argv[2]);
  } else {
    write_seeds(argv[1], argv[2]);
  }
  return clean;
} catch (const std::exception& error) {
  std::fprintf(stderr, "twinlease-fuzz-seeds: %s\n", error.what());
  return our_error;
}
