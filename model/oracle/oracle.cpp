#include "model/oracle/oracle.hpp"

#include <algorithm>

namespace twinlease::model::oracle {
namespace {

std::string spelled(State state) {
  std::string text(to_string(state));
  std::ranges::replace(text, '_', '-');
  return text;
}

constexpr ClientMessage kMessages[] = {ClientMessage::discover,
                                       ClientMessage::request_selecting,
                                       ClientMessage::request_init_reboot,
                                       ClientMessage::request_renewing,
                                       ClientMessage::request_rebinding,
                                       ClientMessage::release,
                                       ClientMessage::decline,
                                       ClientMessage::inform};

bool serves_anything(State state) {
  return state != State::startup && std::ranges::any_of(kMessages, [state](ClientMessage message) {
           return service(state, message).serve != Serve::no;
         });
}

template <class Visit>
void each(StateSet states, Visit visit) {
  for (int s = 0; s < kStates; ++s)
    if (states.has(static_cast<State>(s))) visit(static_cast<State>(s));
}

std::string silence_clause(State state) {
  switch (state) {
    case State::startup: return "FO-9.3.1-01";
    case State::recover: return "FO-9.5.1-01";
    case State::recover_wait: return "FO-9.6.1-01";
    case State::recover_done: return "FO-9.7.1-02";
    case State::potential_conflict: return "FO-9.10.2-01";
    case State::shutdown: return "FO-9.14.2-01";
    default: return "FO-9.2-05";
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "PASS";
    case Verdict::lenient: return "LENIENT";
    case Verdict::fail: return "FAIL";
    case Verdict::inconclusive: return "INCONCLUSIVE";
  }
  return "INCONCLUSIVE";
}

Verdict verdict_of(Level level) {
  switch (level) {
    case Level::must: return Verdict::fail;
    case Level::should: return Verdict::lenient;
    case Level::unjudged: return Verdict::inconclusive;
  }
  return Verdict::inconclusive;
}

Oracle::Oracle(const Options& options)
    : options_(options), states_(options), exchange_(options), bindings_(options) {}

void Oracle::observe(const Seen& event) {
  now_ms_ = std::max(now_ms_, event.time_ms);
  number_ = event.number;
  states_.at(++place_, event.number);
  faulty_ = false;
  doubtful_ = event.doubtful || unreadable_;
  states_.set_unanswered(exchange_.unanswered());
  std::visit([this](const auto& body) { on(body); }, event.body);
  judge_replies(false);
  judge_suspicions(false);
}

Report Oracle::finish() {
  judge_replies(true);
  judge_suspicions(true);
  report_.findings = findings_;
  const auto at = [](Level level) { return [level](const Finding& f) { return f.level == level; }; };
  const Burden& burden = states_.least_burden();
  if (burden.commands > 0) report_.assumptions.push_back("a command of an operator that was not seen");
  if (burden.safe_periods > 0) report_.assumptions.push_back("a safe period that ran out (10)");
  if (burden.losses > 0)
    report_.assumptions.push_back("a loss, or a restored copy, of its storage that was not seen");
  if (states_.overflowed())
    report_.reasons.push_back("more than " + std::to_string(options_.most_explanations) + " explanations");
  if (report_.messages == 0) report_.reasons.push_back("no message of this endpoint was seen");
  if (std::ranges::any_of(findings_, at(Level::must)))
    report_.verdict = Verdict::fail;
  else if (!report_.reasons.empty() || std::ranges::any_of(findings_, at(Level::unjudged)))
    report_.verdict = Verdict::inconclusive;
  else
    report_.verdict = findings_.empty() ? Verdict::pass : Verdict::lenient;
  return report_;
}

void Oracle::report(std::vector<Finding> found) {
  for (Finding& finding : found) {
    if (finding.number == 0) {
      finding.time_ms = now_ms_;
      finding.number = number_;
      finding.last_good = last_good_;
    }
    faulty_ = true;
    const auto same = std::ranges::find_if(findings_, [&](const Finding& f) {
      return f.topic == finding.topic && f.about == finding.about && f.clauses == finding.clauses &&
             f.invariant == finding.invariant &&
             (f.allowed == finding.allowed || finding.invariant == "S19" || finding.invariant == "S2");
    });
    if (same == findings_.end())
      findings_.push_back(std::move(finding));
    else
      ++same->times;
  }
}

void Oracle::report(const Unexplained& unexplained, std::string topic, std::string about, std::string text) {
  Finding finding;
  finding.topic = std::move(topic);
  finding.about = std::move(about);
  finding.invariant = unexplained.invariant;
  finding.clauses = unexplained.clauses;
  finding.level = unexplained.level;
  finding.text = std::move(text);
  finding.allowed = unexplained.allowed;
  report({std::move(finding)});
}

// Whatever the endpoint sends shows that it lives, and is the time to ask what it should have said before.
void Oracle::spoke(Side from) {
  if (from != Side::endpoint) return;
  ++report_.messages;
  states_.alive(now_ms_);
  std::vector<Finding> found;
  exchange_.sent_anything(now_ms_, found);
  report(std::move(found));
  if (const auto unexplained = states_.overdue(now_ms_))
    report(*unexplained, "STATE", "", "nothing for " + std::to_string(options_.patience_ms / 1000) + " s");
  report_lapses();
}

void Oracle::on(const ConnectionUp& event) {
  const bool again = connected_ && doubtful_;
  connected_ = true;
  const std::optional<Seconds> before = mclt_;
  if (event.mclt) mclt_ = again ? std::max(*event.mclt, mclt_.value_or(0)) : event.mclt;  // S23
  // It waits by the one or the other, if two follow each other (9.6.2).
  states_.set_mclt(event.mclt ? std::min(*event.mclt, before.value_or(*event.mclt)) : before);
  states_.connected(now_ms_, doubtful_);
  if (again) return exchange_.connected_again(event);
  exchange_.connected(event);
  unreadable_ = false;
  last_said_.reset();
  arrived_.clear();
}

void Oracle::on(const ConnectionDown&) {
  if (!connected_) return;
  connected_ = unreadable_ = false;
  last_said_.reset();
  states_.disconnected(now_ms_);
  exchange_.disconnected();
}

void Oracle::on(const Gap&) {
  states_.lose_track();
  exchange_.lose_track();
  bindings_.lose_track();
  arrived_.clear();
  const std::string reason = "messages were not seen";
  if (std::ranges::find(report_.reasons, reason) == report_.reasons.end()) report_.reasons.push_back(reason);
}

void Oracle::on(const Unreadable& event) {
  unreadable_ = true;
  exchange_.received(event, place_);
}

void Oracle::on(const StateSaid& event) {
  spoke(event.from);
  exchange_.said(event, now_ms_, doubtful_);
  if (event.from == Side::partner)
    return states_.partner_said(now_ms_, event.state, event.startup, doubtful_);
  std::vector<Finding> found;
  exchange_.sent_request(event.xid, found);
  report(std::move(found));
  const bool again = last_said_ && event.since && last_said_->since == event.since &&
                     last_said_->state == event.state && last_said_->startup == event.startup;
  last_said_ = event;
  if (const auto unexplained = states_.said(now_ms_, event.state, event.startup, again))
    report(*unexplained, "STATE", spelled(event.state),
           "STATE " + spelled(event.state) + (event.startup ? " with STARTUP" : "") +
               ", which nothing explains");
  report_lapses();
  if (faulty_) return;
  ++report_.explained;
  last_good_ = number_;
}

void Oracle::report_lapses() {
  for (const Lapse& lapse : states_.take_lapses()) {
    const bool again = lapse.clause == "FO-7.10.1-03";
    Finding finding;
    finding.topic = again ? "STATE" : "UPDREQ";
    finding.clauses = {lapse.clause};
    finding.level = Level::should;
    finding.time_ms = now_ms_;
    finding.number = lapse.number;
    finding.last_good = std::min(last_good_, lapse.number - 1);
    finding.text = again ? "the same STATE again, and nothing changed" : "no UPDREQ in POTENTIAL-CONFLICT";
    finding.allowed = again ? "STATE when something changed" : "UPDREQ";
    report({std::move(finding)});
  }
}

void Oracle::on(const Updated& event) {
  spoke(event.from);
  if (event.from == Side::partner) {
    exchange_.received(event, place_, doubtful_);
    arrived_[event.xid] = place_;
    for (const Transaction& t : event.transactions) bindings_.heard(t);
    return;
  }
  std::vector<Finding> found;
  exchange_.sent_request(event.xid, found);
  exchange_.sent(event, now_ms_, place_, found);
  for (const Transaction& t : event.transactions) bindings_.told(t, place_);
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const Acknowledged& event) {
  spoke(event.from);
  if (event.from == Side::partner) {
    for (const Answer& answer : event.answers)
      if (const Transaction* told = exchange_.own_update_of(event.xid, answer.address);
          told != nullptr && !answer.rejected)
        bindings_.accepted(*told);
    return exchange_.received(event, now_ms_, doubtful_);
  }
  std::vector<Finding> found;
  std::vector<Suspicion> suspicions;
  for (const Answer& answer : event.answers)
    if (exchange_.is_doubtful(event.xid))
      bindings_.lose_track_of(answer.address);
    else if (const Transaction* asked = exchange_.update_of(event.xid, answer.address))
      bindings_.answered(*asked, arrived_[event.xid], answer, now_ms_, place_, suspicions);
  suspect(std::move(suspicions));
  exchange_.sent(event, found);
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const Requested& event) {
  spoke(event.from);
  if (event.from == Side::partner) return exchange_.received(event, now_ms_, place_, doubtful_);
  std::vector<Finding> found;
  exchange_.sent_request(event.xid, found);
  report(std::move(found));
  if (const auto unexplained = states_.requested(now_ms_, event.xid, event.all))
    report(*unexplained, "UPDREQ", "",
           event.all ? "UPDREQALL, and nothing of its storage is lost" : "UPDREQ after its storage was lost");
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const RequestedElsewhere& event) {
  exchange_.received(event);
}

void Oracle::on(const Done& event) {
  spoke(event.from);
  if (event.from == Side::partner) return states_.partner_done(now_ms_, event.xid, doubtful_);
  std::vector<Finding> found;
  std::vector<Suspicion> suspicions;
  exchange_.sent(event, place_, found, suspicions);
  suspect(std::move(suspicions));
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const PoolRequested& event) {
  spoke(event.from);
  if (event.from == Side::partner) return exchange_.received(event, now_ms_, doubtful_);
  std::vector<Finding> found;
  exchange_.sent(event, found);
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const PoolAnswered& event) {
  spoke(event.from);
  if (event.from == Side::partner) return;
  std::vector<Finding> found;
  exchange_.sent(event, found);
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const Contacted& event) {
  spoke(event.from);
  if (event.from == Side::partner) return;
  std::vector<Finding> found;
  exchange_.sent_request(event.xid, found);
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const Disconnected& event) {
  spoke(event.from);
  if (event.from == Side::partner) return;
  std::vector<Finding> found;
  exchange_.sent_request(event.xid, found);
  exchange_.sent_disconnect();
  report(std::move(found));
  report_.explained += faulty_ ? 0 : 1;
}

void Oracle::on(const GivenUp& event) {
  bindings_.given_up(event);
}

void Oracle::on(const Commanded& event) {
  states_.commanded(now_ms_, event.command);
}

void Oracle::on(const Process& event) {
  if (!event.running) return;
  if (event.storage != Storage::replaced) return states_.started(now_ms_, event.storage == Storage::lost);
  states_.lose_track();  // what it has stored, it alone knows: it begins with its next STATE
  bindings_.lose_track();
}

// Clients

void Oracle::on(const Replied& event) {
  ++report_.messages;
  replies_.push_back({event, now_ms_, number_, place_});
}

void Oracle::suspect(std::vector<Suspicion> suspicions) {
  if (!suspicions.empty()) states_.mark(now_ms_);
  for (Suspicion& one : suspicions) {
    one.finding.time_ms = now_ms_;
    suspected_.push_back({std::move(one), number_, last_good_});
  }
}

void Oracle::judge_suspicions(bool final) {
  while (!suspected_.empty()) {
    Suspected one = suspected_.front();
    const auto states = states_.between_events(one.suspicion.from, one.suspicion.to, final);
    const bool watched = options_.clients_seen && one.suspicion.from == one.suspicion.to;
    if (!states && !watched) return;
    suspected_.erase(suspected_.begin());
    bool silent = true;
    if (!watched) each(*states, [&](State state) { silent = silent && !serves_anything(state); });
    if (!silent) continue;
    one.suspicion.finding.number = one.number;
    one.suspicion.finding.last_good = one.last_good;
    if (report_.explained > 0) --report_.explained;
    report({std::move(one.suspicion.finding)});
  }
}

void Oracle::judge_replies(bool final) {
  while (!replies_.empty()) {
    const Reply reply = replies_.front();
    const auto states =
        states_.between(reply.reply.asked_ms - options_.eps_ms, reply.time_ms + options_.eps_ms, final);
    if (!states) return;
    replies_.erase(replies_.begin());
    judge(reply, *states);
  }
}

void Oracle::judge(const Reply& reply, StateSet states) {
  const TimeMs now_ms = now_ms_;
  const std::uint64_t number = number_;
  now_ms_ = reply.time_ms;
  number_ = reply.number;
  faulty_ = false;
  bool served = false, bound = true;
  Finding silence;
  std::string names;
  each(states, [&](State state) {
    const Service rule = service(state, reply.reply.to);
    served = served || rule.serve != Serve::no || state == State::paused;
    bound = bound && (rule.serve == Serve::no || rule.lease_limit == LeaseLimit::mclt_bound);
    silence.clauses.push_back(silence_clause(state));
    names += (names.empty() ? "" : " or ") + spelled(state);
  });
  if (!served) {
    silence.topic = "silence";
    silence.invariant = "S10";
    silence.address = reply.reply.address;
    silence.text = "answers a client in " + names;
    silence.allowed = "no answer";
    report({std::move(silence)});
  }
  if (reply.reply.kind == ReplyKind::ack) {
    std::vector<Finding> found;
    bindings_.acked(reply.reply, reply.time_ms, reply.place, bound && served, mclt_, found);
    report(std::move(found));
  }
  report_.explained += faulty_ ? 0 : 1;
  now_ms_ = now_ms;
  number_ = number;
}

}  // namespace twinlease::model::oracle
