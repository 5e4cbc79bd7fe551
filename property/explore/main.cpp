// twinlease explore: every run of two endpoints within a scope, and whether an invariant breaks in one of
// them.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "property/explore/counterexample.hpp"
#include "property/explore/report.hpp"
#include "property/explore/script.hpp"

namespace {

using namespace twinlease::explore;
namespace model = twinlease::model;

enum Exit : int {
  clean = 0,
  incomplete = 2,
  mismatch = 3,
  usage = 4,
  safety = 10,
  no_way_back = 11,
  our_error = 70
};  // docs/formats/exit-codes.md

struct Arguments {
  std::string scope, fo, unreached = TWINLEASE_SOURCE_DIR "/model/explore/unreached_rows.csv";
  std::vector<std::string> broken, readings, invariants;
  bool json = false, false_partner_down = false, hasty_command = false, unnoticed_loss = false,
       liveness = false;
  unsigned threads = 0;  // 0: nobody said
  double memory_gib = 14;

  bool breaks_something() const {
    return !broken.empty() || !readings.empty() || false_partner_down || hasty_command || unnoticed_loss;
  }
};

template <class Names>
bool unknown(const char* what, const std::string& name, const Names& names) {
  std::fprintf(stderr, "twinlease-explore: no %s %s; there are:", what, name.c_str());
  for (std::string_view known : names)
    std::fprintf(stderr, " %.*s", static_cast<int>(known.size()), known.data());
  std::fputc('\n', stderr);
  return false;
}

std::vector<std::string_view> broken_names() {
  std::vector<std::string_view> names;
  for (int rule = 0; rule < model::kBroken; ++rule)
    names.push_back(model::explore::to_string(static_cast<model::Broken>(rule)));
  return names;
}

std::vector<std::string_view> invariant_names() {
  std::vector<std::string_view> names;
  for (const model::explore::Invariant& invariant : model::explore::invariants())
    names.push_back(invariant.id);
  return names;
}

bool apply(const Arguments& arguments, Scope& scope) {
  for (const std::string& name : arguments.broken) {
    const auto broken = model::explore::find_broken(name);
    if (!broken) return unknown("rule", name, broken_names());
    scope.broken.add(*broken);
  }
  for (const std::string& text : arguments.readings) {
    const auto broken = model::explore::find_reading(text);
    if (!broken) return unknown("reading", text, model::explore::reading_names());
    scope.broken.add(*broken);
  }
  scope.false_partner_down |= arguments.false_partner_down;
  scope.hasty_command |= arguments.hasty_command;
  scope.unnoticed_loss |= arguments.unnoticed_loss;
  return true;
}

bool choose(const std::vector<std::string>& wanted, model::explore::Violations& looks_for) {
  const auto names = invariant_names();
  if (!wanted.empty()) looks_for = 0;
  for (const std::string& id : wanted) {
    const auto found = std::ranges::find(names, std::string_view(id));
    if (found == names.end()) return unknown("invariant", id, names);
    looks_for |= model::explore::Violations{1} << (found - names.begin());
  }
  return true;
}

void show_progress(const Scope& scope, const Progress& progress) {
  std::fprintf(stderr, "\r%s: depth %u  states %llu  transitions %llu  %.2f GiB   ",
               std::string(scope.name).c_str(), progress.depth,
               static_cast<unsigned long long>(progress.states),
               static_cast<unsigned long long>(progress.transitions),
               static_cast<double>(progress.octets) / (1 << 30));
}

void write_script(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

Part explore_part(const Arguments& arguments, const Scope& scope, Limits limits) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) limits.progress = [&](const Progress& progress) { show_progress(scope, progress); };
  Store store(limits.threads == 1 ? 1 : 64);
  Part part;
  part.scope = scope;
  const auto begin = std::chrono::steady_clock::now();
  part.result = search(scope, store, limits);
  part.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (terminal) std::fputc('\n', stderr);
  for (const Finding& finding : part.result.findings)
    part.ladders.push_back(ladder(run_to(scope, store, finding)));
  if (!arguments.fo.empty() && !part.result.findings.empty()) {
    const Finding& first = part.result.findings.front();
    write_script(arguments.fo, script(scope, first, run_to(scope, store, first)));
  }
  if (!arguments.liveness || !part.result.whole()) return part;
  part.liveness_too_large = liveness_octets(part.result) > limits.octets;
  if (part.liveness_too_large) return part;
  part.liveness = liveness(scope, store, limits.threads);
  const Liveness& live = *part.liveness;
  if (live.service.nearest) part.service_ladder = ladder(run_to(scope, store, *live.service.nearest));
  if (live.pools.nearest) part.pools_ladder = ladder(run_to(scope, store, *live.pools.nearest));
  return part;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written");
}

