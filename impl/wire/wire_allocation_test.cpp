// Framing, decoding, typed reading and encoding of ordinary messages allocate nothing. Its own program,
// because it replaces operator new for the whole of it.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <vector>

#include "impl/wire/framer.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/testing/octet_text.hpp"
#include "impl/wire/typed.hpp"
#include "impl/wire/value.hpp"

namespace {
std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace twinlease::wire {
namespace {

using testing::Bytes;

template <class Work>
std::size_t allocations_in(Work&& work) {
  const std::size_t before = allocations;
  work();
  return allocations - before;
}

constexpr std::array<std::uint8_t, 7> client = {1, 2, 0, 0, 0, 0, 1};
constexpr std::array<std::uint8_t, 32> buckets = {};

BindingUpdate active() {
  BindingUpdate u;
  u.address = Ipv4{0x0a4d0101};
  u.binding_status = 2;
  u.ip_flags = 1;
  u.client_identifier = client;
  u.client_hardware_address = client;
  u.lease_expiration_time_s = 1;
  u.potential_expiration_time_s = 2;
  u.start_time_of_state_s = 3;
  u.client_last_transaction_time_s = 4;
  return u;
}

// A message of each type that has options, written into the buffer.
Octets write_message(MessageType type, std::span<std::uint8_t> buffer, const Dialect& dialect) {
  MessageWriter w(buffer, type, 1, 2, dialect);
  switch (type) {
    case MessageType::connect:
      write(w, Connect{"fo-pair", 10, 60, "twinlease", 1, 0, 3600, buckets, 5});
      break;
    case MessageType::connectack: write(w, ConnectAck{"fo-pair", 10, 60, "twinlease", 1, 0, 8, "no"}); break;
    case MessageType::bndupd:
      for (int i = 0; i < 16; ++i) write(w, active(), dialect);
      break;
    case MessageType::bndack:
      for (int i = 0; i < 16; ++i) write(w, BindingAck{Ipv4{1}, 3, "missing"});
      break;
    case MessageType::state: write(w, State{2, 1, 3}); break;
    case MessageType::poolresp: write(w, PoolResp{7}); break;
    case MessageType::disconnect: write(w, Disconnect{17, "quiet"}); break;
    default: break;
  }
  const auto finished = w.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&finished);
  return octets == nullptr ? Octets() : Octets(*octets);
}

void read_views(const Message& m, const Dialect& d, Errors& errors) {
  read_connect(m, d, errors);
  read_connectack(m, d, errors);
  read_state(m, d, errors);
  read_poolresp(m, d, errors);
  read_disconnect(m, d, errors);
  check_leading(m, d, errors);
  for (const OptionRange& t : m.transactions()) {
    read_binding_update(t, d, errors);
    read_binding_ack(t, d, errors);
  }
  for (const OptionSpan& option : m.options())
    if (std::holds_alternative<Error>(decode_value(option, d)))
      errors.add(std::get<Error>(decode_value(option, d)));
}

TEST(Allocation, TheCounterCounts) {
  EXPECT_EQ(allocations_in([] { EXPECT_EQ(Bytes(3).size(), 3u); }), 1u);
  EXPECT_GE(allocations_in(
                [] { to_string(Error{Level::option, Fault::option_length, Remedy::ignore_option, 13, 1}); }),
            1u);
}

TEST(Allocation, NoneInEncodeFrameDecodeRead) {
  for (const Dialect* dialect : all_dialects())
    for (std::uint8_t type = 1; type <= 12; ++type) {
      std::size_t size = 0, messages = 0, options = 0, errors_found = 0;
      const std::size_t count = allocations_in([&] {
        std::array<std::uint8_t, message_length_max> buffer;
        const Octets octets = write_message(static_cast<MessageType>(type), buffer, *dialect);
        size = octets.size();
        Framer framer;
        for (std::size_t at = 0; at < octets.size();
             at += 5) {  // in pieces, so that the framer has to keep some
          Octets piece = octets.subspan(at, std::min<std::size_t>(5, octets.size() - at));
          while (const auto next = framer.next(piece)) {
            const auto decoded = decode(std::get<Octets>(*next));
            const Message& message = std::get<Message>(decoded);
            Errors errors;
            read_views(message, *dialect, errors);
            errors_found += errors.total();
            options +=
                static_cast<std::size_t>(std::distance(message.options().begin(), message.options().end()));
            ++messages;
          }
        }
      });
      EXPECT_EQ(count, 0u) << dialect->name << " type " << int{type};
      EXPECT_GE(size, 12u);
      EXPECT_EQ(messages, 1u);
      EXPECT_EQ(options > 0, size > 12);
    }
}

// Hostile input costs no memory either: thousands of errors are counted, sixteen are kept.
TEST(Allocation, NoneForMalformedMessages) {
  std::array<std::uint8_t, message_length_max> buffer;
  MessageWriter w(buffer, MessageType::bndupd, 1, 2, draft_12);
  w.ipv4(OptionCode::assigned_ip_address, Ipv4{1});
  for (int i = 0; i < 400; ++i) w.octets(OptionCode::binding_status, {});
  const auto finished = w.finish();
  std::size_t total = 0;
  EXPECT_EQ(allocations_in([&] {
              const auto decoded = decode(std::get<std::span<std::uint8_t>>(finished));
              Errors errors;
              for (const OptionRange& t : std::get<Message>(decoded).transactions())
                read_binding_update(t, draft_12, errors);
              total = errors.total();
            }),
            0u);
  EXPECT_EQ(total, 400u);
}

}  // namespace
}  // namespace twinlease::wire
