#include "model/history/survival.hpp"

#include <algorithm>

namespace twinlease::model::history {

void Survival::promised(Server server, Address address, Promise promise) {
  ++promises_;
  Kept& kept = kept_[index_of(server)][address];
  kept.crashed = false;
  const bool inside = std::any_of(
      history_.events().begin(), history_.events().end(),
      [server](const Event& e) { return as<Stored>(e) != nullptr && as<Stored>(e)->server == server; });
  if (inside || inside_[index_of(server)]) {
    inside_[index_of(server)] = true;
    out_.examine();
    ++stored_;
    const Stored* stored = kept.stored ? as<Stored>(history_.events()[*kept.stored]) : nullptr;
    const TimeMs now = out_.time_ms(promise.event);
    if (stored == nullptr ||
        !covers(promise, stored->status, stored->client,
                Seconds{stored->lease_expiration_s} - scene_.ledger.ahead_s(server), now)) {
      std::vector<std::size_t> because;
      if (kept.stored) because.push_back(*kept.stored);
      out_.found(promise.event, because,
                 "the " + std::string(name(server)) + " had not stored what it said about " + text(address),
                 address);
    }
  }
  kept.promise = std::move(promise);
}

void Survival::apply(const Event& event, std::size_t index) {
  scene_.apply(event, index);
  if (const auto* stored = as<Stored>(event)) {
    kept_[index_of(stored->server)][stored->address].stored = index;
  } else if (const auto* process = as<Process>(event)) {
    for (auto& [address, kept] : kept_[index_of(process->server)])
      kept.crashed |= kept.promise.has_value() && !process->running;
  } else if (const auto* update = as<Updated>(event)) {
    told(update->from, update->address, update->status, update->client, update->lease_expiration_s, index);
  } else if (const auto* record = as<Record>(event)) {
    told(record->server, record->address, record->status, record->client, record->lease_expiration_s, index);
  } else if (const auto* end = as<Ended>(event)) {
    if (end->how == Ending::released || end->how == Ending::declined)
      for (auto& kept : kept_) kept[end->address].promise.reset();
  } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
    kept_ = {};
  }
}

void Survival::told(Server server, Address address, BindingStatus status, const std::optional<Client>& client,
                    Seconds lease_expiration, std::size_t index) {
  Kept& kept = kept_[index_of(server)][address];
  if (kept.promise && kept.crashed) {
    out_.examine();
    ++after_crash_;
    const Seconds expiration = lease_expiration == 0 ? 0 : lease_expiration - scene_.ledger.ahead_s(server);
    if (!covers(*kept.promise, status, client, expiration, out_.time_ms(index)))
      out_.found(index, {kept.promise->event},
                 "after its restart the " + std::string(name(server)) + " knows less of " + text(address) +
                     " than it said at " + out_.when(kept.promise->event),
                 address);
  }
  kept.promise.reset();  // what it says now is newer
}

bool Survival::covers(const Promise& promise, BindingStatus status, const std::optional<Client>& client,
                      Seconds lease_expiration, TimeMs now) const {
  const TimeMs slack_ms = bounds_.eps_ms + 1000;
  if (promise.status != BindingStatus::active) return true;  // whatever follows may be newer
  if (status == BindingStatus::active)
    return client == promise.client && lease_expiration * 1000 + slack_ms >= promise.lease_expiration * 1000;
  return now + slack_ms >= promise.lease_expiration * 1000;  // the lease is over
}

Judgement Survival::judgement() {
  return out_.judgement(
      {{"promises", promises_}, {"compared with storage", stored_}, {"compared after a crash", after_crash_}},
      promises_ > 0 ? "what was stored, or a crash and what the server told after it" : "");
}

}  // namespace twinlease::model::history