// Only the scope that is to be gone through in full is judged by the rows that it takes.
Exit judge(const Arguments& arguments, const Report& report) {
  const Coverage rows = report.coverage();
  if (report.broken()) return safety;
  if (report.stuck()) return no_way_back;
  if (!arguments.breaks_something() && !rows.wrong.empty()) return mismatch;
  const bool lacks_rows =
      report.scope == "standard" && !arguments.breaks_something() && !rows.uncovered.empty();
  return report.whole() && !lacks_rows ? clean : incomplete;
}

// A reading is judged by whether a lease can be given twice. What breaks first may be another invariant.
bool wants_duplicate_lease(const Arguments& arguments, const Part& part) {
  return !arguments.readings.empty() && arguments.invariants.empty() && !part.result.findings.empty() &&
         std::ranges::find(part.result.findings, "S1", &Finding::id) == part.result.findings.end();
}

void explore_parts(const Arguments& arguments, const std::vector<Scope>& scopes, const Limits& limits,
                   Report& report) {
  const auto add = [&](Part part) {
    if (!arguments.json) print(to_text(part));
    report.parts.push_back(std::move(part));
  };
  for (const Scope& scope : scopes) {
    add(explore_part(arguments, scope, limits));
    if (wants_duplicate_lease(arguments, report.parts.back())) {
      Limits duplicate = limits;
      choose({"S1"}, duplicate.looks_for);
      add(explore_part(arguments, scope, duplicate));
    }
    if (limits.until_finding && report.broken()) return;
  }
}

Exit explore(const Arguments& arguments) {
  Limits limits;
  // With one thread a script is the same each time.
  limits.threads = arguments.threads != 0 ? arguments.threads : arguments.fo.empty() ? 2 : 1;
  limits.octets = static_cast<std::uint64_t>(arguments.memory_gib * (1 << 30));
  limits.until_finding = arguments.breaks_something();
  if (!choose(arguments.invariants, limits.looks_for)) return usage;
  std::vector<Scope> scopes = model::explore::parts(arguments.scope);
  if (scopes.empty()) return unknown("scope", arguments.scope, model::explore::scope_names()), usage;
  for (Scope& scope : scopes)
    if (!apply(arguments, scope)) return usage;
  Report report{arguments.scope, {}, {}};
  try {
    report.exemptions = read_exemptions(arguments.unreached);
  } catch (const std::runtime_error& error) {
    return std::fprintf(stderr, "twinlease-explore: %s\n", error.what()), usage;
  }
  explore_parts(arguments, scopes, limits, report);
  print(arguments.json ? to_json(report).dump() + "\n" : to_text(report));
  return judge(arguments, report);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Goes through every run of two failover endpoints within a scope, and looks for a broken invariant.",
      "twinlease-explore");
  Arguments arguments;
  app.add_option("--scope", arguments.scope,
                 "small, ceiling, pools, storage, standard or large; by default small, or "
                 "ceiling with --reading");
  app.add_option("--broken", arguments.broken, "a rule to break; may be repeated; ends at the first finding");
  app.add_option("--reading", arguments.readings, "A-nn=VALUE, another reading than the default; likewise");
  app.add_option("--invariant", arguments.invariants, "look for this one alone; may be repeated");
  app.add_flag("--false-partner-down", arguments.false_partner_down,
               "AS2 broken: the partner runs at the command");
  app.add_flag("--hasty-command", arguments.hasty_command, "the command may come in the second of the crash");
  app.add_flag("--unnoticed-loss", arguments.unnoticed_loss,
               "AS3 broken: nobody notices that storage was lost");
  app.add_flag("--liveness", arguments.liveness,
               "also whether service can return from everywhere (more memory)");
  app.add_option("--threads", arguments.threads, "2; with --fo 1, so that the script is the same each time")
      ->check(CLI::Range(1, 64));
  app.add_option("--memory-gib", arguments.memory_gib, "as much memory may be used")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--unreached", arguments.unreached, "the rows that no scope reaches, and why")
      ->capture_default_str();
  app.add_flag("--json", arguments.json, "the result as one line of JSON: docs/formats/explore-json.md");
  app.add_option("--fo", arguments.fo, "where to write the nearest finding as a script: docs/formats/fo.md");
  app.footer(
      "Exit: 0 clean, 2 not everything was seen, or a row of the draft is missing from the standard scope, 3 "
      "a "
      "row was taken that is said to be out of reach, 4 usage, 10 a safety invariant is broken, 11 no way "
      "leads "
      "back, 70 our error.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? clean : usage;
  }
  if (arguments.scope.empty()) arguments.scope = arguments.readings.empty() ? "small" : "ceiling";
  try {
    return explore(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "twinlease-explore: %s\n", error.what());
    return our_error;
  }
}
