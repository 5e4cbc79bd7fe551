// What the parts of the server share while one input is handled: bindings, journal, time, and who was
// changed.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "impl/core/book.hpp"
#include "impl/core/journal.hpp"
#include "impl/core/random.hpp"

namespace twinlease::core {

class Ledger {
 public:
  explicit Ledger(const Config& config, std::uint64_t seed)
      : config_(&config), book_(std::in_place, config), random_(seed) {}

  const Config& config() const { return *config_; }
  const Book& book() const { return *book_; }
  Book& loading() { return *book_; }  // at start, before the first input
  Journal& journal() { return journal_; }
  Random& random() { return random_; }
  Now now() const { return now_; }
  void set_now(Now now) { now_ = now; }

  // Replaces the record in memory and puts it into the batch of this input. A record with untold set is
  // handed to the relationship of its scope, which owes the partner a BNDUPD, when the input is done.
  void write(const Lease& lease) {
    write_unannounced(lease);
    if (lease.untold) changed_.push_back(lease.address);
  }
  // The same by whoever sends the BNDUPDs and knows already.
  void write_unannounced(const Lease& lease) {
    book_->put(lease);
    journal_.store(lease);
  }
  // The address is offered to somebody: a search for the next one begins elsewhere. Nothing is stored.
  void defer(Ipv4 address) { book_->defer(address); }
  // Another configuration: the leases of addresses that it still has stay as they are. The config outlives
  // this.
  void reconfigure(const Config& config) {
    std::vector<Lease> kept;
    for (ScopeIndex scope = 0; scope < config_->scopes.size(); ++scope)
      book_->for_each(scope, [&kept](const Lease& lease) { kept.push_back(lease); });
    std::ranges::sort(kept, [](const Lease& a, const Lease& b) {
      return std::pair(a.start_time_of_state_s, a.address) < std::pair(b.start_time_of_state_s, b.address);
    });
    config_ = &config;
    book_.emplace(config);
    for (const Lease& lease : kept) book_->load(lease);
  }
  // The addresses written with untold since the last call.
  bool changed() const { return !changed_.empty(); }
  std::vector<Ipv4> take_changed() { return std::exchange(changed_, {}); }

 private:
  const Config* config_;
  std::optional<Book> book_;  // always there; anew for another configuration
  Journal journal_;
  Random random_;
  Now now_;
  std::vector<Ipv4> changed_;
};

}  // namespace twinlease::core
