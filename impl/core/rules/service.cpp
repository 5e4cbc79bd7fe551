#include <array>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

constexpr int message_count = 9;
struct Row {
  std::array<Serve, message_count> serve;  // by ClientMessage
  std::string_view why;                    // of the whole row
};

constexpr Row all(Serve serve, std::string_view why) {
  Row row{{}, why};
  row.serve.fill(serve);
  return row;
}

constexpr Row only_extensions(Serve others, std::string_view why) {
  Row row = all(others, why);
  row.serve[static_cast<std::size_t>(ClientMessage::request_renewing)] = Serve::yes;
  row.serve[static_cast<std::size_t>(ClientMessage::request_rebinding)] = Serve::yes;
  return row;
}

// The sections "Operation in ... state" of chapter 9, by State.
constexpr std::array<Row, state_count> table = {
    all(Serve::no, "STARTUP: unresponsive (9.3.1)"),
    only_extensions(Serve::load_balanced,
                    "NORMAL: RENEWING and REBINDING from anybody, else by bucket (9.8.2)"),
    all(Serve::yes, "COMMUNICATIONS-INTERRUPTED: every client (9.9.2)"),
    all(Serve::yes, "PARTNER-DOWN: every client (9.4.2)"),
    all(Serve::no, "POTENTIAL-CONFLICT: unresponsive (9.10.2)"),
    all(Serve::yes, "RESOLUTION-INTERRUPTED: every client (9.11.2)"),
    all(Serve::yes, "CONFLICT-DONE: every client (9.12.2)"),
    all(Serve::no, "RECOVER: unresponsive (9.5.1)"),
    all(Serve::no, "RECOVER-WAIT: unresponsive (9.6.1)"),
    only_extensions(Serve::no, "RECOVER-DONE: RENEWING and REBINDING only (9.7.1)"),
    all(Serve::no, "PAUSED: about to stop (9.13)"),
    all(Serve::no, "SHUTDOWN: unresponsive (9.14.2)"),
};

// A message that names a server: the HBA says nothing about it.
constexpr bool names_a_server(ClientMessage message) {
  return message == ClientMessage::request_selecting || message == ClientMessage::release ||
         message == ClientMessage::decline;
}

}  // namespace

Answer service(const Standing& standing, const ClientQuestion& question, Profile profile) {
  if (!standing.config) return {true, "the scope is not shared"};
  const Row& row = table[static_cast<std::size_t>(standing.state)];
  const Serve serve = row.serve[static_cast<std::size_t>(question.message)];
  if (serve == Serve::no) return {false, row.why};
  if (question.message == ClientMessage::request_selecting && !question.addressed_to_us)
    return {false, "SELECTING: the client chose another server (RFC 2131 4.3.2, C6)"};
  if (serve == Serve::yes) return {true, row.why};
  if (names_a_server(question.message) && question.addressed_to_us)
    return {true, "NORMAL: it names this server (A-36)"};
  if (ours(standing, question, profile))
    return {true, "NORMAL: the bucket of the client is ours, or secs is high enough (5.3)"};
  return {false, "NORMAL: the bucket of the client is the partner's (5.3, 9.8.2)"};
}

}  // namespace twinlease::core::rules
