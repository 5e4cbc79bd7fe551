// Histories and their invariants for Python: module _twinlease_history. The package's twinlease.history gives
// it docstrings.
//
// Addresses are dotted text, clients bytes, times whole milliseconds since 1970, enumerations the draft's
// names. ValueError for a name that is none.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/history/predicate.hpp"

namespace py = pybind11;
using namespace twinlease::model::history;
using twinlease::model::ClientMessage;

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view value) {
  throw py::value_error(std::string(what) + ": '" + std::string(value) + "' is none");
}

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

template <class Value, std::size_t size>
Value pick(const std::array<Named<Value>, size>& table, std::string_view what, std::string_view text) {
  const auto found =
      std::find_if(table.begin(), table.end(), [text](const auto& row) { return row.name == text; });
  if (found == table.end()) refuse(what, text);
  return found->value;
}

Server server_named(std::string_view text) {
  constexpr std::array<Named<Server>, 2> table = {
      {{"primary", Server::primary}, {"secondary", Server::secondary}}};
  return pick(table, "server", text);
}

Request request_named(std::string_view text) {
  constexpr std::array<Named<Request>, 4> table = {{{"selecting", Request::selecting},
                                                    {"init-reboot", Request::init_reboot},
                                                    {"renewing", Request::renewing},
                                                    {"rebinding", Request::rebinding}}};
  return pick(table, "request", text);
}

Ending ending_named(std::string_view text) {
  constexpr std::array<Named<Ending>, 5> table = {{{"released", Ending::released},
                                                   {"declined", Ending::declined},
                                                   {"refused", Ending::refused},
                                                   {"lapsed", Ending::lapsed},
                                                   {"left", Ending::left}}};
  return pick(table, "ending", text);
}

FaultKind fault_named(std::string_view text) {
  constexpr std::array<Named<FaultKind>, 4> table = {{{"cut", FaultKind::cut},
                                                      {"cut-from-primary", FaultKind::cut_from_primary},
                                                      {"cut-from-secondary", FaultKind::cut_from_secondary},
                                                      {"exhaustion", FaultKind::exhaustion}}};
  return pick(table, "fault", text);
}

ClientMessage client_message_named(std::string_view text) {
  constexpr std::array<Named<ClientMessage>, 8> table = {{{"discover", ClientMessage::discover},
                                                          {"selecting", ClientMessage::request_selecting},
                                                          {"init-reboot", ClientMessage::request_init_reboot},
                                                          {"renewing", ClientMessage::request_renewing},
                                                          {"rebinding", ClientMessage::request_rebinding},
                                                          {"release", ClientMessage::release},
                                                          {"decline", ClientMessage::decline},
                                                          {"inform", ClientMessage::inform}}};
  return pick(table, "client message", text);
}

Word word_named(std::string_view text) {
  constexpr std::array<Named<Word>, 7> table = {{{"UPDREQ", Word::updreq},
                                                 {"UPDREQALL", Word::updreqall},
                                                 {"UPDDONE", Word::upddone},
                                                 {"POOLREQ", Word::poolreq},
                                                 {"POOLRESP", Word::poolresp},
                                                 {"CONTACT", Word::contact},
                                                 {"DISCONNECT", Word::disconnect}}};
  return pick(table, "failover message", text);
}

Command command_named(std::string_view text) {
  constexpr std::array<Named<Command>, 3> table = {
      {{"pause", Command::pause}, {"shutdown", Command::shutdown}, {"restored", Command::restored}}};
  return pick(table, "command", text);
}

// States and statuses by the draft's own names.
State state_named(std::string_view text) {
  const std::optional<State> state = state_of_name(text);
  if (!state) refuse("server-state", text);
  return *state;
}

BindingStatus status_named(std::string_view text) {
  const std::optional<BindingStatus> status = status_of_name(text);
  if (!status) refuse("binding-status", text);
  return *status;
}

Servers servers_named(const std::vector<std::string>& names) {
  unsigned set = 0;
  for (const std::string& one : names) set |= 1U << static_cast<unsigned>(server_named(one));
  return static_cast<Servers>(set);
}

Address address_of(std::string_view dotted) {
  Address value = 0;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  for (int part = 0; part < 4; ++part) {
    unsigned octet = 256;
    if (part > 0 && (at == end || *at++ != '.')) refuse("address", dotted);
    const auto [stop, error] = std::from_chars(at, end, octet);
    if (error != std::errc{} || octet > 255) refuse("address", dotted);
    value = value << 8 | octet;
    at = stop;
  }
  if (at != end) refuse("address", dotted);
  return value;
}

