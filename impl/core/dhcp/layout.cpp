#include "impl/core/dhcp/layout.hpp"

#include <algorithm>
#include <array>

#include "impl/wire/dhcp4_writer.hpp"

namespace twinlease::core {
namespace {

namespace dhcp4 = wire::dhcp4;

std::size_t size_of(const ReplyOption& option) {
  const std::size_t fragments = std::max<std::size_t>(
      1, (option.octets.size() + dhcp4::fragment_octets_max - 1) / dhcp4::fragment_octets_max);
  return option.octets.size() + 2 * fragments;
}

// A field of options: what is written to it, and an end option.
template <std::size_t size>
class Field {
 public:
  bool take(const ReplyOption& option) {
    if (size_of(option) + 1 > size - used_ || option.octets.size() > dhcp4::fragment_octets_max) return false;
    octets_[used_] = static_cast<std::uint8_t>(option.code);
    octets_[used_ + 1] = static_cast<std::uint8_t>(option.octets.size());
    std::ranges::copy(wire::as_octets(option.octets), octets_.begin() + used_ + 2);
    used_ += size_of(option);
    octets_[used_] = static_cast<std::uint8_t>(dhcp4::OptionCode::end);
    return true;
  }
  bool used() const { return used_ > 0; }
  Octets octets() const { return octets_; }

 private:
  std::array<std::uint8_t, size> octets_{};
  std::size_t used_ = 0;
};

constexpr std::size_t overload_octets = 3;

}  // namespace

Bytes lay_out(dhcp4::Header header, std::span<const ReplyOption> options, const ReplyOption& last,
              std::size_t most) {
  std::size_t room = most - dhcp4::options_offset - 1;
  const bool with_last = !last.octets.empty() && size_of(last) <= room;
  if (with_last) room -= size_of(last);
  std::size_t wanted = 0;
  for (const ReplyOption& option : options) wanted += size_of(option);
  const bool overload = wanted > room && room >= overload_octets;
  if (overload) room -= overload_octets;

  Field<dhcp4::file_octets> file;
  Field<dhcp4::sname_octets> sname;
  std::vector<const ReplyOption*> here;
  for (const ReplyOption& option : options) {
    if (size_of(option) <= room) {
      room -= size_of(option);
      here.push_back(&option);
    } else if (overload && !file.take(option)) {
      sname.take(option);  // or nowhere
    }
  }

  const auto fields = static_cast<std::uint8_t>((file.used() ? dhcp4::overload_file : 0) |
                                                (sname.used() ? dhcp4::overload_sname : 0));
  if (file.used()) header.file = file.octets();
  if (sname.used()) header.sname = sname.octets();
  Bytes message(most);
  dhcp4::Writer writer(message, header);
  for (const ReplyOption* option : here) writer.option(option->code, wire::as_octets(option->octets));
  if (fields != 0) writer.u8(dhcp4::OptionCode::option_overload, fields);
  if (with_last) writer.option(last.code, wire::as_octets(last.octets));
  const auto finished = writer.finish();
  const auto* written = std::get_if<std::span<std::uint8_t>>(&finished);
  message.resize(written == nullptr ? 0 : written->size());
  return message;
}

}  // namespace twinlease::core
