// Budgets (docs: reported, not asserted): decode of a BNDUPD 150 ns, encode of a BNDUPD 150 ns.

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "impl/wire/digest.hpp"
#include "impl/wire/framer.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::wire {
namespace {

using Buffer = std::array<std::uint8_t, message_length_max>;

constexpr std::array<std::uint8_t, 7> client = {1, 2, 0, 0, 0, 0, 1};

// What a renewal sends: the MUST and SHOULD options of an ACTIVE binding, without DDNS (table 7.1-1).
BindingUpdate renewal() {
  BindingUpdate u;
  u.address = Ipv4{0x0a4d0101};
  u.binding_status = static_cast<std::uint8_t>(BindingStatus::active);
  u.client_identifier = client;
  u.client_hardware_address = client;
  u.lease_expiration_time_s = 0x6a022803;
  u.potential_expiration_time_s = 0x6a023613;
  u.start_time_of_state_s = 0x6a0219e0;
  u.client_last_transaction_time_s = 0x6a0219f1;
  return u;
}

Octets write_update(Buffer& buffer, const BindingUpdate& update, bool room_for_digest = false) {
  MessageWriter writer(buffer, MessageType::bndupd, 0x6a0219f3, 42, draft_12);
  if (room_for_digest) {
    std::array<std::uint8_t, 33> room{};
    room[0] = static_cast<std::uint8_t>(DigestType::hmac_sha256);
    writer.octets(OptionCode::message_digest, room);
  }
  write(writer, update, draft_12);
  return std::get<std::span<std::uint8_t>>(writer.finish());
}

void set_bytes(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(octets));
}

void decode_bndupd(benchmark::State& state) {
  Buffer buffer;
  Octets octets = write_update(buffer, renewal());
  for (auto _ : state) {
    benchmark::DoNotOptimize(octets);
    const auto decoded = decode(octets);
    Errors errors;
    for (const OptionRange& transaction : std::get<Message>(decoded).transactions())
      benchmark::DoNotOptimize(read_binding_update(transaction, draft_12, errors));
    if (!errors.empty()) state.SkipWithError("errors in a good message");
  }
  set_bytes(state, octets.size());
}
BENCHMARK(decode_bndupd);  // 150 ns

void encode_bndupd(benchmark::State& state) {
  Buffer buffer;
  BindingUpdate update = renewal();
  std::size_t size = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(update);
    size = write_update(buffer, update).size();
    benchmark::ClobberMemory();
  }
  set_bytes(state, size);
}
BENCHMARK(encode_bndupd);  // 150 ns

// A stream of 64 KiB in reads of the size given: 64 KiB at once, of a TCP segment, of a few octets.
void frame_64_kib(benchmark::State& state) {
  Buffer buffer;
  const Octets message = write_update(buffer, renewal());
  std::vector<std::uint8_t> stream;
  while (stream.size() + message.size() <= 65536) stream.insert(stream.end(), message.begin(), message.end());
  const auto piece = static_cast<std::size_t>(state.range(0));
  const std::size_t expected = stream.size() / message.size();
  Framer framer;
  for (auto _ : state) {
    std::size_t framed = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      Octets input = Octets(stream).subspan(at, std::min(piece, stream.size() - at));
      while (const auto next = framer.next(input)) {
        benchmark::DoNotOptimize(std::get<Octets>(*next).data());
        ++framed;
      }
    }
    if (framed != expected) state.SkipWithError("messages lost");
  }
  set_bytes(state, stream.size());
}
BENCHMARK(frame_64_kib)->Arg(65536)->Arg(1448)->Arg(7);

void sign_bndupd(benchmark::State& state) {
  Buffer buffer;
  const std::size_t size = write_update(buffer, renewal(), true).size();
  const std::span<std::uint8_t> octets = std::span(buffer).first(size);
  const Octets secret = as_octets("a shared secret");
  for (auto _ : state) {
    if (!sign(octets, secret, DigestType::hmac_sha256, DigestScheme::first_hmac_zeroed))
      state.SkipWithError("not signed");
    benchmark::ClobberMemory();
  }
  set_bytes(state, size);
}
BENCHMARK(sign_bndupd);  // no budget: HMAC-SHA-256 of the crypto library

}  // namespace
}  // namespace twinlease::wire
