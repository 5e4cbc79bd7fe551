#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fuzz/seeds/seeds.hpp"

namespace twinlease::fuzz {

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return text.str();
}

Bytes octets_in(const std::string& text, const std::string& where) {
  try {
    return wire::testing::octets_of(text);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(where + ": " + error.what());
  }
}

}  // namespace

Seeds corpus_seeds(std::string_view target, const fs::path& folder) {
  const fs::path path = folder / "corpus" / (std::string(target) + ".hex");
  Seeds out;
  if (!fs::exists(path)) return out;
  std::istringstream lines(text_of(path));
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string name = "corpus-" + std::to_string(++number);
    out.push_back({name, octets_in(line, path.string() + ", line " + std::to_string(number))});
  }
  return out;
}

Seeds regressions(std::string_view target, const fs::path& folder) {
  Seeds out;
  const fs::path regress = folder / "regress" / target;
  if (!fs::exists(regress)) return out;
  for (const auto& entry : fs::directory_iterator(regress))
    if (entry.path().extension() == ".hex")
      out.push_back({"regress-" + entry.path().stem().string(),
                     octets_in(text_of(entry.path()), entry.path().string())});
  std::ranges::sort(out, {}, &Seed::name);
  return out;
}

Seeds all_seeds(std::string_view target, const fs::path& folder) {
  Seeds out = encoded_seeds(target);
  for (const Seeds& more : {captured_seeds(target, folder / "captures"), corpus_seeds(target, folder),
                            regressions(target, folder)})
    out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace twinlease::fuzz
