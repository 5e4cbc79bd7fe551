// What the endpoint owes on a connection that lives: UPDDONE, POOLRESP, and the POOLREQ of a secondary that
// comes to NORMAL (7.3.2, 7.6, 7.6.2). The draft has no bound for any of them; Options::patience_ms is one
// far beyond what they take, and it runs only while the endpoint speaks and nothing hinders the answer.
#include <algorithm>

#include "model/oracle/exchange.hpp"

namespace twinlease::model::oracle {
namespace {

std::string after(TimeMs passed_ms) {
  return " after " + std::to_string(passed_ms / 1000) + " s";
}

}  // namespace

void Exchange::said(const StateSaid& event, TimeMs now_ms, bool doubtful) {
  Said& said = said_[static_cast<std::size_t>(event.from)];
  const bool normal = event.state == State::normal && !event.startup;
  if (event.from == Side::endpoint && options_.role == Role::secondary) {
    if (!normal)
      entered_normal_ms_.reset();
    else if (said.state && said.state != State::normal)
      entered_normal_ms_ = now_ms;
  }
  const std::optional<State> state =
      doubtful ? std::nullopt : std::optional(event.startup ? State::startup : event.state);
  if (said.state != state) said.since_ms = now_ms;
  said.state = state;
}

bool Exchange::are_normal_since(TimeMs time_ms) const {
  return std::ranges::all_of(
      said_, [time_ms](const Said& said) { return said.state == State::normal && said.since_ms <= time_ms; });
}

// 7.3.2, A-46: when the last BNDACK has come. A BNDUPD of a client's news in between begins the wait again:
// which of them the request counts does not show.
void Exchange::owes_done(TimeMs now_ms, std::vector<Finding>& out) {
  const bool communications_ok = said_[0].state && said_[1].state;
  if (!whole_ || !communications_ok || !own_.empty() || unacknowledged_) return;
  const TimeMs spoken_ms = std::max(said_[0].since_ms, said_[1].since_ms);
  for (auto& [xid, asked] : requests_) {
    const TimeMs since_ms = std::max({asked.time_ms, quiet_since_ms_, awake_since_ms_, spoken_ms});
    if (!asked.due || now_ms - since_ms <= options_.patience_ms) continue;
    asked.due = false;
    Finding finding;
    finding.topic = "UPDDONE";
    finding.clauses = {"FO-7.3.2-03", "FO-7.3-03"};
    finding.text = "no UPDDONE" + after(now_ms - since_ms) + ", and every BNDUPD has its BNDACK";
    finding.allowed = "UPDDONE";
    out.push_back(std::move(finding));
  }
}

// 7.6, 7.6.2. That an answer may be deferred makes it a should.
void Exchange::owes_pools(TimeMs now_ms, std::vector<Finding>& out) {
  const TimeMs before_ms = now_ms - options_.patience_ms;
  if (!whole_ || options_.profile == Profile::windows || awake_since_ms_ > before_ms ||
      !are_normal_since(before_ms))
    return;
  Finding finding;
  finding.level = Level::should;
  for (auto& [xid, asked] : pools_) {
    if (!asked.due || asked.time_ms > before_ms || options_.role != Role::primary) continue;
    asked.due = false;
    finding.topic = "POOLRESP";
    finding.clauses = {"FO-7.6.2-03"};
    finding.text = "no POOLRESP" + after(now_ms - asked.time_ms);
    finding.allowed = "POOLRESP, if deferred";
    out.push_back(finding);
  }
  if (!entered_normal_ms_ || *entered_normal_ms_ > before_ms) return;
  finding.topic = "POOLREQ";
  finding.clauses = {"FO-7.6-02"};
  finding.text = "no POOLREQ" + after(now_ms - *entered_normal_ms_) + " in NORMAL";
  finding.allowed = "POOLREQ on entry to NORMAL";
  entered_normal_ms_.reset();
  out.push_back(std::move(finding));
}

}  // namespace twinlease::model::oracle
