#include "impl/wire/decode/failover_stream.hpp"

namespace twinlease::capture {

using wire::Error;

void FailoverStream::add(const TcpSegment& segment, std::uint64_t frame, const OnMessage& on_message) {
  const bool missing_before = tcp_.octets_missing();
  for (Octets octets = tcp_.add(segment); !octets.empty(); octets = tcp_.next())
    frame_messages(octets, frame, on_message);
  if (!missing_before && tcp_.octets_missing()) missing_since_ = frame;
}

void FailoverStream::frame_messages(Octets octets, std::uint64_t frame, const OnMessage& on_message) {
  if (framing_error_) return;
  if (!framer_) framer_ = std::make_unique<wire::Framer>();
  if (framer_->pending() == 0) unfinished_since_ = frame;
  while (const auto next = framer_->next(octets)) {
    if (const Error* error = std::get_if<Error>(&*next)) {
      framing_error_ = *error;
      return;
    }
    const Octets message = std::get<Octets>(*next);
    decoded_ += message.size();
    unfinished_since_ = frame;
    on_message(message);
  }
}

std::optional<FailoverStream::Abandoned> FailoverStream::end(End end) const {
  const std::uint64_t left = tcp_.yielded() - decoded_ + tcp_.not_yielded();
  if (framing_error_) return Abandoned{*framing_error_, unfinished_since_, decoded_, left};
  if (tcp_.broken()) return Abandoned{Loss::backlog_full, missing_since_, decoded_, left};
  if (tcp_.octets_missing()) return Abandoned{Loss::octets_missing, missing_since_, decoded_, left};
  if (!framer_ || framer_->pending() == 0) return std::nullopt;
  if (end == End::of_capture) return Abandoned{Loss::capture_ends, unfinished_since_, decoded_, left};
  return Abandoned{Error{wire::Level::message, wire::Fault::length_disagrees, wire::Remedy::close_connection,
                         0, static_cast<std::size_t>(decoded_)},
                   unfinished_since_, decoded_, left};
}

}  // namespace twinlease::capture
