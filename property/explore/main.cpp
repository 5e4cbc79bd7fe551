// twinlease explore: every run of two endpoints within a scope, and whether an invariant breaks in one of
// them.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/machine/rows.hpp"
#include "property/explore/counterexample.hpp"
#include "property/explore/liveness.hpp"
#include "property/explore/script.hpp"

namespace {

using namespace twinlease::explore;
namespace model = twinlease::model;

enum Exit : int {
  clean = 0,
  incomplete = 2,
  usage = 4,
  safety = 10,
  no_way_back = 11,
  our_error = 70
};  // docs/formats/exit-codes.md

struct Arguments {
  std::string scope = "small", fo;
  std::vector<std::string> broken, readings;
  bool json = false, false_partner_down = false, hasty_command = false, unnoticed_loss = false,
       liveness = false;
  unsigned threads = 2;
};

// Rows of the draft's profile, by what became of them.
std::vector<std::string> uncovered(const Result& result) {
  std::vector<std::string> ids;
  for (int s = 0; s < model::kStates; ++s)
    for (const model::Row& row : model::rows_of(static_cast<model::State>(s)))
      if (row.profile != model::Profile::windows && !result.rows.contains(row.id)) ids.emplace_back(row.id);
  std::ranges::sort(ids);
  return ids;
}

std::size_t all_rows() {
  std::size_t count = 0;
  for (int s = 0; s < model::kStates; ++s)
    count += static_cast<std::size_t>(
        std::ranges::count_if(model::rows_of(static_cast<model::State>(s)),
                              [](const model::Row& row) { return row.profile != model::Profile::windows; }));
  return count;
}

bool apply(const Arguments& arguments, Scope& scope) {
  for (const std::string& name : arguments.broken) {
    const auto broken = model::explore::find_broken(name);
    if (!broken) return std::fprintf(stderr, "twinlease-explore: no rule %s\n", name.c_str()), false;
    scope.broken.add(*broken);
  }
  for (const std::string& text : arguments.readings) {
    const auto broken = model::explore::find_reading(text);
    if (!broken) return std::fprintf(stderr, "twinlease-explore: no reading %s\n", text.c_str()), false;
    scope.broken.add(*broken);
  }
  scope.false_partner_down = arguments.false_partner_down;
  scope.hasty_command = arguments.hasty_command;
  scope.unnoticed_loss = arguments.unnoticed_loss;
  return true;
}

void show_progress(const Progress& progress) {
  std::fprintf(stderr, "\rdepth %u  states %llu  transitions %llu   ", progress.depth,
               static_cast<unsigned long long>(progress.states),
               static_cast<unsigned long long>(progress.transitions));
}

nlohmann::json as_json(const Scope& scope, const Result& result, double seconds) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : result.findings)
    findings.push_back({{"invariant", finding.id}, {"steps", finding.depth + 1}});
  return {{"scope", scope.name},
          {"states", result.states},
          {"transitions", result.transitions},
          {"depth", result.depth},
          {"complete", result.complete},
          {"cut_off", result.overflows},
          {"rows", all_rows()},
          {"rows_covered", all_rows() - uncovered(result).size()},
          {"rows_uncovered", uncovered(result)},
          {"seconds", seconds},
          {"states_per_s", static_cast<double>(result.states) / seconds},
          {"bytes_per_state", static_cast<double>(result.octets) / static_cast<double>(result.states)},
          {"violations", findings}};
}

void print(const Scope& scope, const Store& store, const Result& result, double seconds) {
  for (const Finding& finding : result.findings)
    std::printf("%s is broken after %u steps\n\n%s\n", finding.id.c_str(), finding.depth + 1,
                ladder(run_to(scope, store, finding)).c_str());
  std::printf("not taken:");
  for (const std::string& id : uncovered(result)) std::printf(" %s", id.c_str());
  std::printf(
      "\n%s: %llu states, %llu transitions, depth %u, %zu of %zu rows, %.1f s, %.0f states/s, %.1f octets a "
      "state%s\n",
      std::string(scope.name).c_str(), static_cast<unsigned long long>(result.states),
      static_cast<unsigned long long>(result.transitions), result.depth,
      all_rows() - uncovered(result).size(), all_rows(), seconds,
      static_cast<double>(result.states) / seconds,
      static_cast<double>(result.octets) / static_cast<double>(result.states),
      result.complete && result.overflows == 0 ? "" : "; NOT all worlds of the scope");
}

int explore(const Arguments& arguments) {
  auto scope = model::explore::find_scope(arguments.scope);
  if (!scope || !apply(arguments, *scope)) return usage;
  Limits limits;
  limits.threads = arguments.threads;
  limits.until_finding = !arguments.broken.empty() || !arguments.readings.empty();
  if (isatty(STDERR_FILENO) != 0) limits.progress = show_progress;
  const auto store = std::make_unique<Store>();
  const auto begin = std::chrono::steady_clock::now();
  const Result result = search(*scope, *store, limits);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (limits.progress) std::fputc('\n', stderr);
  if (!arguments.fo.empty() && !result.findings.empty()) {
    std::ofstream file(arguments.fo);
    file << script(*scope, result.findings.front(), run_to(*scope, *store, result.findings.front()));
    if (!file.flush()) throw std::runtime_error(arguments.fo + " cannot be written");
  }
  if (arguments.json)
    std::printf("%s\n", as_json(*scope, result, seconds).dump().c_str());
  else
    print(*scope, *store, result, seconds);
  if (std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written");
  if (!result.findings.empty()) return safety;
  if (arguments.liveness && result.complete) {
    const Liveness live = liveness(*scope, *store);
    std::fprintf(stderr, "%llu worlds, %llu in service, %llu from which no way leads back\n",
                 static_cast<unsigned long long>(live.worlds), static_cast<unsigned long long>(live.good),
                 static_cast<unsigned long long>(live.stuck));
    if (live.nearest) std::fprintf(stderr, "%s\n", ladder(run_to(*scope, *store, *live.nearest)).c_str());
    if (live.stuck != 0) return no_way_back;
  }
  return result.complete && result.overflows == 0 ? clean : incomplete;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Goes through every run of two failover endpoints within a scope, and looks for a broken invariant.",
      "twinlease-explore");
  Arguments arguments;
  app.add_option("--scope", arguments.scope, "small, pools, storage, standard or large")
      ->capture_default_str();
  app.add_option("--broken", arguments.broken, "a rule to break; may be repeated; ends at the first finding");
  app.add_option("--reading", arguments.readings, "A-nn=VALUE, another reading than the default; likewise");
  app.add_flag("--false-partner-down", arguments.false_partner_down,
               "AS2 broken: the partner runs at the command");
  app.add_flag("--hasty-command", arguments.hasty_command, "the command may come in the second of the crash");
  app.add_flag("--unnoticed-loss", arguments.unnoticed_loss,
               "AS3 broken: nobody notices that storage was lost");
  app.add_flag("--liveness", arguments.liveness,
               "also whether service can return from everywhere (memory: small)");
  app.add_option("--threads", arguments.threads)->capture_default_str()->check(CLI::Range(1, 64));
  app.add_flag("--json", arguments.json, "the result as one line of JSON");
  app.add_option("--fo", arguments.fo, "where to write the nearest finding as a script: docs/formats/fo.md");
  app.footer(
      "Exit: 0 clean, 2 the scope was not exhausted, 4 usage, 10 a safety invariant is broken, 11 no way "
      "leads back, 70 our "
      "error.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? clean : usage;
  }
  try {
    return explore(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "twinlease-explore: %s\n", error.what());
    return our_error;
  }
}
