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
    {"recover_done_stays", Broken::recover_done_stays},
    {"conflict_done_stays", Broken::conflict_done_stays},
    {"startup_bit_unheeded", Broken::startup_bit_unheeded},
    {"recover_done_alone", Broken::recover_done_alone},
    {"loss_by_letter", Broken::loss_by_letter},
    {"operates_in_startup", Broken::operates_in_startup},
};
static_assert(std::size(kBrokenNames) == kBroken);

constexpr std::pair<std::string_view, Broken> kReadings[] = {
    {"A-07=wide", Broken::ceiling_always},
    {"A-07=always", Broken::ceiling_always},
    {"A-59=kept", Broken::times_kept},
    {"A-60=updreq", Broken::updreq_after_loss},
    {"A-31=all", Broken::announces_intermediate},
    {"A-62=omitted", Broken::backup_omitted},
    {"A-26=stay", Broken::recover_done_stays},
    {"A-29=stay", Broken::conflict_done_stays},
    {"A-18=immediate", Broken::startup_bit_unheeded},
};

// One address: who may have it when is the whole question, but for the pools.
constexpr Scope kSmall = {.name = "small", .addresses = 1, .crashes = 1, .commands = 1};
constexpr Scope kLeases = {.name = "leases", .addresses = 1, .crashes = 1, .cuts = 1};
// A lease that outlasts the wait of PARTNER-DOWN, if a server gives it in full without having asked.
constexpr Scope kCeiling = {.name = "ceiling", .desired = 3, .addresses = 1, .crashes = 1, .commands = 1};
constexpr Scope kStorage = {.name = "storage", .addresses = 1, .crashes = 1, .losses = 1, .commands = 1};
constexpr Scope kBackup = {.name = "backup", .addresses = 1, .restores = 1};
constexpr Scope kPools = {.name = "pools", .addresses = 2, .clients = 1, .cuts = 1};
constexpr Scope kStops = {.name = "stops", .addresses = 1, .stops = 1};
constexpr Scope kTimers = {
    .name = "timers", .addresses = 1, .clients = 1, .timers = true, .every_setting = true};

// Storage is lost in the middle of a conflict: client 1 has a lease that both know.
constexpr std::string_view kAConflict[] = {"discover primary client=1 address=0",
                                           "deliver secondary",
                                           "deliver primary",
                                           "renew primary client=1 address=0",
                                           "deliver secondary",
                                           "deliver primary",
                                           "crash primary",
                                           "notice secondary",
                                           "partner-down secondary",
                                           "start primary",
                                           "connect",
                                           "deliver primary",
                                           "deliver secondary",
                                           "deliver secondary",
                                           "cut",
                                           "notice primary",
                                           "notice secondary",
                                           "crash primary",
                                           "lose-storage primary"};
constexpr Scope kConflict = {
    .name = "conflict", .addresses = 1, .cuts = 1, .losses = 1, .prelude = kAConflict};

// A server that comes back to a partner in PARTNER-DOWN is cut off again just before the two are in NORMAL.
constexpr std::string_view kAReturn[] = {"discover primary client=1 address=0",
                                         "deliver secondary",
                                         "deliver primary",
                                         "renew primary client=1 address=0",
                                         "deliver secondary",
                                         "deliver primary",
                                         "crash primary",
                                         "notice secondary",
                                         "tick",
                                         "partner-down secondary",
                                         "start primary",
                                         "connect",
                                         "deliver secondary",
                                         "deliver primary",
                                         "deliver secondary",
                                         "deliver secondary",
                                         "deliver primary",
                                         "timer-mclt primary",
                                         "cut",
                                         "notice primary",
                                         "notice secondary"};
constexpr Scope kReturn = {.name = "return", .addresses = 1, .prelude = kAReturn};

