// The codec for Python: module _twinlease_wire. The package twinlease.wire gives it names and docstrings.
//
// Python gets values, never views: every octet string is copied, so nothing here can outlive its buffer.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "impl/wire/dialect.hpp"
#include "impl/wire/digest.hpp"
#include "impl/wire/framer.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/option_table.hpp"
#include "impl/wire/typed.hpp"
#include "impl/wire/value.hpp"
#include "model/lease/load_balance.hpp"
#include "pyharness/module/dhcp4_module.hpp"

namespace py = pybind11;
using namespace twinlease;

namespace {

std::string text_of(wire::Octets octets) {
  return std::string(wire::as_text(octets));
}
py::bytes bytes_of(wire::Octets octets) {
  return py::bytes(text_of(octets));
}

const wire::Dialect& dialect_named(const std::string& name) {
  const wire::Dialect* dialect = wire::find_dialect(name);
  if (dialect == nullptr)
    throw py::value_error("dialect: '" + name + "', expected one of draft-12, isc, microsoft, infoblox");
  return *dialect;
}

struct PyOption {
  std::uint16_t code;
  std::size_t offset;
  std::string value;
};

PyOption option_of(const wire::OptionSpan& option) {
  return {option.code, option.offset, text_of(option.value)};
}

std::vector<PyOption> options_of(wire::OptionRange range) {
  std::vector<PyOption> out;
  for (const wire::OptionSpan& option : range) out.push_back(option_of(option));
  return out;
}

struct PyMessage {
  wire::Header header;
  std::string octets;
  std::string extra_header;
  std::vector<PyOption> options;
  std::vector<PyOption> leading;
  std::vector<std::vector<PyOption>> transactions;
  std::string tail;
  std::optional<wire::Error> error;  // of the message
  std::vector<wire::Error> option_errors;
};

void collect(const wire::Errors& errors, PyMessage& out) {
  for (const wire::Error& error : errors.list()) out.option_errors.push_back(error);
}

void read_typed(const wire::Message& message, const wire::Dialect& dialect, PyMessage& out) {
  wire::Errors errors;
  switch (message.type()) {
    case wire::MessageType::connect: wire::read_connect(message, dialect, errors); break;
    case wire::MessageType::connectack: wire::read_connectack(message, dialect, errors); break;
    case wire::MessageType::state: wire::read_state(message, dialect, errors); break;
    case wire::MessageType::poolresp: wire::read_poolresp(message, dialect, errors); break;
    case wire::MessageType::disconnect: wire::read_disconnect(message, dialect, errors); break;
    case wire::MessageType::bndupd:
      wire::check_leading(message, dialect, errors);
      for (const wire::OptionRange& t : message.transactions()) wire::read_binding_update(t, dialect, errors);
      break;
    case wire::MessageType::bndack:
      for (const wire::OptionRange& t : message.transactions()) wire::read_binding_ack(t, dialect, errors);
      break;
    default: break;
  }
  collect(errors, out);
}

PyMessage decode(const py::bytes& input, const std::string& dialect_name) {
  const wire::Dialect& dialect = dialect_named(dialect_name);
  PyMessage out;
  out.octets = input;
  const wire::Octets octets = wire::as_octets(out.octets);
  out.header = wire::read_header(octets).value_or(wire::Header{});
  const auto decoded = wire::decode(octets);
  if (const wire::Error* error = std::get_if<wire::Error>(&decoded)) {
    out.error = *error;
    return out;
  }
  const wire::Message& message = std::get<wire::Message>(decoded);
  out.extra_header = text_of(message.extra_header());
  out.options = options_of(message.options());
  out.tail = text_of(message.tail());
  if (message.type() == wire::MessageType::bndupd || message.type() == wire::MessageType::bndack) {
    const wire::TransactionRange transactions = message.transactions();
    out.leading = options_of(transactions.leading());
    for (const wire::OptionRange& t : transactions) out.transactions.push_back(options_of(t));
  }
  if (message.tail_error()) {
    if (message.tail_error()->level == wire::Level::message)
      out.error = *message.tail_error();
    else
      out.option_errors.push_back(*message.tail_error());
  }
  read_typed(message, dialect, out);
  return out;
}

py::bytes encode(int type_code, std::uint32_t xid, std::uint32_t time_s,
                 const std::vector<std::pair<std::uint16_t, std::string>>& options,
                 const std::string& dialect_name, std::optional<int> payload_offset,
                 const std::string& extra_header, const std::string& tail) {
  const wire::Dialect& dialect = dialect_named(dialect_name);
  if (type_code < 0 || type_code > 255) throw py::value_error("type: expected 0 to 255");
  const int offset = payload_offset.value_or(dialect.payload_offset_sent);
  if (offset < 0 || offset > 255) throw py::value_error("payload_offset: expected 0 to 255");
  std::array<std::uint8_t, wire::message_length_max> buffer{};
  wire::MessageWriter writer(buffer, static_cast<wire::MessageType>(type_code),
                             static_cast<std::uint8_t>(offset), time_s, xid, wire::as_octets(extra_header));
  for (const auto& [code, value] : options) writer.option(code, wire::as_octets(value));
  writer.raw(wire::as_octets(tail));
  const auto finished = writer.finish();
  if (const wire::Error* error = std::get_if<wire::Error>(&finished))
    throw py::value_error(wire::to_string(*error));
  return bytes_of(std::get<std::span<std::uint8_t>>(finished));
}

wire::DigestScheme scheme_named(const std::string& name) {
  static const std::array<std::pair<const char*, wire::DigestScheme>, 4> schemes = {{
      {"first-hmac-zeroed", wire::DigestScheme::first_hmac_zeroed},
      {"first-hmac-prior", wire::DigestScheme::first_hmac_prior},
      {"first-concat-zeroed", wire::DigestScheme::first_concat_zeroed},
      {"trailing-hmac", wire::DigestScheme::trailing_hmac},
  }};
  for (const auto& [known, scheme] : schemes)
    if (name == known) return scheme;
  throw py::value_error("scheme: '" + name + "', expected a value of A-02");
}

py::bytes sign(const std::string& octets, const std::string& secret, int type, const std::string& scheme) {
  std::string signed_octets = octets;
  const std::span<std::uint8_t> span(reinterpret_cast<std::uint8_t*>(signed_octets.data()),
                                     signed_octets.size());
  if (!wire::sign(span, wire::as_octets(secret), static_cast<wire::DigestType>(type), scheme_named(scheme)))
    throw py::value_error(
        "sign: no room for the digest where the scheme wants it, or the algorithm is refused");
  return py::bytes(signed_octets);
}

std::string verify(const std::string& octets, const std::string& secret, int type,
                   const std::string& scheme) {
  const auto decoded = wire::decode(wire::as_octets(octets));
  if (const wire::Error* error = std::get_if<wire::Error>(&decoded))
    throw py::value_error(wire::to_string(*error));
  return std::string(wire::name(wire::verify(std::get<wire::Message>(decoded), wire::as_octets(secret),
                                             static_cast<wire::DigestType>(type), scheme_named(scheme))));
}

// Framer over copies: feed() returns the messages completed by these octets; error is set once framing is
// lost.
class PyFramer {
 public:
  std::vector<py::bytes> feed(const std::string& input) {
    std::vector<py::bytes> messages;
    wire::Octets rest = wire::as_octets(input);
    while (const auto next = framer_.next(rest)) {
      if (const wire::Error* failed = std::get_if<wire::Error>(&*next)) {
        error = *failed;
        break;
      }
      messages.push_back(bytes_of(std::get<wire::Octets>(*next)));
    }
    return messages;
  }
  std::size_t pending() const { return framer_.pending(); }
  std::optional<wire::Error> error;

