// The life of an endpoint, its connection, and the actions of the state machine. Bindings:
// endpoint_clients.cpp, endpoint_partner.cpp.
#include "model/endpoint/endpoint.hpp"

#include <algorithm>
#include <cassert>

#include "model/machine/rows.hpp"

namespace twinlease::model {
namespace {

// 9.3.2 step 2: what a state becomes when communications have failed in it.
constexpr State after_failure(State state) {
  if (state == State::normal) return State::communications_interrupted;
  if (state == State::potential_conflict) return State::resolution_interrupted;
  return state;
}

constexpr bool is_one_of(State state, StateSet states) {
  return states.has(state);
}

// The outcome of a row where a reading is broken: its first alternative.
std::size_t literal(const BrokenRules& broken, const Row& row) {
  constexpr std::pair<Broken, std::string_view> kOf[] = {{Broken::announces_intermediate, "A-31"},
                                                         {Broken::startup_bit_unheeded, "A-18"},
                                                         {Broken::recover_done_stays, "A-26"},
                                                         {Broken::conflict_done_stays, "A-29"}};
  return std::ranges::any_of(
      kOf, [&](const auto& of) { return broken.has(of.first) && row.reading.starts_with(of.second); });
}

// What was told on a connection that is gone is to be told again.
void again(Binding& binding) {
  if (binding.unacked == Unacked::sent) binding.unacked = Unacked::resend;
}

}  // namespace

void Endpoint::start(const Config& config, Seconds now, Storage storage, Choices& choices, Effects& effects) {
  assert(!running_ || kStopping.has(state_));
  const State state = running_ ? state_ : State::startup;
  *this = on_disk(config, now);
  state_ = state;
  running_ = true;
  storage_configured_lost_ = storage == Storage::lost;
  handle(config, {Event::process_start}, now, choices, effects);
  if (storage == Storage::restored) {
    failure_ = now;
    handle(config, {Event::database_restored}, now, choices, effects);
  }
}

void Endpoint::crash(const Config& config, Seconds now) {
  *this = on_disk(config, now);
}

void Endpoint::wipe() {
  assert(!running_);
  *this = Endpoint{};
}

Endpoint Endpoint::on_disk(const Config& config, Seconds now) const {
  Endpoint there;
  there.record_ = record_;
  // Noted often enough (9.3.2). In STARTUP nobody is served.
  const bool operates = state_ != State::startup || config.broken.has(Broken::operates_in_startup);
  if (running_ && operates && !kStopping.has(state_)) there.record_.last_operation = now;
  there.disk_ = disk_;
  for (Binding& binding : there.disk_) again(binding);
  there.bindings_ = there.disk_;
  return there;
}

void Endpoint::restore(const Config& config, const Endpoint& backup, Seconds now, Choices& choices,
                       Effects& effects) {
  if (!running_) {
    *this = backup;
    return;
  }
  bindings_ = backup.bindings_;
  disk_ = bindings_;
  for (Slot& slot : slots_) slot.superseded = slot.used;
  held_ = 0;
  first_time_ = false;
  failure_ = now;  // until now it gave leases that the backup does not know (9.6.2)
  handle(config, {Event::database_restored}, now, choices, effects);
}

void Endpoint::connected(const Config& config, Seconds now, Choices& choices, Effects& effects) {
  assert(running_ && link_ == Link::none);
  link_ = Link::connected;
  handle(config, {Event::connected}, now, choices, effects);
}

void Endpoint::lost(const Config& config, Seconds now, Choices& choices, Effects& effects) {
  const bool ok = link_ == Link::ok;
  drop_link();
  handle(config, {ok ? Event::comm_lost : Event::handshake_failed}, now, choices, effects);
}

void Endpoint::drop_link() {
  link_ = Link::none;
  said_ = State::startup;
  said_startup_ = false;
  my_request_ = Message::Type::state;
  asked_ = Asked{};
  held_ = 0;
  next_xid_ = 1;
  slots_ = {};
  for (Bindings* bindings : {&bindings_, &disk_})
    for (Binding& binding : *bindings) again(binding);
}

void Endpoint::receive(const Config& config, const Message& message, Seconds now, Choices& choices,
                       Effects& effects) {
  if (link_ == Link::none) return;
  if (message.type == Message::Type::state) {
    const bool first = link_ == Link::connected;
    const bool same = partner_ == message.server_state && partner_startup_ == message.startup;
    partner_since_ = message.since;
    link_ = Link::ok;
    // A partner that leaves RECOVER-DONE gives leases at once: in PARTNER-DOWN it is told first what it does
    // not know.
    const bool waits = state_ == State::partner_down && message.server_state == State::recover_done &&
                       !message.startup && still_to_tell() && !config.broken.has(Broken::normal_before_told);
    if (waits) {
      partner_ = message.server_state;
      partner_startup_ = false;
      return pump(config, now, choices, effects);
    }
    if (first || !same)
      handle(config,
             {first ? Event::comm_ok : Event::partner_state, message.server_state, message.startup,
              Request::none},
             now, choices, effects);
    return;
  }
  if (link_ != Link::ok) return;  // 8.3: nothing but STATE is expected yet
  switch (message.type) {
    case Message::Type::bndupd: on_bndupd(config, message, now, effects); break;
    case Message::Type::bndack: on_bndack(config, message, now); break;
    case Message::Type::poolreq: on_poolreq(config, message, now, choices, effects); break;
    case Message::Type::updreq:
    case Message::Type::updreqall:
      asked_ = {true, message.xid, 0};
      handle(config,
             {Event::updreq_rcvd, State::startup, false,
              message.type == Message::Type::updreq ? Request::updreq : Request::updreqall},
             now, choices, effects);
      break;
    case Message::Type::upddone:
      answered_ = asks() && my_xid_ == message.xid;
      handle(config, {Event::upddone_rcvd}, now, choices, effects);
      answered_ = false;
      // Meanwhile the partner may have begun to recover: NORMAL is not for that (9.8.4, A-69).
      if (state_ == State::normal && partner_ == State::recover && !partner_startup_)
        handle(config, {Event::partner_state, partner_, false, Request::none}, now, choices, effects);
      break;
    default: break;  // POOLRESP: nothing rests on it
  }
  pump(config, now, choices, effects);
  const bool waited = state_ == State::partner_down && partner_ == State::recover_done && !partner_startup_;
  if (waited && link_ == Link::ok && !still_to_tell())
    handle(config, {Event::partner_state, partner_, false, Request::none}, now, choices, effects);
}

bool Endpoint::due(const Config& config, Event timer, Seconds now) const {
  switch (timer) {
    case Event::timer_startup: return running_ && state_ == State::startup && link_ != Link::ok;
    case Event::timer_mclt:
      return running_ &&
             ((state_ == State::recover_wait && !mclt_expired_ && now >= failure_ + mclt(config)) ||
              (state_ == State::partner_down && now >= record_.since + mclt(config)));
    case Event::timer_safe_period:  // RESOLUTION-INTERRUPTED may inherit it from COMMUNICATIONS-INTERRUPTED
      return running_ &&
             (StateSet(State::communications_interrupted) | State::resolution_interrupted).has(state_) &&
             config.safe_period > 0 && link_ != Link::ok && now >= record_.since + config.safe_period;
    case Event::timer_stop: return running_ && state_ == State::shutdown;
    case Event::timer_receive: return running_ && link_ != Link::none;
    case Event::timer_sync: return running_ && state_ == State::recover && link_ == Link::ok && asks();
    case Event::timer_no_ack:
      return running_ && state_ == State::normal &&
             std::ranges::any_of(slots_, [](const Slot& slot) { return slot.used; });
    default: return false;
  }
}

void Endpoint::event(const Config& config, Event event, Seconds now, Choices& choices, Effects& effects) {
  handle(config, {event}, now, choices, effects);
}

void Endpoint::new_mclt(const Config& config, Seconds mclt, Seconds now, Choices& choices, Effects& effects) {
  if (config.role == Role::primary) {
    record_.mclt = mclt == config.mclt ? 0 : mclt;
    return;
  }
  offered_mclt_ = mclt;
  handle(config, {Event::connect_new_mclt}, now, choices, effects);
  offered_mclt_ = 0;
}

Seconds Endpoint::mclt(const Config& config) const {
  if (config.broken.has(Broken::own_mclt) && config.role == Role::secondary) return config.mclt / 2;
  return record_.mclt != 0 ? record_.mclt : config.mclt;
}

// What is configured, where a row asks for it. PARTNER-DOWN at the end of STARTUP is for a server without any
// record (9.3.2).
void Endpoint::settings(const Input& input, Choices& choices, Facts& facts) const {
  for (Guard guard : {Guard::cfg_pd_at_startup, Guard::cfg_startup_proceed, Guard::cfg_safe_period,
                      Guard::cfg_rw_stay_offline, Guard::cfg_noack_interrupts, Guard::first_time}) {
    const bool asked = std::ranges::any_of(rows_of(state_), [&](const Row& row) {
      return row.on == input.event && (row.when.must.has(guard) || row.when.must_not.has(guard));
    });
    const bool may =
        guard == Guard::first_time ? first_time_ : guard != Guard::cfg_pd_at_startup || !record_.any;
    if (asked) facts.set(guard, may && choices.pick(2) == 1);
  }
}

Circumstances Endpoint::circumstances(const Config& config, const Input& input, State left,
                                      Choices& choices) const {
  Circumstances when;
  when.previous = previous_;
  when.profile = config.profile;
  const bool ok = link_ == Link::ok;
  const bool lost = record_.storage_lost &&
                    !(config.broken.has(Broken::updreq_after_loss) && state_ == State::potential_conflict);
  const std::pair<Guard, bool> facts[] = {
      {Guard::primary, config.role == Role::primary},
      {Guard::comm_up, ok},
      {Guard::stored_state, record_.any},
      {Guard::stored_by_stop, record_.by_stop},
      {Guard::stop_saw_pd, record_.saw_partner_down},
      {Guard::cfg_storage_lost, storage_configured_lost_},
      {Guard::storage_lost, lost},
      {Guard::no_record, record_.no_record},
      {Guard::restored, record_.restored},
      {Guard::prev_served, is_one_of(previous_, StateSet(State::partner_down) |
                                                    State::resolution_interrupted | State::conflict_done)},
      {Guard::prev_is_pd, previous_ == State::partner_down},
      {Guard::prev_recovering,
       is_one_of(previous_, StateSet(State::recover) | State::recover_wait | State::recover_done)},
      {Guard::pd_after_last_op, partner_since_ > record_.last_operation},
      {Guard::pd_equals_last_op, partner_since_ == record_.last_operation},
      {Guard::from_normal, left == State::normal},
      {Guard::from_startup, left == State::startup},
      {Guard::partner_recovering, ok && is_one_of(partner_, StateSet(State::recover) | State::recover_wait)},
      {Guard::partner_is_normal, ok && partner_ == State::normal && !partner_startup_},
      {Guard::partner_is_conflict_done, ok && partner_ == State::conflict_done && !partner_startup_},
      {Guard::upd_outstanding, my_request_ != Message::Type::state},
      {Guard::xid_match, answered_},
      {Guard::mclt_timer_expired, mclt_expired_},
      {Guard::cfg_startup_proceed, config.startup_proceeds},
      {Guard::cfg_safe_period, config.safe_period > 0},
  };
  for (const auto& [guard, holds] : facts) when.facts.set(guard, holds);
  if (config.every_setting) settings(input, choices, when.facts);
  return when;
}

void Endpoint::handle(const Config& config, const Input& input, Seconds now, Choices& choices,
                      Effects& effects) {
  announce_ = false;
  begun_ = effects.messages.size();
  if (take(config, input, state_, now, choices, effects) && link_ == Link::ok)
    take(config, {Event::comm_ok, partner_, partner_startup_, Request::none}, state_, now, choices, effects);
  if (announce_) announce(begun_, effects);  // before the requests of the state that it announces
  announce_ = false;
  pump(config, now, choices, effects);
}

// One row and the ENTRY that follows it; true if COMM_OK is to be posted after that (RERUN_COMM_OK).
bool Endpoint::take(const Config& config, const Input& input, State left, Seconds now, Choices& choices,
                    Effects& effects) {
  if (input.event == Event::comm_ok || input.event == Event::partner_state) {
    partner_ = input.partner;
    partner_startup_ = input.partner_startup;
  }
  const Circumstances when = circumstances(config, input, left, choices);
  Machine machine(state_);
  const Row* row = machine.row(input, when);
  if (row == nullptr) return false;  // UNDEFINED: nothing happens
  effects.rows.push_back({state_, row});
  const std::size_t number = config.every_reading ? choices.pick(static_cast<std::uint8_t>(row->outcomes()))
                                                  : literal(config.broken, *row);
  const Step step = *machine.process(input, when, number);
  bool rerun = false;
  for (Action action : step.does()) rerun |= perform(config, action, now, effects);
  if (!step.entered) return rerun;
  const State from = state_;
  state_ = step.next;
  mclt_expired_ = false;
  rerun |= take(config, {Event::entry}, from, now, choices, effects);
  if (state_ != State::recover) first_time_ = false;  // asked for on the way into RECOVER-WAIT
  return rerun;
}

// True for the actions that post COMM_OK.
bool Endpoint::perform(const Config& config, Action action, Seconds now, Effects& effects) {
  auto request = [&](Message::Type type) {
    my_request_ = type;
    my_xid_ = next_xid_++;
    if (link_ == Link::ok) effects.messages.push_back({.type = type, .xid = my_xid_});
  };
  switch (action) {
    case Action::load_previous:
      previous_ = record_.state;
      failure_ = record_.last_operation;
      break;
    case Action::comm_failed_previous: previous_ = after_failure(previous_); break;
    case Action::set_previous_recover:
      previous_ = State::recover;
      failure_ = record_.last_operation;
      break;
    case Action::set_tof_configured:
    case Action::set_tof_start: failure_ = now; break;
    case Action::set_tof_zero:
      failure_ = -config.longest_mclt();
      first_time_ = true;
      break;
    case Action::mark_storage_lost:
      record_.storage_lost = true;
      record_.no_new_before = now + mclt(config);
      break;
    case Action::mark_no_record: record_.no_record = true; break;
    case Action::mark_restored: record_.restored = true; break;
    case Action::clear_lost_mark:
      record_.storage_lost = record_.no_record = record_.restored = false;
      my_request_ = Message::Type::state;
      break;
    case Action::rerun_comm_ok: return true;
    case Action::rerun_comm_ok_at_once: partner_startup_ = false; return true;
    case Action::store_state:
      if (!record_.any || record_.state != state_ || record_.by_stop) record_.since = now;
      record_.any = true;
      record_.state = state_;
      record_.by_stop = record_.saw_partner_down = false;
      break;
    case Action::send_state:
      if (config.broken.has(Broken::announces_intermediate))
        announce(effects.messages.size(), effects);
      else
        announce_ = true;  // at the end of the chain
      break;
    case Action::send_state_intermediate:
    case Action::send_state_private: {
      const State spoken =
          action == Action::send_state_private || state_ != State::recover_wait ? state_ : State::recover;
      const std::size_t before = effects.messages.size();
      say_state(spoken, false, begun_, effects);
      begun_ += effects.messages.size() - before;  // what ends the chain comes after it
      break;
    }
    case Action::send_state_startup: say_state(previous_, true, effects.messages.size(), effects); break;
    case Action::send_state_recorded:
      say_state(record_.any ? record_.state : State::recover, true, effects.messages.size(), effects);
      break;
    case Action::send_updreq: request(Message::Type::updreq); break;
    case Action::send_updreqall: request(Message::Type::updreqall); break;
    case Action::forget_xids: my_request_ = Message::Type::state; break;
    case Action::send_pending:
    case Action::send_all:
      for (Address a = 0; a < config.addresses; ++a) {
        const Binding& binding = bindings_[a];
        const bool changed = binding.unacked != Unacked::no;
        const bool backup = binding.status == BindingStatus::backup && config.role == Role::secondary &&
                            !config.broken.has(Broken::backup_omitted);
        const bool all = action == Action::send_all || record_.owes_all;
        if (changed || (all && (binding.client != 0 || backup)))
          asked_.pending = static_cast<std::uint8_t>(asked_.pending | 1u << a);
      }
      held_ = 0;
      break;
    case Action::mark_updreqall:
      record_.owes_all = true;
      if (config.broken.has(Broken::loss_by_letter)) break;
      // What is under way reaches a server without its storage: its BNDACK for an end means nothing.
      for (Slot& slot : slots_) slot.superseded |= slot.used && ended(slot.told.status);
      break;
    case Action::send_poolreq:
      if (link_ == Link::ok) effects.messages.push_back({.type = Message::Type::poolreq, .xid = next_xid_++});
      break;
    case Action::mark_mclt_expired: mclt_expired_ = true; break;
    case Action::send_disconnect_17:
    case Action::send_disconnect_254: break;  // the connection ends all the same
    case Action::close_conn:
      if (announce_) announce(effects.messages.size(), effects);  // PAUSED is said before the end (9.13)
      announce_ = false;
      effects.closes = true;
      drop_link();
      break;
    case Action::store_previous:
    case Action::store_previous_recover:
      record_.any = true;
      record_.state = action == Action::store_previous_recover ? State::recover
                      : state_ == State::startup               ? previous_
                                                               : state_;
      record_.by_stop = true;
      record_.last_operation = now;
      if (action == Action::store_previous_recover) record_.saw_partner_down = true;
      break;
    case Action::store_last_op: record_.last_operation = now; break;
    case Action::store_mclt: record_.mclt = offered_mclt_ == config.mclt ? 0 : offered_mclt_; break;
    case Action::stop_process: crash(config, now); break;
    // Seen by nobody, or derived where they are needed: timers by due(), the partner's pool by may_give(),
    // connecting by the world that the endpoint lives in.
    default: break;
  }
  return false;
}

void Endpoint::announce(std::size_t place, Effects& effects) {
  say_state(state_ == State::recover_wait ? State::recover : state_, false, place, effects);
}

void Endpoint::say_state(State state, bool startup, std::size_t place, Effects& effects) {
  if (link_ == Link::none || (said_ == state && said_startup_ == startup)) return;
  said_ = state;
  said_startup_ = startup;
  effects.messages.insert(
      effects.messages.begin() + static_cast<std::ptrdiff_t>(place),
      {.type = Message::Type::state, .server_state = state, .startup = startup, .since = record_.since});
}

}  // namespace twinlease::model
