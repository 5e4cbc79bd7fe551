#include "impl/core/config.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

namespace twinlease::core {
namespace {

using core::text;
std::string text(const Range& r) {
  return text(r.first) + " to " + text(r.last);
}
std::string quoted(const std::string& name) {
  return '"' + name + '"';
}

// The addresses that a host can have: without those of the subnet and of all its hosts, if there is room for
// any.
Range hosts(const Scope& scope) {
  const std::uint32_t host_bits =
      scope.prefix_length == 0 ? UINT32_MAX : (std::uint32_t{1} << (32 - scope.prefix_length)) - 1;
  const std::uint32_t first = scope.subnet.value & ~host_bits;
  const std::uint32_t edge = scope.prefix_length < 31 ? 1 : 0;
  return {{first + edge}, {(first | host_bits) - edge}};
}

class Checker {
 public:
  explicit Checker(const Config& config) : config_(config) {}

  std::vector<std::string> run() {
    names(config_.scopes, "scope");
    names(config_.relationships, "relationship");
    if (config_.relationships.size() > max_relationships)
      say("there are " + std::to_string(config_.relationships.size()) +
          " relationships; a server has at most " + std::to_string(max_relationships));
    for (const Scope& scope : config_.scopes) check(scope);
    overlaps();
    for (const RelationshipConfig& relationship : config_.relationships) check(relationship);
    at_least("probe_ms", config_.probe_ms, 0);
    at_least("offer_hold_s", config_.offer_hold_s, 1);
    at_least("decline_hold_s", config_.decline_hold_s, 0);
    return std::move(found_);
  }

 private:
  void say(std::string sentence) { found_.push_back(where_ + std::move(sentence)); }

  template <class Named>
  void names(const std::vector<Named>& all, std::string_view what) {
    std::set<std::string> seen;
    for (const Named& named : all) {
      if (named.name.empty())
        say("a " + std::string(what) + " has no name");
      else if (!seen.insert(named.name).second)
        say("two of the name " + quoted(named.name) + ": a " + std::string(what) + " needs one of its own");
    }
  }
  void at_least(std::string_view key, std::int64_t value, std::int64_t least) {
    if (value < least)
      say(std::string(key) + " is " + std::to_string(value) + "; it is at least " + std::to_string(least));
  }
  void percent(std::string_view key, int value) {
    if (value < 0 || value > 100)
      say(std::string(key) + " is " + std::to_string(value) + "; it lies between 0 and 100");
  }

  void check(const Scope& scope) {
    where_ = "scope " + quoted(scope.name) + ": ";
    if (scope.prefix_length > 32)
      return say("prefix length " + std::to_string(scope.prefix_length) + " is above 32");
    const Range subnet = hosts(scope);
    for (const Range& range : scope.ranges) inside(subnet, range, "range");
    for (const Range& range : scope.exclusions) inside(subnet, range, "exclusion");
    for (const Reservation& r : scope.reservations) {
      inside(subnet, {r.address, r.address}, "reservation");
      if (r.client.none()) say("the reservation of " + text(r.address) + " names no client");
    }
    apart(scope.ranges);
    reservations_differ(scope);
    at_least("lease_time_s", scope.lease_time_s, 1);
    at_least("delete_grace_s", scope.delete_grace_s, 0);
    const auto named = [&](const RelationshipConfig& r) { return r.name == scope.relationship; };
    if (!scope.relationship.empty() &&
        std::none_of(config_.relationships.begin(), config_.relationships.end(), named))
      say("there is no relationship " + quoted(scope.relationship));
    where_.clear();
  }
  void inside(const Range& subnet, const Range& range, std::string_view what) {
    if (range.last < range.first)
      say(std::string(what) + ' ' + text(range) + " ends before it begins");
    else if (!subnet.holds(range.first) || !subnet.holds(range.last))
      say(std::string(what) + ' ' + text(range) + " is not within the hosts of the subnet, " + text(subnet));
  }
  void apart(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    for (std::size_t i = 1; i < ranges.size(); ++i)
      if (ranges[i].first <= ranges[i - 1].last)
        say("the ranges " + text(ranges[i - 1]) + " and " + text(ranges[i]) + " overlap");
  }
  void reservations_differ(const Scope& scope) {
    for (auto a = scope.reservations.begin(); a != scope.reservations.end(); ++a)
      for (auto b = std::next(a); b != scope.reservations.end(); ++b) {
        if (a->address == b->address) say("two reservations of " + text(a->address));
        if (same_client(a->client, b->client))
          say("one client has the reservations of " + text(a->address) + " and " + text(b->address));
      }
  }
  void overlaps() {
    for (auto a = config_.scopes.begin(); a != config_.scopes.end(); ++a)
      for (auto b = std::next(a); b != config_.scopes.end(); ++b)
        if (hosts(*a).first <= hosts(*b).last && hosts(*b).first <= hosts(*a).last)
          say("the subnets of scopes " + quoted(a->name) + " and " + quoted(b->name) + " overlap");
  }

  void check(const RelationshipConfig& r) {
    where_ = "relationship " + quoted(r.name) + ": ";
    at_least("mclt_s", r.mclt_s, 1);  // C11
    percent("local_share_percent", r.local_share_percent);
    percent("reserve_percent", r.reserve_percent);
    at_least("max_unacked_bndupd", r.max_unacked_bndupd, 1);
    at_least("receive_timer_s", r.receive_timer_s, 1);
    at_least("startup_time_s", r.startup_time_s, 0);
    at_least("max_skew_s", r.max_skew_s, 0);
    at_least("serve_any_after_s", r.serve_any_after_s, 0);
    at_least("batch_max", static_cast<std::int64_t>(r.batch_max), 1);
    if (r.safe_period_s) at_least("safe_period_s", *r.safe_period_s, 1);
    for (const Secret& secret : r.secrets)
      if (secret.octets.empty()) say("a shared secret is empty");
    // Identity mistakes: a server that talks to itself is in step with itself at all times (U12).
    if (!r.partner_address.empty() && r.partner_address == r.local_address && r.partner_port == r.local_port)
      say("the partner, " + r.partner_address + " port " + std::to_string(r.partner_port) +
          ", is this server itself");
    where_.clear();
  }

  const Config& config_;
  std::string where_;
  std::vector<std::string> found_;
};

// Takes the addresses of `hole` out.
void without(std::vector<Range>& ranges, const Range& hole) {
  std::vector<Range> left;
  for (const Range& range : ranges) {
    if (!(hole.first <= range.last && range.first <= hole.last)) {
      left.push_back(range);
      continue;
    }
    if (range.first < hole.first) left.push_back({range.first, {hole.first.value - 1}});
    if (hole.last < range.last) left.push_back({{hole.last.value + 1}, range.last});
  }
  ranges = std::move(left);
}

}  // namespace

std::vector<std::string> check(const Config& config) {
  return Checker(config).run();
}

std::vector<Range> dynamic_ranges(const Scope& scope) {
  std::vector<Range> ranges = scope.ranges;
  for (const Range& exclusion : scope.exclusions) without(ranges, exclusion);
  for (const Reservation& r : scope.reservations) without(ranges, {r.address, r.address});
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  return ranges;
}

}  // namespace twinlease::core