 private:
  wire::Framer framer_;
};

std::string form_name(wire::Form form) {
  switch (form) {
    case wire::Form::u8: return "u8";
    case wire::Form::u32: return "u32";
    case wire::Form::time: return "time";
    case wire::Form::ipv4: return "ipv4";
    case wire::Form::ipv4_list_le: return "ipv4-list-le";
    case wire::Form::flags8: return "flags8";
    case wire::Form::flags16: return "flags16";
    case wire::Form::flags32: return "flags32";
    case wire::Form::octets: return "octets";
    case wire::Form::text: return "text";
    case wire::Form::utf16le: return "utf16le";
    case wire::Form::client_id: return "client-id";
    case wire::Form::hardware: return "hardware";
    case wire::Form::digest: return "digest";
    case wire::Form::ddns: return "ddns";
    case wire::Form::dhcp_options: return "dhcp-options";
    case wire::Form::failover_options: return "failover-options";
    case wire::Form::binding_status: return "binding-status";
    case wire::Form::server_state: return "server-state";
    case wire::Form::reject_reason: return "reject-reason";
  }
  return "octets";
}

std::string remedy_name(wire::Remedy remedy) {
  switch (remedy) {
    case wire::Remedy::close_connection: return "close-connection";
    case wire::Remedy::ignore_message: return "ignore-message";
    case wire::Remedy::reject_transaction: return "bndack-reject:3";
    case wire::Remedy::ignore_option: return "ignore-option";
  }
  return "";
}

}  // namespace

