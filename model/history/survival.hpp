// What S4 and S5 share: a promise that was given has to be on disk.
//
// Inside, a Stored before the promise shows it. Outside, what a server tells after a crash shows it: the
// first BNDUPD or Record about the address that it sends after it was started again.
#pragma once

#include "model/history/bounds.hpp"
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"

namespace twinlease::model::history {

struct Promise {
  std::size_t event = 0;
  BindingStatus status{};
  Client client;                 // of an ACTIVE one
  Seconds lease_expiration = 0;  // on the lab's clock
};

class Survival {
 public:
  Survival(std::string_view invariant, const History& history, const Bounds& bounds)
      : bounds_(bounds), out_(invariant, history), history_(history) {}

  void promised(Server server, Address address, Promise promise);
  void apply(const Event& event, std::size_t index);  // after what it promises was told
  const Scene& scene() const noexcept { return scene_; }
  Judgement judgement();

 private:
  struct Kept {
    std::optional<Promise> promise;
    bool crashed = false;  // since the promise
    std::optional<std::size_t> stored;
  };
  void told(Server server, Address address, BindingStatus status, const std::optional<Client>& client,
            Seconds lease_expiration, std::size_t index);
  bool covers(const Promise& promise, BindingStatus status, const std::optional<Client>& client,
              Seconds lease_expiration, TimeMs now) const;

  const Bounds& bounds_;
  Findings out_;
  const History& history_;
  Scene scene_;
  std::array<std::map<Address, Kept>, 2> kept_;
  std::array<bool, 2> inside_{};
  std::uint64_t promises_ = 0, stored_ = 0, after_crash_ = 0;
};

}  // namespace twinlease::model::history
