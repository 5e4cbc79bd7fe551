#include "model/oracle/exchange.hpp"

#include <algorithm>

namespace twinlease::model::oracle {
namespace {

std::string hex(std::uint32_t xid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[xid >> shift & 15];
  return text;
}

Finding broken(std::string topic, std::string invariant, std::vector<std::string> clauses, std::string text,
               std::string allowed, Level level = Level::must) {
  Finding finding;
  finding.topic = std::move(topic);
  finding.invariant = std::move(invariant);
  finding.clauses = std::move(clauses);
  finding.level = level;
  finding.text = std::move(text);
  finding.allowed = std::move(allowed);
  return finding;
}

std::string status_name(BindingStatus status) {
  return std::string(history::name(static_cast<history::BindingStatus>(status)));
}

// The change that it reports had happened by then: what it says of its own time shows it.
bool is_older_than(const Transaction& t, Seconds time_s) {
  const auto before = [time_s](std::optional<Seconds> value) {
    return value && *value > 0 && *value < time_s;
  };
  if (t.status == BindingStatus::active && !t.client_last_transaction) return false;  // a renewal, perhaps
  return before(t.start_of_state) && (!t.client_last_transaction || before(t.client_last_transaction));
}

const Transaction* about(const std::vector<Transaction>& all, Address address) {
  const auto found = std::ranges::find(all, address, &Transaction::address);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

// Table 7.1-1: the two expiration times are in a BNDUPD(ACTIVE), and in no other.
void Exchange::check_times(const Transaction& t, std::vector<Finding>& out) {
  const auto clause = [](int number) { return "FO-7.1-" + std::to_string(number); };
  const auto report = [&](std::string what, int number, std::string allowed) {
    out.push_back(broken("BNDUPD", "", {clause(number)}, history::text(t.address) + " " + std::move(what),
                         std::move(allowed)));
    out.back().address = t.address;
  };
  const std::string status = status_name(t.status);
  if (t.status == BindingStatus::active) {
    if (!t.lease_expiration) report("ACTIVE without lease-expiration-time", 25, "ACTIVE with both times");
    if (!t.potential_expiration)
      report("ACTIVE without potential-expiration-time", 29, "ACTIVE with both times");
    return;
  }
  if (!t.lease_expiration && !t.potential_expiration) return;
  const int column = t.status == BindingStatus::expired ? 0 : t.status == BindingStatus::released ? 1 : 2;
  std::vector<std::string> clauses;
  if (t.lease_expiration) clauses.push_back(clause(26 + column));
  if (t.potential_expiration) clauses.push_back(clause(30 + column));
  out.push_back(broken("BNDUPD", "", std::move(clauses),
                       history::text(t.address) + " " + status + " with a time at which it expires",
                       status + " without lease-expiration-time and potential-expiration-time"));
  out.back().address = t.address;
}

void Exchange::connected(const ConnectionUp& event) {
  if (!received_.empty() || !requests_.empty()) disconnected();
  const auto updates = lost_;
  const auto requests = lost_requests_;
  lose_track();
  lost_ = updates;
  lost_requests_ = requests;
  whole_ = true;
  window_ = event.window;
}

void Exchange::connected_again(const ConnectionUp& event) {
  if (window_ && event.window) window_ = std::max(*window_, *event.window);
}

void Exchange::disconnected() {
  const std::map<std::uint32_t, Sent> updates = received_;
  std::set<std::uint32_t> requests = lost_requests_;
  for (const auto& [xid, asked] : requests_) requests.insert(xid);
  lose_track();
  lost_ = updates;
  lost_requests_ = requests;
}

void Exchange::lose_track() {
  whole_ = said_goodbye_ = unacknowledged_ = false;
  window_.reset();
  said_ = {};
  entered_normal_ms_.reset();
  own_.clear();
  received_.clear();
  requests_.clear();
  pools_.clear();
  own_xids_.clear();
  answered_.clear();
  asked_.clear();
  repeated_.clear();
  lost_.clear();
  lost_requests_.clear();
}

void Exchange::received(const Updated& event, std::uint64_t place, bool doubtful) {
  if (received_.contains(event.xid) || answered_.contains(event.xid)) repeated_.insert(event.xid);
  received_[event.xid] = {event.transactions, place, doubtful};
}

void Exchange::received(const Acknowledged& event, TimeMs now_ms, bool doubtful) {
  quiet_since_ms_ = now_ms;
  unacknowledged_ = unacknowledged_ || doubtful;
  own_.erase(event.xid);
}

// What answers nothing may answer what could not be read.
void Exchange::received(const Unreadable& event, std::uint64_t place) {
  whole_ = false;
  if (event.update) received_[*event.update] = {{}, place, true};
}

void Exchange::received(const Requested& event, TimeMs now_ms, std::uint64_t place, bool doubtful) {
  if (!asked_.insert(event.xid).second) repeated_.insert(event.xid);
  requests_[event.xid] = {now_ms, place, !doubtful};
}

void Exchange::received(const PoolRequested& event, TimeMs now_ms, bool doubtful) {
  pools_[event.xid] = {now_ms, 0, !doubtful};
}

void Exchange::sent_request(std::uint32_t xid, std::vector<Finding>& out) {
  if (own_xids_.insert(xid).second || !whole_) return;
  out.push_back(broken("xid", "S16", {"FO-6.1-15"}, "xid " + hex(xid) + " was used before on this connection",
                       "an xid of its own in each message that answers none"));
}

void Exchange::sent_anything(TimeMs now_ms, std::vector<Finding>& out) {
  if (now_ms - spoke_ms_ > options_.patience_ms / 2) awake_since_ms_ = now_ms;
  spoke_ms_ = now_ms;
  owes_done(now_ms, out);
  owes_pools(now_ms, out);
  if (!said_goodbye_) return;
  out.push_back(broken("DISCONNECT", "", {"FO-7.12-02"}, "a message after DISCONNECT",
                       "nothing on this connection after DISCONNECT"));
  said_goodbye_ = false;
}

void Exchange::sent(const Updated& event, TimeMs now_ms, std::uint64_t place, std::vector<Finding>& out) {
  quiet_since_ms_ = now_ms;
  own_[event.xid] = {event.transactions, place, false};
  const std::size_t most = std::max(1U, window_.value_or(0));
  if (whole_ && window_ && own_.size() > most)
    out.push_back(broken("BNDUPD", "S17", {"FO-7.3.2-08", "FO-8.4-02"},
                         std::to_string(own_.size()) + " BNDUPDs without BNDACK",
                         "at most " + std::to_string(most) + ", as the partner announced"));
  for (const Transaction& t : event.transactions) {
    check_times(t, out);
    if (t.status != BindingStatus::active) continue;
    const Seconds lease = t.lease_expiration.value_or(0), potential = t.potential_expiration.value_or(0);
    if (lease == 0 || potential == 0 || potential >= lease) continue;
    Finding finding = broken("BNDUPD", "S24", {"FO-7.1.1-07"},
                             history::text(t.address) + " ACTIVE: potential-expiration-time is " +
                                 std::to_string(lease - potential) + " s before lease-expiration-time",
                             "one that is not earlier (A-13)");
    finding.address = t.address;
    out.push_back(std::move(finding));
  }
}

void Exchange::sent(const Acknowledged& event, std::vector<Finding>& out) {
  if (repeated_.contains(event.xid)) return;
  const auto found = received_.find(event.xid);
  if (found == received_.end()) {
    if (!whole_) return;
    if (answered_.contains(event.xid))
      out.push_back(broken("BNDACK", "S16", {"FO-7.2.1-01"}, "a second BNDACK with xid " + hex(event.xid),
                           "one BNDACK for each BNDUPD"));
    else if (lost_.contains(event.xid))
      out.push_back(broken("BNDACK", "S16", {"FO-7.2-10", "FO-8.6-04"},
                           "BNDACK xid " + hex(event.xid) + " answers a BNDUPD of the connection before",
                           "no BNDACK for what came on a lost connection"));
    else
      out.push_back(broken("BNDACK", "S16", {"FO-7.2.1-01"},
                           "BNDACK xid " + hex(event.xid) + " answers no BNDUPD of this connection",
                           "the xid of an unanswered BNDUPD"));
    return;
  }
  const std::vector<Transaction>& asked = found->second.transactions;
  if (!asked.empty() && !found->second.doubtful) compare(event, asked, out);  // empty: they could not be read
  answered_.insert(event.xid);
  received_.erase(found);
}

void Exchange::compare(const Acknowledged& event, const std::vector<Transaction>& asked,
                       std::vector<Finding>& out) {
  for (const Answer& answer : event.answers)
    if (about(asked, answer.address) == nullptr) {
      out.push_back(broken("BNDACK", "S16", {"FO-7.2.1-02"},
                           "BNDACK xid " + hex(event.xid) + " names " + history::text(answer.address) +
                               ", its BNDUPD does not",
                           "the addresses of the BNDUPD"));
      out.back().address = answer.address;
    }
  for (const Transaction& t : asked)
    if (std::ranges::find(event.answers, t.address, &Answer::address) == event.answers.end()) {
      out.push_back(broken("BNDACK", "S16", {"FO-7.2.1-02"},
                           "BNDACK xid " + hex(event.xid) + " does not name " + history::text(t.address),
                           "every address of the BNDUPD"));
      out.back().address = t.address;
    }
}

void Exchange::sent(const Done& event, std::uint64_t place, std::vector<Finding>& out,
                    std::vector<Suspicion>& suspicions) {
  const auto found = requests_.find(event.xid);
  if (found == requests_.end()) {
    if (!whole_ || repeated_.contains(event.xid)) return;
    if (lost_requests_.contains(event.xid))
      out.push_back(broken("UPDDONE", "S28", {"FO-8.6-02"},
                           "UPDDONE xid " + hex(event.xid) + " answers a request of another connection",
                           "answers on the connection of their request"));
    else
      out.push_back(broken("UPDDONE", "S16", {"FO-7.5-01"},
                           "UPDDONE xid " + hex(event.xid) + " answers no open UPDREQ or UPDREQALL",
                           "the xid of a request without UPDDONE"));
    return;
  }
  const Seconds asked_s = (found->second.time_ms - options_.eps_ms) / 1000;
  for (const auto& [xid, update] : own_) {
    const auto& all = update.transactions;
    const bool counted = update.place < found->second.place ||
                         std::ranges::any_of(all, [&](const auto& t) { return is_older_than(t, asked_s); });
    if (all.empty()) continue;
    Finding finding =
        broken("UPDDONE", "S19", {"FO-7.3-01", "FO-7.5-03", "FO-7.3.2-03"},
               "UPDDONE xid " + hex(event.xid) + " with BNDUPD xid " + hex(xid) + " " +
                   history::text(all.front().address) + " " + status_name(all.front().status) + " unanswered",
               "UPDDONE after the last BNDACK of the request");
    finding.address = all.front().address;
    if (counted) {
      out.push_back(std::move(finding));
      return void(requests_.erase(found));
    }
    // If no client can have changed anything since the request, it too tells what the request asked for.
    if (suspicions.empty()) suspicions.push_back({std::move(finding), found->second.place, place});
  }
  requests_.erase(found);
}

void Exchange::sent(const PoolRequested& event, std::vector<Finding>& out) {
  sent_request(event.xid, out);
  entered_normal_ms_.reset();
  if (options_.role == Role::primary)
    out.push_back(
        broken("POOLREQ", "", {"FO-7.6-01"}, "POOLREQ of a primary", "POOLREQ of a secondary alone"));
}

void Exchange::sent(const PoolAnswered& event, std::vector<Finding>& out) {
  if (pools_.erase(event.xid) > 0 || !whole_) return;
  out.push_back(broken("POOLRESP", "S16", {"FO-7.7-01"},
                       "POOLRESP xid " + hex(event.xid) + " answers no open POOLREQ",
                       "the xid of a POOLREQ without POOLRESP"));
}

const Transaction* Exchange::update_of(std::uint32_t xid, Address address) const {
  const auto found = received_.find(xid);
  return found == received_.end() ? nullptr : about(found->second.transactions, address);
}

bool Exchange::is_doubtful(std::uint32_t xid) const {
  const auto found = received_.find(xid);
  return found != received_.end() && found->second.doubtful;
}

const Transaction* Exchange::own_update_of(std::uint32_t xid, Address address) const {
  const auto found = own_.find(xid);
  return found == own_.end() ? nullptr : about(found->second.transactions, address);
}

}  // namespace twinlease::model::oracle
