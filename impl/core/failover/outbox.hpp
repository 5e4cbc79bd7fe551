// What the parts of a relationship need of its connection: to send one message.
#pragma once

#include <cstdint>
#include <functional>

#include "impl/core/time.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::core {

// What both sides agreed on when they connected (7.8, 7.9).
struct Agreement {
  const wire::Dialect* dialect = nullptr;
  std::uint32_t window = 1;     // BNDUPD messages that the partner takes unacknowledged (8.4)
  std::size_t batch = 1;        // transactions in one of them
  Seconds partner_clock_s = 0;  // what to add to a time of the partner to have it on our clock (5.10)
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  // Communications are ok (8.3): the partner's STATE was received on this connection.
  virtual bool open() const = 0;
  virtual const Agreement& agreement() const = 0;
  virtual std::uint32_t new_xid() = 0;
  // One message: header stamped now, options as fill writes them, signed where a secret is configured. Leaves
  // in order, when what this input changed is on disk. false: it was too long, and nothing is sent.
  virtual bool send(wire::MessageType, std::uint32_t xid,
                    const std::function<void(wire::MessageWriter&)>& fill) = 0;
};

}  // namespace twinlease::core
