// The oracle for Python: module _twinlease_oracle. The package's twinlease.oracle gives it docstrings.
//
// Octets in, findings out; times are whole milliseconds since 1970. ValueError for a name that is none.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "impl/wire/dialect.hpp"
#include "property/abstraction/watch.hpp"

namespace py = pybind11;
namespace oracle = twinlease::model::oracle;
using twinlease::abstraction::Side;
using namespace twinlease;

namespace {

[[noreturn]] void refuse(const char* what, const std::string& value) {
  throw py::value_error(std::string(what) + ": '" + value + "' is none");
}

wire::Octets octets_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

oracle::Command command_named(const std::string& name) {
  if (name == "partner-down") return oracle::Command::partner_down;
  if (name == "pause") return oracle::Command::pause;
  if (name == "shutdown") return oracle::Command::shutdown;
  if (name == "restored") return oracle::Command::restored;
  refuse("command", name);
}

oracle::Storage storage_named(const std::string& name) {
  if (name == "kept") return oracle::Storage::kept;
  if (name == "lost") return oracle::Storage::lost;
  if (name == "replaced") return oracle::Storage::replaced;
  refuse("storage", name);
}

oracle::Options options_of(const std::string& role, const std::string& profile, std::int64_t eps_ms,
                           std::int64_t patience_ms, bool attended, bool safe_period) {
  oracle::Options options;
  if (role == "secondary")
    options.role = model::Role::secondary;
  else if (role != "primary")
    refuse("role", role);
  if (profile == "windows")
    options.profile = model::Profile::windows;
  else if (profile != "draft")
    refuse("profile", profile);
  options.eps_ms = eps_ms;
  options.patience_ms = patience_ms;
  options.commands_seen = options.processes_seen = options.storage_kept = !attended;
  options.safe_period = safe_period;
  return options;
}

class PyOracle {
 public:
  PyOracle(const oracle::Options& options, const std::string& dialect)
      : dialect_(wire::find_dialect(dialect)), watch_(options, abstraction::Watch::Beginnings::all_seen) {
    if (dialect_ == nullptr) refuse("dialect", dialect);
  }

  void message(std::int64_t t, std::uint64_t number, std::uint32_t connection, bool from_endpoint,
               const std::string& octets) {
    const auto decoded = wire::decode(octets_of(octets));
    if (const auto* message = std::get_if<wire::Message>(&decoded))
      watch_.message(t, number, connection, from_endpoint ? Side::endpoint : Side::partner, *message,
                     *dialect_);
    else if (std::get<wire::Error>(decoded).fault != wire::Fault::type_ignorable)
      watch_.unreadable(t, number, connection, from_endpoint ? Side::endpoint : Side::partner,
                        octets_of(octets));
  }

  void client(std::int64_t t, std::uint64_t number, bool to_endpoint, bool to_all,
              const std::string& octets) {
    const auto decoded = wire::dhcp4::decode(octets_of(octets));
    const auto* message = std::get_if<wire::dhcp4::Message>(&decoded);
    if (message == nullptr) return;
    if (to_endpoint) {
      if (const auto given_up = clients_.asked(*message, to_all, t)) watch_.observe(t, number, *given_up);
    } else if (const auto replied = clients_.replied(*message)) {
      watch_.observe(t, number, *replied);
    }
  }

  void ended(std::int64_t t, std::uint64_t number, std::uint32_t connection) {
    watch_.ended(t, number, connection);
  }
  void command(std::int64_t t, std::uint64_t number, const std::string& name) {
    watch_.observe(t, number, oracle::Commanded{command_named(name)});
  }
  void process(std::int64_t t, std::uint64_t number, bool running, const std::string& storage) {
    watch_.observe(t, number, oracle::Process{running, storage_named(storage)});
  }
  oracle::Report finish() { return watch_.finish(); }

 private:
  const wire::Dialect* dialect_;
  abstraction::Watch watch_;
  abstraction::Clients clients_;
};

std::string verdict_of(const oracle::Finding& finding) {
  return std::string(to_string(verdict_of(finding.level)));
}

}  // namespace

PYBIND11_MODULE(_twinlease_oracle, m) {
  py::class_<oracle::Finding>(m, "Finding")
      .def_readonly("topic", &oracle::Finding::topic)
      .def_readonly("about", &oracle::Finding::about)
      .def_readonly("invariant", &oracle::Finding::invariant)
      .def_readonly("clauses", &oracle::Finding::clauses)
      .def_property_readonly("verdict", &verdict_of)
      .def_property_readonly("time_s",
                             [](const oracle::Finding& f) { return static_cast<double>(f.time_ms) / 1000; })
      .def_readonly("number", &oracle::Finding::number)
      .def_readonly("last_good", &oracle::Finding::last_good)
      .def_readonly("text", &oracle::Finding::text)
      .def_readonly("allowed", &oracle::Finding::allowed)
      .def_readonly("times", &oracle::Finding::times);
  py::class_<oracle::Report>(m, "Report")
      .def_property_readonly("verdict",
                             [](const oracle::Report& r) { return std::string(to_string(r.verdict)); })
      .def_readonly("findings", &oracle::Report::findings)
      .def_readonly("reasons", &oracle::Report::reasons)
      .def_readonly("assumptions", &oracle::Report::assumptions)
      .def_readonly("explained", &oracle::Report::explained)
      .def_readonly("messages", &oracle::Report::messages);
  py::class_<PyOracle>(m, "Oracle")
      .def(py::init([](const std::string& role, const std::string& dialect, const std::string& profile,
                       std::int64_t eps_ms, std::int64_t patience_ms, bool attended, bool safe_period) {
             return std::make_unique<PyOracle>(
                 options_of(role, profile, eps_ms, patience_ms, attended, safe_period), dialect);
           }),
           py::arg("role"), py::arg("dialect"), py::arg("profile") = "draft", py::arg("eps_ms") = 2'000,
           py::arg("patience_ms") = 60'000, py::arg("attended") = false, py::arg("safe_period") = true)
      .def("message", &PyOracle::message)
      .def("client", &PyOracle::client)
      .def("ended", &PyOracle::ended)
      .def("command", &PyOracle::command)
      .def("process", &PyOracle::process)
      .def("finish", &PyOracle::finish);
}
