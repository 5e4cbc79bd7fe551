// twinlease NAME ARGUMENTS...: runs twinlease-NAME from the folder that this program lies in, and becomes it.
//
// It knows no command by name: what lies there is there.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

namespace fs = std::filesystem;

enum Exit : int { clean = 0, usage = 4, our_error = 70 };
constexpr std::string_view prefix = "twinlease-";

// Also the reason why no name leads out of the folder, or brings anything odd to a terminal.
bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), allowed);
}

bool is_command(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> commands_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string file = entry.path().filename().string();
    if (!file.starts_with(prefix)) continue;
    const std::string name = file.substr(prefix.size());
    if (is_name(name) && is_command(entry.path())) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void print_commands(std::FILE* out, const fs::path& folder) {
  const std::vector<std::string> names = commands_in(folder);
  std::fputs(names.empty() ? "There are no commands beside this program.\n" : "Commands:\n", out);
  for (const std::string& name : names) std::fprintf(out, "  %s\n", name.c_str());
}

int refuse(std::string_view name, const fs::path& folder) {
  if (is_name(name)) {
    std::fprintf(stderr, "twinlease: there is no command %.*s. ", static_cast<int>(name.size()), name.data());
  } else {
    std::fputs("twinlease: the first argument is no command's name. ", stderr);
  }
  print_commands(stderr, folder);
  return usage;
}

}  // namespace

int main(int argc, char** argv) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (error) {
    std::fprintf(stderr, "twinlease: cannot tell where this program lies: %s\n", error.message().c_str());
    return our_error;
  }
  const std::string_view first = argc < 2 ? "--help" : argv[1];
  if (first == "--help" || first == "-h") {
    std::puts("usage: twinlease COMMAND [ARGUMENT...]\n       twinlease COMMAND --help\n");
    print_commands(stdout, folder);
    return clean;
  }
  if (first == "--version") {
    std::puts("twinlease " TWINLEASE_VERSION);
    return clean;
  }
  if (!is_name(first)) return refuse(first, folder);
  std::string command = (folder / (std::string(prefix) + std::string(first))).string();
  if (!is_command(command)) return refuse(first, folder);
  argv[1] = command.data();
  execv(command.c_str(), argv + 1);
  std::fprintf(stderr, "twinlease: %s cannot be run: %s\n", argv[1], std::strerror(errno));
  return our_error;
}
