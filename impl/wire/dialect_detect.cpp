#include "impl/wire/dialect_detect.hpp"

#include <algorithm>
#include <string_view>

namespace twinlease::wire {

namespace {

constexpr std::uint8_t microsoft_payload_offset = 8;

bool contains_isc(std::string_view text) noexcept {
  constexpr std::string_view wanted = "isc";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [&](char a, char b) { return lower(a) == b; }) != text.end();
}

const Dialect* of_handshake(const Message& message) noexcept {
  const std::optional<OptionSpan> vendor = message.options().find(OptionCode::vendor_class_identifier);
  if (vendor && contains_isc(as_text(vendor->value))) return &isc;
  return message.header().payload_offset == microsoft_payload_offset ? &microsoft : &draft_12;
}

const Dialect* of_binding_update(const Message& message) noexcept {
  constexpr auto first = static_cast<std::uint16_t>(OptionCode::ms_client_subnet_mask);
  const OptionRange options = message.options();
  const bool extended = std::any_of(options.begin(), options.end(), [](const OptionSpan& option) {
    return option.code >= first && option.code <= option_code_last;
  });
  return extended ? &microsoft : nullptr;
}

}  // namespace

const Dialect* detect_dialect(const Message& message) noexcept {
  switch (message.type()) {
    case MessageType::connect:
    case MessageType::connectack: return of_handshake(message);
    case MessageType::bndupd: return of_binding_update(message);
    default: return nullptr;
  }
}

}  // namespace twinlease::wire