// Without leases there is nothing to tell, and faults need no end: every way through the state machine.
constexpr Scope kStates = {.name = "states",
                           .addresses = 0,
                           .clients = 0,
                           .crashes = kWithoutEnd,
                           .cuts = kWithoutEnd,
                           .commands = kWithoutEnd,
                           .from_normal = false,
                           .any_command = true,
                           .timers = true,
                           .every_setting = true};
constexpr Scope states(std::string_view name) {
  Scope scope = kStates;
  scope.name = name;
  return scope;
}
constexpr Scope kStatesSafePeriod = [] {
  Scope scope = states("states-safe-period");
  scope.safe_period = 1;
  scope.one_way_cuts = true;
  return scope;
}();
constexpr Scope kStatesStops = [] {
  Scope scope = states("states-stops");
  scope.crashes = scope.commands = 0;
  scope.stops = kWithoutEnd;
  return scope;
}();
constexpr Scope kStatesStorage = [] {
  Scope scope = states("states-storage");
  scope.losses = scope.stops = 1;
  return scope;
}();
constexpr Scope kStatesBackup = [] {
  Scope scope = states("states-backup");
  scope.crashes = scope.stops = 1;
  scope.restores = kWithoutEnd;
  return scope;
}();
constexpr Scope kStatesRelationship = [] {
  Scope scope = states("states-relationship");
  scope.crashes = 0;
  scope.stops = 1;
  scope.new_mclts = true;
  return scope;
}();
constexpr Scope kAlternatives = [] {
  Scope scope = states("readings");
  scope.every_reading = true;
  return scope;
}();
constexpr Scope kAlternativesStops = [] {
  Scope scope = kStatesStops;
  scope.name = "readings-stops";
  scope.every_reading = true;
  return scope;
}();
constexpr Scope kAlternativesStorage = [] {
  Scope scope = kStatesBackup;
  scope.name = "readings-storage";
  scope.losses = scope.restores = 1;
  scope.commands = scope.stops = 0;
  scope.every_reading = true;
  return scope;
}();

constexpr Scope kLarge = {.name = "large",
                          .addresses = 2,
                          .crashes = 2,
                          .cuts = 1,
                          .losses = 1,
                          .commands = 1,
                          .one_way_cuts = true,
                          .delays = true,
                          .most_waiting = 2};

constexpr const Scope* kStandard[] = {&kSmall,
                                      &kLeases,
                                      &kStorage,
                                      &kBackup,
                                      &kConflict,
                                      &kReturn,
                                      &kPools,
                                      &kStops,
                                      &kTimers,
                                      &kStates,
                                      &kStatesSafePeriod,
                                      &kStatesStops,
                                      &kStatesStorage,
                                      &kStatesBackup,
                                      &kStatesRelationship,
                                      &kAlternatives,
                                      &kAlternativesStops,
                                      &kAlternativesStorage};
constexpr const Scope* kOthers[] = {&kCeiling, &kLarge};

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
  config.every_setting = every_setting;
  config.bound_in_partner_down = losses > 0 || restores > 0;
  config.new_mclts = new_mclts;
  config.broken = broken;
  return config;
}

std::optional<Scope> find_scope(std::string_view name) {
  for (const auto& scopes :
       {std::span<const Scope* const>(kStandard), std::span<const Scope* const>(kOthers)})
    for (const Scope* scope : scopes)
      if (scope->name == name) return *scope;
  return std::nullopt;
}

std::vector<Scope> parts(std::string_view name) {
  std::vector<Scope> found;
  if (name == "standard")
    for (const Scope* scope : kStandard) found.push_back(*scope);
  else if (const auto scope = find_scope(name))
    found.push_back(*scope);
  return found;
}

std::vector<std::string_view> scope_names() {
  std::vector<std::string_view> names{"standard"};
  for (const auto& scopes :
       {std::span<const Scope* const>(kStandard), std::span<const Scope* const>(kOthers)})
    for (const Scope* scope : scopes) names.push_back(scope->name);
  return names;
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
