// The BNDUPDs and BNDACKs of a history as messages: one may carry many transactions (6.3).
//
// Transactions of one sender, xid, connection and time are one message.
#pragma once

#include <algorithm>
#include <vector>

#include "model/history/history.hpp"

namespace twinlease::model::history {

struct Batch {
  Server from{};
  bool answer = false;  // BNDACK
  std::uint32_t xid = 0;
  std::uint32_t connection = 0;
  std::vector<std::size_t> events;  // one for each transaction
  std::vector<Address> addresses;   // sorted
};

namespace batches_detail {

inline bool continues(const Batch& batch, const History& history, std::size_t event, Server from, bool answer,
                      std::uint32_t xid, std::uint32_t connection) {
  return batch.from == from && batch.answer == answer && batch.xid == xid && batch.connection == connection &&
         history.events()[batch.events.front()].time_ms == history.events()[event].time_ms;
}

}  // namespace batches_detail

// In the order of their first transactions.
inline std::vector<Batch> batches(const History& history) {
  std::vector<Batch> out;
  const auto take = [&](std::size_t event, Server from, bool answer, std::uint32_t xid,
                        std::uint32_t connection, Address address) {
    const auto found = std::find_if(
        out.rbegin(), out.rbegin() + std::min<std::ptrdiff_t>(4, std::ssize(out)), [&](const Batch& b) {
          return batches_detail::continues(b, history, event, from, answer, xid, connection);
        });
    Batch& batch = found != out.rbegin() + std::min<std::ptrdiff_t>(4, std::ssize(out))
                       ? *found
                       : out.emplace_back(Batch{from, answer, xid, connection, {}, {}});
    batch.events.push_back(event);
    batch.addresses.insert(std::upper_bound(batch.addresses.begin(), batch.addresses.end(), address),
                           address);
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* u = as<Updated>(event)) take(i, u->from, false, u->xid, u->connection, u->address);
    if (const auto* a = as<Acknowledged>(event)) take(i, a->from, true, a->xid, a->connection, a->address);
  }
  return out;
}

}  // namespace twinlease::model::history
