#include "property/check/judge.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "property/abstraction/watch.hpp"
#include "property/check/pair_history.hpp"

namespace twinlease::check {
namespace {

using model::Role;
using model::oracle::Side;
using model::oracle::Verdict;

using Pair = std::pair<wire::Ipv4, wire::Ipv4>;  // the lesser first

Pair pair_of(const Item& item) {
  return std::minmax(item.source.address, item.destination.address);
}

const wire::Message& decoded(const std::variant<wire::Message, wire::Error>& result) {
  return std::get<wire::Message>(result);
}

// Which of the two is the primary: it sends CONNECT, and gives addresses away; the secondary asks for them.
std::optional<wire::Ipv4> primary_shown(const std::vector<const Item*>& items) {
  for (const Item* item : items) {
    if (item->kind != Item::Kind::message) continue;
    const auto result = wire::decode(item->octets);
    const wire::Message& message = decoded(result);
    if (message.type() == wire::MessageType::connect && !item->dialect->both_send_connect)
      return item->source.address;
    if (message.type() == wire::MessageType::poolreq) return item->destination.address;
  }
  return std::nullopt;
}

class Judge {
 public:
  Judge(wire::Ipv4 primary, wire::Ipv4 secondary, const Question& question)
      : servers_{primary, secondary}, history_(primary, secondary) {
    for (Role role : {Role::primary, Role::secondary}) {
      model::oracle::Options options;
      options.role = role;
      options.commands_seen = question.unattended;
      options.safe_period = !question.no_safe_period;
      options.storage_kept = question.storage_kept;
      options.patience_ms = question.patience_ms;
      watches_.push_back(std::make_unique<abstraction::Watch>(options));
    }
  }

  void add(const Item& item) {
    switch (item.kind) {
      case Item::Kind::message: return message(item);
      case Item::Kind::ended:
        each([&](abstraction::Watch& watch, std::size_t) {
          watch.ended(item.time_ms, item.frame, item.stream);
        });
        return history_.connection(item.time_ms, item.frame, item.stream, false);
      case Item::Kind::missing:
        each([&](abstraction::Watch& watch, std::size_t) { watch.missing(item.time_ms, item.frame); });
        return history_.lose_track();
      case Item::Kind::datagram: return datagram(item);
    }
  }

  void finish(const Question& question, PairReport& out) {
    each([&](abstraction::Watch& watch, std::size_t at) {
      const Role role = static_cast<Role>(at);
      if (question.role && *question.role != role) return;
      out.servers.push_back({servers_[at], role, watch.finish()});
      if (!watch.connected_once()) out.servers.back().report.reasons = {"no connection was accepted"};
    });
    history_.judge(out.findings, out.invariants);
  }

 private:
  void message(const Item& item) {
    const auto result = wire::decode(item.octets);
    each([&](abstraction::Watch& watch, std::size_t at) {
      const Side from = item.source.address == servers_[at] ? Side::endpoint : Side::partner;
      watch.message(item.time_ms, item.frame, item.stream, from, decoded(result), *item.dialect);
    });
    history_.message(item.time_ms, item.frame, item.stream, item.source.address, decoded(result),
                     *item.dialect);
  }

  void datagram(const Item& item) {
    const auto result = wire::dhcp4::decode(item.octets);
    const auto& message = std::get<wire::dhcp4::Message>(result);
    const bool to_all = item.destination.address.value == 0xffffffff;
    if (message.header().op == wire::dhcp4::Op::bootrequest) {
      history_.asked(item.time_ms, item.frame, message);
      const auto given_up = clients_.asked(message, to_all, item.time_ms);
      if (!given_up) return;
      history_.ended(item.time_ms, item.frame, *given_up);
      return each([&](abstraction::Watch& watch, std::size_t) {
        watch.observe(item.time_ms, item.frame, *given_up);
      });
    }
    const auto named = wire::dhcp4::server_identifier(message);
    each([&](abstraction::Watch& watch, std::size_t at) {
      if (item.source.address != servers_[at] && named != servers_[at]) return;
      const auto replied = clients_.replied(message);
      if (!replied) return;
      watch.observe(item.time_ms, item.frame, *replied);
      history_.replied(item.time_ms, item.frame, static_cast<Role>(at), message.header().xid, *replied);
    });
  }

  template <class Visit>
  void each(Visit visit) {
    for (std::size_t at = 0; at < watches_.size(); ++at) visit(*watches_[at], at);
  }

  std::vector<wire::Ipv4> servers_;  // by Role
  std::vector<std::unique_ptr<abstraction::Watch>> watches_;
  abstraction::Clients clients_;
  PairHistory history_;
};

// The connections that a CONNECT names otherwise.
std::set<std::uint32_t> streams_of_others(const Recording& recording, const std::string& relationship) {
  std::set<std::uint32_t> others;
  for (const Item& item : recording.items) {
    if (item.kind != Item::Kind::message) continue;
    const auto result = wire::decode(item.octets);
    if (decoded(result).type() != wire::MessageType::connect) continue;
    wire::Errors errors;
    const auto name = wire::read_connect(decoded(result), *item.dialect, errors).relationship_name;
    if (name != relationship) others.insert(item.stream);
  }
  return others;
}

}  // namespace

std::vector<PairReport> judge(const Recording& recording, const Question& question) {
  std::set<std::uint32_t> others;
  if (question.relationship) others = streams_of_others(recording, *question.relationship);
  std::map<Pair, std::vector<const Item*>> pairs;
  for (const Item& item : recording.items)
    if (item.kind != Item::Kind::datagram && !others.contains(item.stream)) pairs[pair_of(item)];
  for (auto& [pair, items] : pairs)
    for (const Item& item : recording.items) {
      const bool ours =
          item.kind == Item::Kind::datagram || (pair_of(item) == pair && !others.contains(item.stream));
      if (ours) items.push_back(&item);
    }
  std::vector<PairReport> reports;
  for (const auto& [pair, items] : pairs) {
    PairReport report;
    report.addresses = {pair.first, pair.second};
    report.reasons = recording.troubles;
    const bool named =
        question.primary && (*question.primary == pair.first || *question.primary == pair.second);
    const auto primary = named ? question.primary : primary_shown(items);
    if (!primary) {
      report.reasons.push_back("which of the two is the primary does not show: --primary");
    } else {
      Judge judge(*primary, *primary == pair.first ? pair.second : pair.first, question);
      for (const Item* item : items) judge.add(*item);
      judge.finish(question, report);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

Verdict verdict_of(const PairReport& report) {
  std::vector<Verdict> all;
  for (const ServerReport& server : report.servers) all.push_back(server.report.verdict);
  const auto any = [&all](Verdict verdict) { return std::ranges::find(all, verdict) != all.end(); };
  if (any(Verdict::fail) || !report.findings.empty()) return Verdict::fail;
  if (all.empty() || any(Verdict::inconclusive) || !report.reasons.empty()) return Verdict::inconclusive;
  return any(Verdict::lenient) ? Verdict::lenient : Verdict::pass;
}

Verdict verdict_of(const std::vector<PairReport>& reports) {
  Verdict worst = reports.empty() ? Verdict::inconclusive : Verdict::pass;
  const auto rank = [](Verdict verdict) {
    switch (verdict) {
      case Verdict::pass: return 0;
      case Verdict::lenient: return 1;
      case Verdict::inconclusive: return 2;
      case Verdict::fail: return 3;
    }
    return 2;
  };
  for (const PairReport& report : reports)
    if (rank(verdict_of(report)) > rank(worst)) worst = verdict_of(report);
  return worst;
}

}  // namespace twinlease::check
