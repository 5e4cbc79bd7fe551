#include "property/check/report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "impl/wire/decode/text.hpp"

namespace twinlease::check {
namespace {

using model::oracle::Finding;
using model::oracle::Level;
using model::oracle::Verdict;

std::string role_name(model::Role role) {
  return role == model::Role::primary ? "primary" : "secondary";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string padded(Verdict verdict) {
  std::string text(to_string(verdict));
  text.resize(std::max<std::size_t>(text.size() + 1, 8), ' ');
  return text;
}

std::string basis_of(const Finding& finding) {
  const std::string clauses = joined(finding.clauses);
  return finding.invariant + (finding.invariant.empty() || clauses.empty() ? "" : " ") + clauses;
}

void add_server(std::string& out, const ServerReport& server) {
  const auto& report = server.report;
  out += role_name(server.role) + " " + capture::to_string(server.server) + ": " +
         std::string(to_string(report.verdict)) + ", " + std::to_string(report.explained) + " of " +
         std::to_string(report.messages) + " messages explained\n";
  for (const std::string& reason : report.reasons) out += "  cannot be judged  " + reason + "\n";
  for (const std::string& assumption : report.assumptions) out += "  assumes   " + assumption + "\n";
  for (const Finding& finding : report.findings) {
    out += "  frame " + std::to_string(finding.number) + "  " + padded(verdict_of(finding.level)) +
           basis_of(finding) + "\n";
    out += "    saw       " + finding.text + "\n    allowed   " + finding.allowed + "\n";
    if (finding.last_good > 0) out += "    until     frame " + std::to_string(finding.last_good) + "\n";
    if (finding.times > 1) out += "    and       " + std::to_string(finding.times - 1) + " times more\n";
  }
}

nlohmann::ordered_json json_of(const Finding& finding, const ServerReport& server) {
  nlohmann::ordered_json out;
  if (!finding.invariant.empty()) out["invariant"] = finding.invariant;
  if (!finding.clauses.empty()) {
    out["clause"] = finding.clauses.front();
    out["clauses"] = finding.clauses;
  }
  out["verdict"] = to_string(verdict_of(finding.level));
  out["topic"] = finding.topic;
  out["server"] = capture::to_string(server.server);
  out["role"] = role_name(server.role);
  out["frame"] = finding.number;
  out["last_good_frame"] = finding.last_good;
  if (finding.address) out["address"] = capture::to_string(wire::Ipv4{*finding.address});
  out["text"] = finding.text;
  out["allowed"] = finding.allowed;
  out["times"] = finding.times;
  return out;
}

}  // namespace

std::string to_text(const std::vector<PairReport>& reports) {
  std::string out;
  for (const PairReport& report : reports) {
    out += capture::to_string(report.addresses[0]) + " and " + capture::to_string(report.addresses[1]) + "\n";
    for (const ServerReport& server : report.servers) add_server(out, server);
    for (const std::string& reason : report.reasons) out += "cannot be judged  " + reason + "\n";
    if (!report.invariants.empty()) out += "pair: " + joined(report.invariants) + " examined\n";
    for (const PairFinding& finding : report.findings)
      out += "  frame " + std::to_string(finding.frame) + "  FAIL    " + finding.invariant +
             "\n    saw       " + finding.text + "\n";
  }
  if (reports.empty()) out += "no failover connection\n";
  return out + std::string(to_string(verdict_of(reports))) + "\n";
}

std::string to_json(const std::vector<PairReport>& reports) {
  nlohmann::ordered_json out;
  out["version"] = 1;
  out["verdict"] = to_string(verdict_of(reports));
  out["findings"] = nlohmann::json::array();
  nlohmann::ordered_json servers = nlohmann::json::array(), reasons = nlohmann::json::array();
  std::uint64_t explained = 0, messages = 0;
  for (const PairReport& report : reports) {
    for (const std::string& reason : report.reasons) reasons.push_back(reason);
    for (const ServerReport& server : report.servers) {
      explained += server.report.explained;
      messages += server.report.messages;
      for (const Finding& finding : server.report.findings)
        out["findings"].push_back(json_of(finding, server));
      for (const std::string& reason : server.report.reasons) reasons.push_back(reason);
      servers.push_back({{"server", capture::to_string(server.server)},
                         {"role", role_name(server.role)},
                         {"verdict", to_string(server.report.verdict)},
                         {"assumptions", server.report.assumptions},
                         {"explained", server.report.explained},
                         {"messages", server.report.messages}});
    }
    for (const PairFinding& finding : report.findings)
      out["findings"].push_back({{"invariant", finding.invariant},
                                 {"verdict", "FAIL"},
                                 {"topic", "pair"},
                                 {"frame", finding.frame},
                                 {"text", finding.text}});
  }
  out["explained"] = explained;
  out["messages"] = messages;
  out["servers"] = servers;
  out["reasons"] = reasons;
  return out.dump(2, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

int exit_code(const std::vector<PairReport>& reports) {
  const Verdict verdict = verdict_of(reports);
  if (verdict == Verdict::inconclusive) return incomplete;
  if (verdict != Verdict::fail) return clean;
  const auto broke = [&reports](char kind) {
    return std::ranges::any_of(reports, [kind](const PairReport& report) {
      return std::ranges::any_of(
          report.findings, [kind](const PairFinding& finding) { return finding.invariant.front() == kind; });
    });
  };
  const bool lead_time = std::ranges::any_of(reports, [](const PairReport& report) {
    return std::ranges::any_of(report.servers, [](const ServerReport& server) {
      return std::ranges::any_of(server.report.findings, [](const Finding& finding) {
        return finding.level == Level::must && finding.invariant == "S2";
      });
    });
  });
  if (broke('S') || lead_time) return safety;
  return broke('L') ? liveness : broken;
}

}  // namespace twinlease::check
