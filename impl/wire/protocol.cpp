#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

std::string_view name(MessageType type) noexcept {
  switch (type) {
    case MessageType::poolreq: return "POOLREQ";
    case MessageType::poolresp: return "POOLRESP";
    case MessageType::bndupd: return "BNDUPD";
    case MessageType::bndack: return "BNDACK";
    case MessageType::connect: return "CONNECT";
    case MessageType::connectack: return "CONNECTACK";
    case MessageType::updreqall: return "UPDREQALL";
    case MessageType::upddone: return "UPDDONE";
    case MessageType::updreq: return "UPDREQ";
    case MessageType::state: return "STATE";
    case MessageType::contact: return "CONTACT";
    case MessageType::disconnect: return "DISCONNECT";
  }
  return {};
}

std::string_view name(BindingStatus status) noexcept {
  switch (status) {
    case BindingStatus::free: return "FREE";
    case BindingStatus::active: return "ACTIVE";
    case BindingStatus::expired: return "EXPIRED";
    case BindingStatus::released: return "RELEASED";
    case BindingStatus::abandoned: return "ABANDONED";
    case BindingStatus::reset: return "RESET";
    case BindingStatus::backup: return "BACKUP";
  }
  return {};
}

std::string_view name(ServerState state) noexcept {
  switch (state) {
    case ServerState::startup: return "STARTUP";
    case ServerState::normal: return "NORMAL";
    case ServerState::communications_interrupted: return "COMMUNICATIONS-INTERRUPTED";
    case ServerState::partner_down: return "PARTNER-DOWN";
    case ServerState::potential_conflict: return "POTENTIAL-CONFLICT";
    case ServerState::recover: return "RECOVER";
    case ServerState::paused: return "PAUSED";
    case ServerState::shutdown: return "SHUTDOWN";
    case ServerState::recover_done: return "RECOVER-DONE";
    case ServerState::resolution_interrupted: return "RESOLUTION-INTERRUPTED";
    case ServerState::conflict_done: return "CONFLICT-DONE";
  }
  return {};
}

std::string_view name(RejectReason reason) noexcept {
  switch (reason) {
    case RejectReason::illegal_ip_address: return "illegal IP address";
    case RejectReason::fatal_conflict: return "fatal conflict exists: address in use by other client";
    case RejectReason::missing_binding_information: return "missing binding information";
    case RejectReason::time_mismatch_too_great: return "connection rejected, time mismatch too great";
    case RejectReason::invalid_mclt: return "connection rejected, invalid MCLT";
    case RejectReason::unknown_reason: return "connection rejected, unknown reason";
    case RejectReason::duplicate_connection: return "connection rejected, duplicate connection";
    case RejectReason::invalid_failover_partner: return "connection rejected, invalid failover partner";
    case RejectReason::tls_not_supported: return "TLS not supported";
    case RejectReason::tls_supported_but_not_configured: return "TLS supported but not configured";
    case RejectReason::tls_required_but_not_supported_by_partner:
      return "TLS required but not supported by partner";
    case RejectReason::message_digest_not_supported: return "message digest not supported";
    case RejectReason::message_digest_not_configured: return "message digest not configured";
    case RejectReason::protocol_version_mismatch: return "protocol version mismatch";
    case RejectReason::outdated_binding_information: return "outdated binding information";
    case RejectReason::less_critical_binding_information: return "less critical binding information";
    case RejectReason::no_traffic_within_sufficient_time: return "no traffic within sufficient time";
    case RejectReason::hash_bucket_assignment_conflict: return "hash bucket assignment conflict";
    case RejectReason::ip_not_reserved_on_this_server: return "IP not reserved on this server";
    case RejectReason::message_digest_failed_to_compare: return "message digest failed to compare";
    case RejectReason::missing_message_digest: return "missing message digest";
    case RejectReason::unknown_error: return "unknown error";
  }
  return {};
}

}  // namespace twinlease::wire
