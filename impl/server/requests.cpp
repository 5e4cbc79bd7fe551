#include "impl/server/requests.hpp"

#include <algorithm>

#include "impl/server/control.hpp"
#include "impl/server/words.hpp"

namespace twinlease::server {
namespace {

using nlohmann::json;

json relationship_json(const core::RelationshipStatus& r) {
  const core::Standing& standing = r.standing;
  return {{"name", r.name},
          {"role", standing.config->role == core::Role::primary ? "primary" : "secondary"},
          {"state", core::name(standing.state)},
          {"since", standing.entered_s},
          {"partner_state", core::name(standing.partner_state)},
          {"communications_ok", standing.communications_ok},
          {"mclt_s", standing.mclt_s},
          {"dialect", r.dialect},
          {"remote_address", r.remote_address},
          {"updates_queued", r.updates_queued},
          {"updates_unacked", r.updates_unacked},
          {"waits_for", r.waits_for}};
}

json scope_json(const core::Scope& scope, const core::Counts& counts) {
  return {{"name", scope.name},
          {"relationship", scope.relationship},
          {"addresses", counts.addresses},
          {"free", counts.free},
          {"backup", counts.backup},
          {"active", counts.active},
          {"expired", counts.expired},
          {"released", counts.released},
          {"abandoned", counts.abandoned},
          {"reset", counts.reset}};
}

core::Command command_of(const std::string& word) {
  static constexpr std::pair<std::string_view, core::Command> commands[] = {
      {"partner-down", core::Command::partner_down},
      {"pause", core::Command::pause},
      {"shutdown", core::Command::shutdown},
      {"resume", core::Command::resume},
      {"database-restored", core::Command::database_restored}};
  for (const auto& [name, command] : commands)
    if (name == word) return command;
  throw ControlError(
      "there is no command \"" + word +
      "\"; there are status, leases, partner-down, pause, shutdown, resume, database-restored");
}

json leases_json(const core::Book& book, const core::Config& config) {
  json leases = json::array();
  for (core::ScopeIndex scope = 0; scope < config.scopes.size(); ++scope)
    book.for_each(scope, [&](const core::Lease& l) {
      if (l.client.none() && l.status == core::BindingStatus::free) return;
      leases.push_back({{"address", show(l.address)},
                        {"status", wire::name(l.status)},
                        {"hardware", show(l.client.hardware)},
                        {"identifier", show_hex(l.client.identifier)},
                        {"lease_expiration", l.lease_expiration_s},
                        {"start_time_of_state", l.start_time_of_state_s},
                        {"client_last_transaction", l.client_last_transaction_s},
                        {"potential_expiration_sent", l.potential_expiration_sent_s},
                        {"potential_expiration_acked", l.potential_expiration_acked_s},
                        {"potential_expiration_received", l.potential_expiration_received_s},
                        {"untold", l.untold}});
    });
  return leases;
}

}  // namespace

json status_of(const core::Server& server, core::Now now) {
  json all = {{"now", now.wall_s}, {"storage_failing", server.storage_failing()}};
  all["relationships"] = json::array();
  for (const core::RelationshipStatus& r : server.relationships())
    all["relationships"].push_back(relationship_json(r));
  all["scopes"] = json::array();
  for (core::ScopeIndex i = 0; i < server.config().scopes.size(); ++i)
    all["scopes"].push_back(scope_json(server.config().scopes[i], server.book().counts(i)));
  return all;
}

json answer(const json& request, const core::Server& server, core::Now now,
            const std::function<core::Outputs(const core::OperatorCommand&)>& give) {
  const std::string word = request.at("command").get<std::string>();
  if (word == "status") return status_of(server, now);
  if (word == "leases") return {{"leases", leases_json(server.book(), server.config())}};
  const core::OperatorCommand command{.command = command_of(word),
                                      .relationship = request.value("relationship", ""),
                                      .since_s = request.value("since", core::Seconds{0}),
                                      .confirmed = request.value("confirmed", false)};
  const auto& all = server.config().relationships;
  if (std::none_of(all.begin(), all.end(), [&](const auto& r) { return r.name == command.relationship; }))
    throw ControlError("there is no relationship \"" + command.relationship + '"');
  for (const core::Output& output : give(command))
    if (const auto* event = std::get_if<core::Event>(&output);
        event != nullptr && event->id == core::EventId::command_refused)
      throw ControlError(event->text);
  return json::object();
}

}  // namespace twinlease::server
