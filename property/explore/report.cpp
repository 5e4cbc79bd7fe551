#include "property/explore/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <sstream>

namespace twinlease::explore {
namespace {

// What the parts have together. Of the memory the most that was needed at one time.
struct Sum {
  std::uint64_t states = 0, transitions = 0, cut_off = 0, octets = 0, most_octets = 0;
  std::uint32_t depth = 0;
  double seconds = 0;
};

Sum sum(std::span<const Part> parts) {
  Sum sum;
  for (const Part& part : parts) {
    const Result& result = part.result;
    sum.states += result.states;
    sum.transitions += result.transitions;
    sum.cut_off += result.overflows;
    sum.octets += result.octets;
    sum.most_octets = std::max(sum.most_octets, result.octets);
    sum.depth = std::max(sum.depth, result.depth);
    sum.seconds += part.seconds;
  }
  return sum;
}

double per(double amount, double of) {
  return of > 0 ? amount / of : 0;
}

std::string figures(const Sum& sum) {
  std::array<char, 200> line{};
  std::snprintf(line.data(), line.size(),
                "%llu states, %llu transitions, depth %u, %.1f s, %.0f states/s, %.1f octets a state",
                static_cast<unsigned long long>(sum.states), static_cast<unsigned long long>(sum.transitions),
                sum.depth, sum.seconds, per(static_cast<double>(sum.states), sum.seconds),
                per(static_cast<double>(sum.octets), static_cast<double>(sum.states)));
  return line.data();
}

std::string listed(std::string_view what, const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  std::string text(what);
  for (const std::string& id : ids) text += " " + id;
  return text + "\n";
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

std::string to_text(const Part& part, std::string_view what, const Target& target,
                    const std::string& ladder) {
  std::string text = std::string(part.scope.name) + ": " + std::to_string(target.reached) + " states " +
                     std::string(what) + ", " + std::to_string(target.stuck) +
                     " from which no way leads there\n";
  return target.nearest ? text + "\n" + ladder + "\n" : text;
}

nlohmann::json to_json(const Sum& sum) {
  return {{"states", sum.states},
          {"transitions", sum.transitions},
          {"depth", sum.depth},
          {"cut_off", sum.cut_off},
          {"seconds", sum.seconds},
          {"states_per_s", per(static_cast<double>(sum.states), sum.seconds)},
          {"bytes_per_state", per(static_cast<double>(sum.octets), static_cast<double>(sum.states))},
          {"bytes", sum.most_octets}};
}

void add_violations(const Part& part, nlohmann::json& all) {
  for (std::size_t at = 0; at < part.result.findings.size(); ++at) {
    const Finding& finding = part.result.findings[at];
    all.push_back({{"invariant", finding.id},
                   {"part", part.scope.name},
                   {"steps", finding.depth + 1},
                   {"ladder", lines(part.ladders[at])}});
  }
}

nlohmann::json to_json(const Liveness& live) {
  return {{"states", live.worlds},
          {"in_service", live.service.reached},
          {"no_way_to_service", live.service.stuck},
          {"pools_usable", live.pools.reached},
          {"no_way_to_usable_pools", live.pools.stuck}};
}

nlohmann::json liveness_of(const Part& part) {
  if (!part.liveness) return part.liveness_too_large ? "too large" : nlohmann::json();
  nlohmann::json json = to_json(*part.liveness);
  json["service_ladder"] = lines(part.service_ladder);
  json["pools_ladder"] = lines(part.pools_ladder);
  return json;
}

nlohmann::json liveness_of(const Report& report) {
  const bool all =
      std::ranges::all_of(report.parts, [](const Part& part) { return part.liveness.has_value(); });
  if (!all) return nullptr;
  Liveness sum;
  for (const Part& part : report.parts) {
    sum.worlds += part.liveness->worlds;
    sum.service.reached += part.liveness->service.reached;
    sum.service.stuck += part.liveness->service.stuck;
    sum.pools.reached += part.liveness->pools.reached;
    sum.pools.stuck += part.liveness->pools.stuck;
  }
  return to_json(sum);
}

nlohmann::json to_json(const Part& part) {
  nlohmann::json json = to_json(sum({&part, 1}));
  json["name"] = part.scope.name;
  json["complete"] = part.result.complete;
  json["rows_covered"] = coverage(part.result.rows, {}).covered;
  json["liveness"] = liveness_of(part);
  return json;
}

}  // namespace

bool Report::broken() const {
  return std::ranges::any_of(parts, [](const Part& part) { return !part.result.findings.empty(); });
}

bool Report::stuck() const {
  return std::ranges::any_of(parts, [](const Part& part) { return part.liveness && part.liveness->stuck(); });
}

bool Report::whole() const {
  return std::ranges::all_of(
      parts, [](const Part& part) { return part.result.whole() && !part.liveness_too_large; });
}

Coverage Report::coverage() const {
  std::set<std::string_view> taken;
  for (const Part& part : parts) taken.insert(part.result.rows.begin(), part.result.rows.end());
  return explore::coverage(taken, exemptions);
}

std::string to_text(const Part& part) {
  std::string text;
  for (std::size_t at = 0; at < part.result.findings.size(); ++at)
    text += part.result.findings[at].id + " is broken after " +
            std::to_string(part.result.findings[at].depth + 1) + " steps\n\n" + part.ladders[at] + "\n";
  text += std::string(part.scope.name) + ": " + figures(sum({&part, 1}));
  if (part.result.too_large) text += "; NOT all worlds: the memory is full (--memory-gib)";
  if (part.result.overflows != 0) text += "; NOT all worlds: a channel was full";
  if (part.liveness_too_large) text += "; liveness NOT looked at: it does not fit (--memory-gib)";
  text += "\n";
  if (part.liveness)
    text += to_text(part, "in NORMAL and quiet", part.liveness->service, part.service_ladder) +
            to_text(part, "with usable pools", part.liveness->pools, part.pools_ladder);
  return text;
}

std::string to_text(const Report& report) {
  const Coverage rows = report.coverage();
  return listed("not taken:", rows.uncovered) + listed("taken, and said to be out of reach:", rows.wrong) +
         report.scope + ": " + figures(sum(report.parts)) + ", " + std::to_string(rows.covered) + " of " +
         std::to_string(rows.rows) + " rows, " + std::to_string(rows.exempt.size()) + " exempt\n";
}

nlohmann::json to_json(const Report& report) {
  const Coverage rows = report.coverage();
  nlohmann::json json = to_json(sum(report.parts));
  json["version"] = 1;
  json["scope"] = report.scope;
  json["complete"] = report.whole();
  json["rows"] = rows.rows;
  json["rows_covered"] = rows.covered;
  json["rows_uncovered"] = rows.uncovered;
  json["rows_exempt"] = rows.exempt;
  json["rows_wrongly_exempt"] = rows.wrong;
  json["violations"] = nlohmann::json::array();
  json["parts"] = nlohmann::json::array();
  for (const Part& part : report.parts) {
    add_violations(part, json["violations"]);
    json["parts"].push_back(to_json(part));
  }
  json["liveness"] = liveness_of(report);
  return json;
}

}  // namespace twinlease::explore
