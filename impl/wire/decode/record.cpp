#include "impl/wire/decode/record.hpp"

#include <algorithm>

#include "impl/wire/value.hpp"

namespace twinlease::capture {

using wire::Error;
using wire::Message;
using wire::OptionSpan;

std::optional<Error> error_of(const FailoverRecord& record, const OptionSpan& option) noexcept {
  const auto value = wire::decode_value(option, *record.dialect);
  if (const Error* error = std::get_if<Error>(&value)) return *error;
  for (const Error& error : record.option_errors.list())
    if (error.offset == option.offset) return error;
  return std::nullopt;
}

std::string_view text(Loss loss) noexcept {
  switch (loss) {
    case Loss::octets_missing: return "octets of the stream are not in the capture";
    case Loss::backlog_full: return "octets of the stream are not in the capture, and too many follow them";
    case Loss::capture_ends: return "the capture ends inside a message";
  }
  return {};
}

bool is_malformed(const FailoverRecord& record) noexcept {
  const Message* message = std::get_if<Message>(&record.decoded);
  if (message == nullptr || message->tail_error() || !record.option_errors.empty()) return true;
  const wire::OptionRange options = message->options();
  return std::any_of(options.begin(), options.end(),
                     [&](const OptionSpan& option) { return error_of(record, option).has_value(); });
}

bool is_malformed(const DhcpRecord& record) noexcept {
  const auto* message = std::get_if<wire::dhcp4::Message>(&record.decoded);
  return record.cut || message == nullptr || !message->errors().empty();
}

}  // namespace twinlease::capture
