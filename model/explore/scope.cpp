#include "model/explore/scope.hpp"

#include <utility>

namespace twinlease::model::explore {
namespace {

constexpr std::pair<std::string_view, Broken> kBrokenNames[] = {
    {"ceiling_always", Broken::ceiling_always},
    {"times_kept", Broken::times_kept},
    {"partner_pool_interrupted", Broken::partner_pool_interrupted},
    {"partner_pool_after_mclt", Broken::partner_pool_after_mclt},
    {"no_partner_down_wait", Broken::no_partner_down_wait},
    {"wait_from_lease_only", Broken::wait_from_lease_only},
    {"updreq_after_loss", Broken::updreq_after_loss},
    {"announces_intermediate", Broken::announces_intermediate},
    {"backup_omitted", Broken::backup_omitted},
    {"bndack_before_commit", Broken::bndack_before_commit},
    {"dhcpack_before_commit", Broken::dhcpack_before_commit},
    {"own_mclt", Broken::own_mclt},
    {"renews_unbound", Broken::renews_unbound},
    {"crossing_by_letter", Broken::crossing_by_letter},
    {"expires_late", Broken::expires_late},
    {"normal_before_told", Broken::normal_before_told},
};
static_assert(std::size(kBrokenNames) == kBroken);

constexpr std::pair<std::string_view, Broken> kReadings[] = {
    {"A-07=wide", Broken::ceiling_always},
    {"A-07=always", Broken::ceiling_always},
    {"A-59=kept", Broken::times_kept},
    {"A-60=updreq", Broken::updreq_after_loss},
    {"A-31=all", Broken::announces_intermediate},
    {"A-62=omitted", Broken::backup_omitted},
};

// One address: who may have it when is the whole question, but for the pools.
Scope small() {
  return {.name = "small", .addresses = 1, .crashes = 1, .commands = 1};
}

// A lease that outlasts the wait of PARTNER-DOWN, if a server gives it in full without having asked.
Scope ceiling() {
  return {.name = "ceiling", .desired = 3, .addresses = 1, .crashes = 1, .commands = 1};
}

// Two addresses, so that each server has a pool.
Scope pools() {
  return {.name = "pools", .addresses = 2, .crashes = 0, .cuts = 1};
}

Scope storage() {
  return {.name = "storage", .addresses = 1, .crashes = 1, .losses = 1, .commands = 1};
}

Scope standard() {
  return {.name = "standard", .addresses = 1, .crashes = 2, .cuts = 1, .commands = 1};
}

Scope large() {
  return {.name = "large",
          .addresses = 2,
          .crashes = 2,
          .cuts = 1,
          .losses = 1,
          .commands = 1,
          .one_way_cuts = true,
          .delays = true,
          .most_waiting = 2};
}

std::vector<Scope> every_scope() {
  return {small(), ceiling(), pools(), storage(), standard(), large()};
}

}  // namespace

Config Scope::config(Role role) const {
  Config config;
  config.role = role;
  config.mclt = mclt;
  config.desired = desired;
  config.safe_period = safe_period;
  config.addresses = addresses;
  config.buckets = role == Role::primary ? primary_buckets : static_cast<std::uint8_t>(~primary_buckets);
  config.every_reading = every_reading;
  config.broken = broken;
  return config;
}

std::optional<Scope> find_scope(std::string_view name) {
  for (const Scope& scope : every_scope())
    if (scope.name == name) return scope;
  return std::nullopt;
}

std::vector<std::string_view> scope_names() {
  std::vector<std::string_view> names;
  for (const Scope& scope : every_scope()) names.push_back(scope.name);
  return names;
}

std::vector<Scope> parts(std::string_view name) {
  if (const auto scope = find_scope(name)) return {*scope};
  return {};
}

std::string_view to_string(Broken broken) {
  for (const auto& [name, rule] : kBrokenNames)
    if (rule == broken) return name;
  return {};
}

std::optional<Broken> find_broken(std::string_view name) {
  for (const auto& [known, rule] : kBrokenNames)
    if (known == name) return rule;
  return std::nullopt;
}

std::optional<Broken> find_reading(std::string_view text) {
  for (const auto& [known, rule] : kReadings)
    if (known == text) return rule;
  return std::nullopt;
}

std::vector<std::string_view> reading_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, rule] : kReadings) names.push_back(name);
  return names;
}

}  // namespace twinlease::model::explore
