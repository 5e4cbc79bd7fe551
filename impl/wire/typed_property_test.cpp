// Typed views for any values: what is written is read again in every dialect, alone and in batches, and
// options that nobody knows change nothing.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <deque>
#include <limits>

#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/typed_text.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::RawMessage;
using testing::RawOption;
using testing::text_of;
using testing::view_of;

// Fields of legal values, set or not; octets and texts live in the pool.
class Fields {
 public:
  template <class T>
  std::optional<T> number(T from = 0, std::uint64_t to = std::numeric_limits<T>::max()) {
    if (!*rc::gen::arbitrary<bool>()) return std::nullopt;
    return static_cast<T>(*rc::gen::inRange<std::uint64_t>(from, to + 1));
  }
  std::optional<Octets> octets(std::size_t min, std::size_t max) {
    if (!*rc::gen::arbitrary<bool>()) return std::nullopt;
    return pool_.emplace_back(*testing::any_octets(min, max));
  }
  std::optional<std::string_view> text(std::size_t min, std::size_t max) {
    const auto some = octets(min, max);
    if (!some) return std::nullopt;
    return as_text(*some);
  }

 private:
  std::deque<Bytes> pool_;
};

template <class Write>
std::string reread(MessageType type, const Dialect& dialect, Write&& put) {
  std::array<std::uint8_t, message_length_max> buffer;
  MessageWriter writer(buffer, type, 1, 2, dialect);
  put(writer);
  const auto finished = writer.finish();
  const auto decoded = decode(std::get<std::span<std::uint8_t>>(finished));
  Errors errors;
  const std::string view = view_of(std::get<Message>(decoded), dialect, errors);
  RC_ASSERT(errors.empty());
  return view;
}

RC_GTEST_PROP(TypedProperty, ReadsWhatWasWritten, ()) {
  Fields f;
  const Connect connect{f.text(1, 60),
                        f.number<std::uint32_t>(),
                        f.number<std::uint32_t>(),
                        f.text(1, 60),
                        f.number<std::uint8_t>(),
                        f.number<std::uint8_t>(),
                        f.number<std::uint32_t>(),
                        f.octets(32, 32),
                        f.number<std::uint8_t>(1)};
  ConnectAck ack{f.text(1, 60),
                 f.number<std::uint32_t>(),
                 f.number<std::uint32_t>(),
                 f.text(1, 60),
                 f.number<std::uint8_t>(),
                 f.number<std::uint8_t>(),
                 f.number<std::uint8_t>(),
                 f.text(0, 200)};
  ack.rejected = ack.reject_reason.has_value();
  const State state{f.number<std::uint8_t>(1), f.number<std::uint8_t>(), f.number<std::uint32_t>()};
  const PoolResp pool{f.number<std::uint32_t>()};
  const Disconnect disconnect{f.number<std::uint8_t>(), f.text(0, 200)};
  for (const Dialect* d : all_dialects()) {
    const auto same = [&](MessageType type, const auto& typed) {
      RC_ASSERT(reread(type, *d, [&](MessageWriter& w) { write(w, typed); }) == text_of(typed));
    };
    same(MessageType::connect, connect);
    same(MessageType::connectack, ack);
    same(MessageType::state, state);
    same(MessageType::poolresp, pool);
    same(MessageType::disconnect, disconnect);
  }
}

RC_GTEST_PROP(TypedProperty, ReadsTheBatchThatWasWritten, ()) {
  Fields f;
  std::vector<BindingUpdate> updates(*rc::gen::inRange<std::size_t>(0, 6));
  std::vector<BindingAck> acks;
  std::string expected_updates, expected_acks;
  for (BindingUpdate& u : updates) {
    u = {Ipv4{*rc::gen::arbitrary<std::uint32_t>()},
         f.number<std::uint8_t>(1, 7),
         f.number<std::uint16_t>(),
         f.octets(1, 30),
         f.octets(2, 17),
         f.number<std::uint32_t>(),
         f.number<std::uint32_t>(),
         f.number<std::uint32_t>(),
         f.number<std::uint32_t>(),
         f.octets(4, 60),
         f.octets(4, 60),
         f.octets(2, 60)};
    BindingAck ack{u.address, f.number<std::uint8_t>(), f.text(0, 60)};
    ack.rejected = ack.reject_reason.has_value();
    acks.push_back(ack);
    expected_updates += text_of(u) + "; ";
    expected_acks += text_of(ack) + "; ";
  }
  for (const Dialect* d : all_dialects()) {
    RC_ASSERT(reread(MessageType::bndupd, *d, [&](MessageWriter& w) {
                for (const BindingUpdate& u : updates) write(w, u, *d);
              }) == expected_updates);
    RC_ASSERT(reread(MessageType::bndack, *d, [&](MessageWriter& w) {
                for (const BindingAck& a : acks) write(w, a);
              }) == expected_acks);
  }
}

// an option that nobody knows changes nothing, wherever it stands.
RC_GTEST_PROP(TypedProperty, UnknownOptionsChangeNothing, ()) {
  const Dialect& dialect = **testing::any_dialect();
  RawMessage raw = *testing::valid_message(dialect);
  RC_PRE(testing::size_of(raw) < 2000);
  Errors before, after;
  const std::string expected = view_of(raw, before, dialect);
  const auto at = *rc::gen::inRange<std::size_t>(0, raw.options.size() + 1);
  const RawOption unknown{*rc::gen::inRange<std::uint16_t>(42, 65535), *testing::any_octets(0, 20)};
  raw.options.insert(raw.options.begin() + static_cast<std::ptrdiff_t>(at), unknown);
  RC_ASSERT(view_of(raw, after, dialect) == expected);
  RC_ASSERT(after.total() == before.total());
}

}  // namespace
}  // namespace twinlease::wire
