// Judges the BNDUPDs of the partner, records what it accepts, and answers. (7.1.2 to 7.1.5, 7.2.1, 6.3)
//
// Every BNDUPD gets one BNDACK with its transactions in their order; the outbox lets it go when the records
// are stored (7.2). What this server knows better it says itself, after a pause (7.2.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "impl/core/failover/outbox.hpp"
#include "impl/core/failover/update_queue.hpp"
#include "impl/core/ledger.hpp"
#include "impl/core/rules.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::core {

class UpdateReceiver {
 public:
  UpdateReceiver(Ledger& ledger, Outbox& outbox, const Standing& standing, const Rules& rules,
                 const std::vector<ScopeIndex>& scopes, UpdateQueue& addresses)
      : ledger_(ledger),
        outbox_(outbox),
        standing_(standing),
        rules_(rules),
        scopes_(scopes),
        addresses_(addresses) {}

  void on_bndupd(const wire::Message&);
  // The address is of a scope of the relationship.
  bool ours(Ipv4) const;

 private:
  struct Verdict {
    Octets address;  // as received, whatever its form
    std::optional<wire::RejectReason> reject;
    std::string_view why;
  };
  static Verdict missing(std::string_view why);
  Verdict judge(const wire::OptionRange& transaction);
  void remind(const Lease& own);
  void tell_rejected(const Verdict&);
  void answer(std::uint32_t xid, const std::vector<Verdict>&);
  void tell(EventId, Level, std::string text);

  Ledger& ledger_;
  Outbox& outbox_;
  const Standing& standing_;
  const Rules& rules_;
  const std::vector<ScopeIndex>& scopes_;
  UpdateQueue& addresses_;
};

// "15 (Outdated binding information)"
std::string reason_text(std::uint8_t reason);

}  // namespace twinlease::core