PYBIND11_MODULE(_twinlease_wire, m) {
  py::class_<wire::Error>(m, "Error")
      .def_property_readonly(
          "level",
          [](const wire::Error& e) { return e.level == wire::Level::message ? "message" : "option"; })
      .def_property_readonly("remedy", [](const wire::Error& e) { return remedy_name(e.remedy); })
      .def_readonly("option", &wire::Error::option)
      .def_readonly("offset", &wire::Error::offset)
      .def_property_readonly("clause", [](const wire::Error& e) { return std::string(e.clause()); })
      .def_property_readonly("text", [](const wire::Error& e) { return std::string(e.text()); })
      .def("__str__", [](const wire::Error& e) { return wire::to_string(e); });

  py::class_<PyOption>(m, "Option")
      .def_readonly("code", &PyOption::code)
      .def_readonly("offset", &PyOption::offset)
      .def_property_readonly("value", [](const PyOption& o) { return py::bytes(o.value); })
      .def(
          "name",
          [](const PyOption& o, const std::string& d) { return wire::option_name(o.code, dialect_named(d)); },
          py::arg("dialect") = "draft-12")
      .def(
          "format",
          [](const PyOption& o, const std::string& d) {
            return wire::format_value({o.code, o.offset, wire::as_octets(o.value)}, dialect_named(d));
          },
          py::arg("dialect") = "draft-12");

  py::class_<PyMessage>(m, "Message")
      .def_property_readonly("length", [](const PyMessage& p) { return p.header.length; })
      .def_property_readonly("type_code", [](const PyMessage& p) { return static_cast<int>(p.header.type); })
      .def_property_readonly("type",
                             [](const PyMessage& p) {
                               const auto name = wire::name(p.header.type);
                               return name.empty() ? "type-" + std::to_string(static_cast<int>(p.header.type))
                                                   : std::string(name);
                             })
      .def_property_readonly("payload_offset", [](const PyMessage& p) { return p.header.payload_offset; })
      .def_property_readonly("time_s", [](const PyMessage& p) { return p.header.time_s; })
      .def_property_readonly("xid", [](const PyMessage& p) { return p.header.xid; })
      .def_property_readonly("octets", [](const PyMessage& p) { return py::bytes(p.octets); })
      .def_property_readonly("extra_header", [](const PyMessage& p) { return py::bytes(p.extra_header); })
      .def_property_readonly("tail", [](const PyMessage& p) { return py::bytes(p.tail); })
      .def_readonly("options", &PyMessage::options)
      .def_readonly("leading", &PyMessage::leading)
      .def_readonly("transactions", &PyMessage::transactions)
      .def_readonly("error", &PyMessage::error)
      .def_readonly("option_errors", &PyMessage::option_errors);

  py::class_<PyFramer>(m, "Framer")
      .def(py::init<>())
      .def("feed", &PyFramer::feed, py::arg("octets"))
      .def_property_readonly("pending", &PyFramer::pending)
      .def_readonly("error", &PyFramer::error);

  m.def("decode", &decode, py::arg("octets"), py::arg("dialect") = "draft-12");
  m.def("encode", &encode, py::arg("type_code"), py::arg("xid"), py::arg("time_s"), py::arg("options"),
        py::arg("dialect") = "draft-12", py::arg("payload_offset") = py::none(),
        py::arg("extra_header") = py::bytes(), py::arg("tail") = py::bytes());
  m.def("sign", &sign, py::arg("octets"), py::arg("secret"), py::arg("type"), py::arg("scheme"));
  m.def("verify", &verify, py::arg("octets"), py::arg("secret"), py::arg("type"), py::arg("scheme"));
  m.def(
      "hash_bucket", [](const std::string& id) { return model::hash_bucket(wire::as_octets(id)); },
      py::arg("request_id"));
  m.def("option_table", [] {
    py::list rows;
    for (const wire::OptionSpec& s : wire::all_options()) {
      py::dict row;
      row["code"] = s.code;
      row["name"] = std::string(s.name);
      row["form"] = form_name(s.form);
      row["length_min"] = s.length_min;
      row["length_max"] = s.length_max;
      row["per_address"] = s.per_address;
      row["clause"] = std::string(s.clause);
      rows.append(row);
    }
    return rows;
  });
  m.def(
      "dialect",
      [](const std::string& name) {
        const wire::Dialect& d = dialect_named(name);
        py::dict row;
        row["name"] = std::string(d.name);
        row["payload_offset"] = d.payload_offset_sent;
        row["ip_flags_octets"] = d.ip_flags_octets_sent;
        row["recover_wait_code"] = d.recover_wait_code ? py::cast(*d.recover_wait_code) : py::none();
        row["batch_max"] = d.batch_max;
        row["bndack_order_matters"] = d.bndack_order_matters;
        row["tls_options"] = d.tls_options;
        row["both_send_connect"] = d.both_send_connect;
        row["bucket_bits_of_primary"] = d.bucket_bits_of_primary;
        row["release_ends_lease"] = d.release_ends_lease;
        row["accepts_older_updates"] = d.accepts_older_updates;
        return row;
      },
      py::arg("name"));

  bind_dhcp4(m);
}
