#include "pyharness/module/dhcp4_module.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "impl/wire/dhcp4.hpp"
#include "impl/wire/dhcp4_writer.hpp"

namespace py = pybind11;
using namespace twinlease;
namespace dhcp4 = twinlease::wire::dhcp4;

namespace {

std::string dotted(wire::Ipv4 address) {
  const std::uint32_t a = address.value;
  return std::to_string(a >> 24) + "." + std::to_string((a >> 16) & 255) + "." +
         std::to_string((a >> 8) & 255) + "." + std::to_string(a & 255);
}

wire::Ipv4 ipv4(const std::string& text) {
  std::uint32_t value = 0;
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    std::size_t used = 0;
    unsigned long number = 256;
    try {
      number = std::stoul(text.substr(at), &used);
    } catch (const std::exception&) {
    }
    if (number > 255 || (part < 3 && (at + used >= text.size() || text[at + used] != '.')) ||
        (part == 3 && at + used != text.size()))
      throw py::value_error("address: '" + text + "', expected a.b.c.d");
    value = value << 8 | static_cast<std::uint32_t>(number);
    at += used + 1;
  }
  return {value};
}

struct PyDhcp4 {
  int op = 0;
  std::uint32_t xid = 0;
  std::uint16_t secs = 0;
  std::uint16_t flags = 0;
  std::string ciaddr, yiaddr, siaddr, giaddr;
  std::string chaddr;
  std::vector<std::pair<int, py::bytes>>
      options;  // RFC 3396 fragments put together, in order of first appearance
  std::optional<std::string> error;
};

PyDhcp4 decode(const std::string& octets) {
  PyDhcp4 out;
  const auto decoded = dhcp4::decode(wire::as_octets(octets));
  if (const dhcp4::Error* error = std::get_if<dhcp4::Error>(&decoded)) {
    out.error = dhcp4::to_string(*error);
    return out;
  }
  const dhcp4::Message& message = std::get<dhcp4::Message>(decoded);
  const dhcp4::Header& header = message.header();
  out.op = static_cast<int>(header.op);
  out.xid = header.xid;
  out.secs = header.secs;
  out.flags = header.flags;
  out.ciaddr = dotted(header.ciaddr);
  out.yiaddr = dotted(header.yiaddr);
  out.siaddr = dotted(header.siaddr);
  out.giaddr = dotted(header.giaddr);
  out.chaddr = std::string(wire::as_text(header.hardware_address()));
  std::vector<std::pair<int, std::string>> merged;
  for (const dhcp4::OptionSpan& option : message.options()) {
    const int code = static_cast<int>(option.code);
    auto known =
        std::find_if(merged.begin(), merged.end(), [code](const auto& pair) { return pair.first == code; });
    if (known == merged.end()) known = merged.insert(merged.end(), {code, {}});
    known->second += wire::as_text(option.value);
  }
  for (auto& [code, value] : merged) out.options.emplace_back(code, py::bytes(value));
  if (!message.errors().empty()) out.error = dhcp4::to_string(message.errors().front());
  return out;
}

py::bytes encode(int op, int htype, std::uint32_t xid, std::uint16_t secs, std::uint16_t flags,
                 const std::string& ciaddr, const std::string& giaddr, const std::string& chaddr,
                 const std::vector<std::pair<int, std::string>>& options, int hops) {
  if (chaddr.size() > 16) throw py::value_error("chaddr: expected at most 16 octets");
  dhcp4::Header header;
  header.op = static_cast<dhcp4::Op>(op);
  header.htype = static_cast<std::uint8_t>(htype);
  header.hlen = static_cast<std::uint8_t>(chaddr.size());
  header.hops = static_cast<std::uint8_t>(hops);
  header.xid = xid;
  header.secs = secs;
  header.flags = flags;
  header.ciaddr = ipv4(ciaddr);
  header.giaddr = ipv4(giaddr);
  header.chaddr = wire::as_octets(chaddr);
  std::array<std::uint8_t, 1500> buffer{};
  dhcp4::Writer writer(buffer, header);
  for (const auto& [code, value] : options)
    writer.option(static_cast<dhcp4::OptionCode>(code), wire::as_octets(value));
  const auto finished = writer.finish();
  if (const dhcp4::Error* error = std::get_if<dhcp4::Error>(&finished))
    throw py::value_error(dhcp4::to_string(*error));
  const auto message = std::get<std::span<std::uint8_t>>(finished);
  return py::bytes(std::string(message.begin(), message.end()));
}

}  // namespace

void bind_dhcp4(py::module_& m) {
  py::class_<PyDhcp4>(m, "Dhcp4Message")
      .def_readonly("op", &PyDhcp4::op)
      .def_readonly("xid", &PyDhcp4::xid)
      .def_readonly("secs", &PyDhcp4::secs)
      .def_readonly("flags", &PyDhcp4::flags)
      .def_readonly("ciaddr", &PyDhcp4::ciaddr)
      .def_readonly("yiaddr", &PyDhcp4::yiaddr)
      .def_readonly("siaddr", &PyDhcp4::siaddr)
      .def_readonly("giaddr", &PyDhcp4::giaddr)
      .def_property_readonly("chaddr", [](const PyDhcp4& p) { return py::bytes(p.chaddr); })
      .def_readonly("options", &PyDhcp4::options)
      .def_readonly("error", &PyDhcp4::error);
  m.def("dhcp4_decode", &decode, py::arg("octets"));
  m.def("dhcp4_encode", &encode, py::arg("op"), py::arg("htype"), py::arg("xid"), py::arg("secs"),
        py::arg("flags"), py::arg("ciaddr"), py::arg("giaddr"), py::arg("chaddr"), py::arg("options"),
        py::arg("hops") = 0);
}
