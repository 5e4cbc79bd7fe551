#include "model/lease/service.hpp"

namespace twinlease::model {
namespace {

constexpr Service kSilence{Serve::no, AllocateFrom::none, LeaseLimit::none, false};

// A server that serves everybody. `renewal` is for a client that has its binding.
constexpr Service responsive(ClientMessage message, AllocateFrom from, LeaseLimit limit,
                             bool renewal_may_exceed) {
  switch (message) {
    case ClientMessage::discover:
    case ClientMessage::request_selecting: return {Serve::yes, from, limit, false};
    case ClientMessage::request_init_reboot:
    case ClientMessage::request_renewing:
    case ClientMessage::request_rebinding:
      return {Serve::yes, AllocateFrom::existing_only, limit, renewal_may_exceed};
    default: return {Serve::yes, AllocateFrom::none, LeaseLimit::none, false};
  }
}

constexpr bool is_renewal(ClientMessage message) {
  return message == ClientMessage::request_renewing || message == ClientMessage::request_rebinding;
}

// 9.8.2: whom the partner serves as well is balanced; who names this server, or renews, is served here.
constexpr Service balanced(ClientMessage message) {
  Service service = responsive(message, AllocateFrom::own, LeaseLimit::mclt_bound, false);
  switch (message) {
    case ClientMessage::discover:
    case ClientMessage::request_init_reboot:
    case ClientMessage::inform: service.serve = Serve::load_balanced; break;
    case ClientMessage::request_selecting:
    case ClientMessage::release:
    case ClientMessage::decline: service.serve = Serve::addressed; break;
    default: break;
  }
  return service;
}

}  // namespace

Service service(State state, ClientMessage message) {
  switch (state) {
    case State::normal: return balanced(message);
    case State::partner_down:
      return responsive(message, AllocateFrom::own_and_partner_after_wait, LeaseLimit::free_choice, false);
    case State::communications_interrupted:
    case State::resolution_interrupted:
    case State::conflict_done: return responsive(message, AllocateFrom::own, LeaseLimit::mclt_bound, true);
    case State::recover_done:
      return is_renewal(message) ? responsive(message, AllocateFrom::none, LeaseLimit::mclt_bound, false)
                                 : kSilence;
    case State::startup:
    case State::recover:
    case State::recover_wait:
    case State::potential_conflict:
    case State::paused:
    case State::shutdown: return kSilence;
  }
  return kSilence;
}

}  // namespace twinlease::model
