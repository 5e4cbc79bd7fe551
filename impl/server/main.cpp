// twinleased: a DHCPv4 server with failover. Exit codes: docs/formats/exit-codes.md.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

#include "impl/server/privileges.hpp"
#include "impl/server/settings.hpp"
#include "impl/server/shell.hpp"

namespace {

using namespace twinlease;

constexpr int exit_usage = 4, exit_own_error = 70;

int complain(const std::string& what, int code) {
  std::cerr << "twinleased: " << what << '\n';
  return code;
}

// Ports first, which may need root; the store belongs to the user that the server becomes.
int serve(server::Settings settings, const std::string& config_file, bool lost_storage) {
  server::Shell shell(settings, config_file);
  server::become(settings.user);
  if (lost_storage) {
    const auto aside = store::Store::lose(settings.store, std::to_string(std::time(nullptr)));
    if (aside) std::cerr << "twinleased: the old store is now " << *aside << '\n';
  }
  std::string error;
  const auto store =
      store::Store::open({.database = {.path = settings.store, .storage_lost = lost_storage}}, error);
  if (store == nullptr) return complain(error, exit_own_error);
  auto records = store->load(error);
  if (!records) return complain(error, exit_own_error);
  return shell.run(*store, std::move(*records), store->storage_lost()) ? 0 : exit_own_error;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A DHCPv4 server with failover (draft-ietf-dhc-failover-12)"};
  std::string config_file;
  bool check = false, lost_storage = false;
  app.add_option("--config", config_file, "configuration (docs/formats/twinleased.md)")->required();
  app.add_flag("--check", check, "read the configuration, print what is wrong with it, and end");
  app.add_flag("--lost-storage", lost_storage,
               "the store is lost: set what is left of it aside, and get all bindings from the partners");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  std::ifstream file(config_file);
  if (!file) return complain("cannot read " + config_file, exit_usage);
  std::stringstream text;
  text << file.rdbuf();
  auto read = server::read_settings(text.str(), config_file);
  if (const auto* mistakes = std::get_if<server::Mistakes>(&read)) {
    std::cerr << server::to_string(*mistakes, config_file);
    return exit_usage;
  }
  if (check) return 0;
  try {
    return serve(std::move(std::get<server::Settings>(read)), config_file, lost_storage);
  } catch (const std::exception& error) {
    return complain(error.what(), exit_own_error);
  }
}
