// Shared secrets of a relationship at work: what is sent is signed with the first, what comes may be signed
// with any of them, so that a secret can be replaced without a break. (11.1, 12.17)
#pragma once

#include <optional>
#include <span>

#include "impl/core/config.hpp"
#include "impl/core/event.hpp"
#include "impl/wire/digest.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/message_writer.hpp"

namespace twinlease::core {

class Authentication {
 public:
  explicit Authentication(const RelationshipConfig& config) : config_(&config) {}

  bool in_use() const { return !config_->secrets.empty(); }

  struct Failure {
    wire::RejectReason reason{};  // 12, 13, 20 or 21
    EventId event{};
    const char* text = "";
  };
  // None: the message is authentic, or needs no digest and has none.
  std::optional<Failure> check(const wire::Message&, const wire::Dialect&) const;

  // Room for the digest, before and after the other options: the dialect's scheme decides which of the two
  // acts.
  void open(wire::MessageWriter&, const wire::Dialect&) const;
  void close(wire::MessageWriter&, const wire::Dialect&) const;
  // The finished message; false: the crypto library refused.
  bool sign(std::span<std::uint8_t> message, const wire::Dialect&) const;

 private:
  wire::DigestType type(const wire::Dialect& dialect) const {
    return config_->digest_type.value_or(dialect.digest_type);
  }
  void put_room(wire::MessageWriter&, const wire::Dialect&) const;

  const RelationshipConfig* config_;
};

}  // namespace twinlease::core