std::optional<Client> client_of(const std::optional<py::bytes>& octets) {
  return octets ? std::optional<Client>(std::string(*octets)) : std::nullopt;
}

twinlease::model::HashBucketAssignment buckets_of(const py::bytes& octets) {
  const std::string text = octets;
  twinlease::model::HashBucketAssignment out{};
  if (text.size() != out.size()) throw py::value_error("hash-bucket-assignment: expected 32 octets");
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

struct PyFinding {
  std::string invariant;
  double time_s = 0;
  std::optional<std::string> address;
  std::vector<std::string> events;
  std::string sentence;
};

struct PyJudgement {
  std::string id;
  std::string outcome;
  std::vector<PyFinding> findings;
  std::uint64_t examined = 0;
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  std::string lacks;
};

PyFinding finding_of(const Finding& finding, const History& history) {
  PyFinding out{std::string(finding.invariant),
                static_cast<double>(finding.time_ms) / 1000.0,
                std::nullopt,
                {},
                finding.sentence};
  if (finding.address) out.address = text(*finding.address);
  for (const std::size_t index : finding.events) {
    const Event& event = history.events()[index];
    out.events.push_back(history.when(event.time_ms) + "  " + describe(event));
  }
  return out;
}

PyJudgement judgement_of(const History& history, const std::string& id, const Bounds& bounds) {
  const Predicate* predicate = find_predicate(id);
  if (predicate == nullptr) refuse("invariant with a predicate", id);
  const Judgement judgement = judge(*predicate, history, bounds);
  constexpr std::array<const char*, 4> outcomes = {"held", "broken", "unseen", "undecided"};
  PyJudgement out{id, outcomes[static_cast<std::size_t>(judgement.outcome())],
                  {}, judgement.examined,
                  {}, std::string(judgement.lacks)};
  for (const Finding& finding : judgement.findings) out.findings.push_back(finding_of(finding, history));
  for (const Count& count : judgement.counts) out.counts.emplace_back(count.what, count.number);
  return out;
}

void bind_clients(py::class_<History>& c) {
  c.def(
      "discovered",
      [](History& h, TimeMs t, const py::bytes& client, std::uint32_t xid,
         const std::vector<std::string>& heard_by) {
        h.add({t, Discovered{client, xid, servers_named(heard_by)}});
      },
      py::arg("time_ms"), py::arg("client"), py::arg("xid"), py::arg("heard_by"));
  c.def(
      "offered",
      [](History& h, TimeMs t, const std::string& server, const py::bytes& client, std::uint32_t xid,
         const std::string& address) {
        h.add({t, Offered{server_named(server), client, xid, address_of(address)}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("client"), py::arg("xid"), py::arg("address"));
  c.def(
      "acked",
      [](History& h, TimeMs t, const std::string& server, const py::bytes& client, const std::string& address,
         const std::string& request, std::uint32_t lease_s, TimeMs asked_ms) {
        h.add({t, Acked{server_named(server), client, address_of(address), request_named(request), lease_s,
                        asked_ms}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("client"), py::arg("address"), py::arg("request"),
      py::arg("lease_s"), py::arg("asked_ms"));
  c.def(
      "client_sent",
      [](History& h, TimeMs t, const py::bytes& client, const std::string& message,
         const std::optional<std::string>& address, const std::vector<std::string>& heard_by) {
        h.add({t, ClientSent{client, client_message_named(message), address ? address_of(*address) : 0,
                             servers_named(heard_by)}});
      },
      py::arg("time_ms"), py::arg("client"), py::arg("message"), py::arg("address"), py::arg("heard_by"));
  c.def(
      "refused",
      [](History& h, TimeMs t, const std::string& server, const py::bytes& client,
         const std::string& address) {
        h.add({t, Refused{server_named(server), client, address_of(address)}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("client"), py::arg("address"));
  c.def(
      "ended",
      [](History& h, TimeMs t, const py::bytes& client, const std::string& address, const std::string& how) {
        h.add({t, Ended{client, address_of(address), ending_named(how)}});
      },
      py::arg("time_ms"), py::arg("client"), py::arg("address"), py::arg("how"));
}

void bind_messages(py::class_<History>& c) {
  c.def(
      "updated",
      [](History& h, TimeMs t, const std::string& from, std::uint32_t xid, const std::string& address,
         const std::string& status, const std::optional<py::bytes>& client, std::uint32_t lease_expiration_s,
         std::uint32_t potential_expiration_s, std::uint32_t client_last_transaction_s,
         std::uint32_t start_of_state_s, bool reserved) {
        h.add({t, Updated{server_named(from), xid, address_of(address), status_named(status),
                          client_of(client), lease_expiration_s, potential_expiration_s,
                          client_last_transaction_s, start_of_state_s, reserved}});
      },
      py::arg("time_ms"), py::arg("from_"), py::arg("xid"), py::arg("address"), py::arg("status"),
      py::arg("client") = py::none(), py::arg("lease_expiration_s") = 0,
      py::arg("potential_expiration_s") = 0, py::arg("client_last_transaction_s") = 0,
      py::arg("start_of_state_s") = 0, py::arg("reserved") = false);
  c.def(
      "acknowledged",
      [](History& h, TimeMs t, const std::string& from, std::uint32_t xid, const std::string& address,
         std::optional<std::uint8_t> reject_reason) {
        h.add({t, Acknowledged{server_named(from), xid, address_of(address), reject_reason}});
      },
      py::arg("time_ms"), py::arg("from_"), py::arg("xid"), py::arg("address"),
      py::arg("reject_reason") = py::none());
  c.def(
      "state",
      [](History& h, TimeMs t, const std::string& server, const std::string& state, bool startup,
         std::uint32_t since_s) {
        h.add({t, StateSaid{server_named(server), state_named(state), startup, since_s}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("state"), py::arg("startup") = false,
      py::arg("since_s") = 0);
  c.def(
      "connect",
      [](History& h, TimeMs t, const std::string& from, std::uint32_t xid, std::uint32_t mclt_s,
         std::optional<std::uint32_t> window_size, std::uint32_t receive_timer_s) {
        h.add({t, ConnectSaid{server_named(from), xid, mclt_s, window_size, receive_timer_s}});
      },
      py::arg("time_ms"), py::arg("from_"), py::arg("xid"), py::arg("mclt_s"), py::arg("window"),
      py::arg("receive_timer_s"));
  c.def(
      "connect_answered",
      [](History& h, TimeMs t, const std::string& from, std::uint32_t xid,
         std::optional<std::uint8_t> reject_reason, std::optional<std::uint32_t> window_size,
         std::uint32_t receive_timer_s) {
        h.add({t, ConnectAnswered{server_named(from), xid, reject_reason, window_size, receive_timer_s}});
      },
      py::arg("time_ms"), py::arg("from_"), py::arg("xid"), py::arg("reject_reason"), py::arg("window"),
      py::arg("receive_timer_s"));
  c.def(
      "said",
      [](History& h, TimeMs t, const std::string& from, const std::string& word, std::uint32_t xid,
         std::uint32_t number) { h.add({t, Said{server_named(from), word_named(word), xid, number}}); },
      py::arg("time_ms"), py::arg("from_"), py::arg("word"), py::arg("xid"), py::arg("number") = 0);
  c.def(
      "buckets",
      [](History& h, TimeMs t, const py::bytes& octets) { h.add({t, BucketsAssigned{buckets_of(octets)}}); },
      py::arg("time_ms"), py::arg("octets"));
  c.def(
      "connection", [](History& h, TimeMs t, bool up) { h.add({t, Connection{up}}); }, py::arg("time_ms"),
      py::arg("up"));
  c.def(
      "record",
      [](History& h, TimeMs t, const std::string& server, const std::string& address,
         const std::string& status, const std::optional<py::bytes>& client,
         std::uint32_t lease_expiration_s) {
        h.add({t, Record{server_named(server), address_of(address), status_named(status), client_of(client),
                         lease_expiration_s}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("address"), py::arg("status"),
      py::arg("client") = py::none(), py::arg("lease_expiration_s") = 0);
}

void bind_deeds(py::class_<History>& c) {
  c.def(
      "process",
      [](History& h, TimeMs t, const std::string& server, bool running, bool storage_lost) {
        h.add({t, Process{server_named(server), running, storage_lost}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("running"), py::arg("storage_lost") = false);
  c.def(
      "commanded",
      [](History& h, TimeMs t, const std::string& server, const std::string& command) {
        h.add({t, Commanded{server_named(server), command_named(command)}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("command"));
  c.def(
      "configured",
      [](History& h, TimeMs t, const std::string& server, std::uint32_t mclt_s, std::uint32_t safe_period_s,
         std::uint32_t desired_lease_s) {
        h.add({t, Configured{server_named(server), mclt_s, safe_period_s, desired_lease_s}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("mclt_s"), py::arg("safe_period_s"),
      py::arg("desired_lease_s"));
  c.def(
      "reserved",
      [](History& h, TimeMs t, const std::string& address, const py::bytes& client) {
        h.add({t, Reserved{address_of(address), client}});
      },
      py::arg("time_ms"), py::arg("address"), py::arg("client"));
  c.def(
      "clock",
      [](History& h, TimeMs t, const std::string& server, std::int64_t ahead_s) {
        h.add({t, ClockSet{server_named(server), ahead_s}});
      },
      py::arg("time_ms"), py::arg("server"), py::arg("ahead_s"));
  c.def(
      "assumption_broken",
      [](History& h, TimeMs t, unsigned number) {
        if (number < 1 || number > 10) refuse("assumption", std::to_string(number));
        h.add({t, AssumptionBroken{number}});
      },
      py::arg("time_ms"), py::arg("number"));
  c.def(
      "partner_down",
      [](History& h, TimeMs t, const std::string& server) {
        h.add({t, PartnerDownCommanded{server_named(server)}});
      },
      py::arg("time_ms"), py::arg("server"));
  c.def(
      "fault",
      [](History& h, TimeMs t, const std::string& kind, bool begins) {
        h.add({t, Fault{fault_named(kind), begins}});
      },
      py::arg("time_ms"), py::arg("kind"), py::arg("begins"));
  c.def(
      "pool",
      [](History& h, TimeMs t, const std::string& first, const std::string& last) {
        h.add({t, Pool{address_of(first), address_of(last)}});
      },
      py::arg("time_ms"), py::arg("first"), py::arg("last"));
}

}  // namespace

PYBIND11_MODULE(_twinlease_history, m) {
  py::class_<Bounds>(m, "Bounds")
      .def(py::init<>())
      .def_readwrite("eps_ms", &Bounds::eps_ms)
      .def_readwrite("settle_ms", &Bounds::settle_ms)
      .def_readwrite("receive_timer_ms", &Bounds::receive_timer_ms)
      .def_readwrite("answer_ms", &Bounds::answer_ms)
      .def_readwrite("reunite_ms", &Bounds::reunite_ms)
      .def_readwrite("rebalance_ms", &Bounds::rebalance_ms)
      .def_readwrite("transfer_ms", &Bounds::transfer_ms)
      .def_readwrite("startup_ms", &Bounds::startup_ms)
      .def_readwrite("retry_ms", &Bounds::retry_ms)
      .def_readwrite("grace_ms", &Bounds::grace_ms)
      .def_readwrite("most_states", &Bounds::most_states)
      .def_readwrite("most_updates", &Bounds::most_updates)
      .def_readwrite("enough_free", &Bounds::enough_free);
  py::class_<PyFinding>(m, "Finding")
      .def_readonly("invariant", &PyFinding::invariant)
      .def_readonly("time_s", &PyFinding::time_s)
      .def_readonly("address", &PyFinding::address)
      .def_readonly("events", &PyFinding::events)
      .def_readonly("sentence", &PyFinding::sentence);
  py::class_<PyJudgement>(m, "Judgement")
      .def_readonly("id", &PyJudgement::id)
      .def_readonly("outcome", &PyJudgement::outcome)
      .def_readonly("findings", &PyJudgement::findings)
      .def_readonly("examined", &PyJudgement::examined)
      .def_readonly("counts", &PyJudgement::counts)
      .def_readonly("lacks", &PyJudgement::lacks);
  py::class_<History> history(m, "History");
  history.def(py::init<>());
  history.def("__len__", [](const History& h) { return h.events().size(); });
  history.def("lines", [](const History& h) {
    std::vector<std::string> out;
    for (const Event& event : h.events()) out.push_back(h.when(event.time_ms) + "  " + describe(event));
    return out;
  });
  history.def("judge", &judgement_of, py::arg("id"), py::arg("bounds"));
  bind_clients(history);
  bind_messages(history);
  bind_deeds(history);
  m.def("predicates", [] {
    std::vector<std::string> ids;
    for (const Predicate& predicate : predicates()) ids.emplace_back(predicate.id);
    return ids;
  });
}
