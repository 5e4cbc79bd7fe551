// The words of the failover state machine: states, events, guards, actions. Closed sets; what each means is
// in docs/model.md and in the sections of the draft that the rows cite.
#pragma once

#include <cstdint>
#include <string_view>

namespace twinlease::model {

// clang-format off
#define TWINLEASE_STATES(X) \
  X(startup, "STARTUP") X(normal, "NORMAL") X(communications_interrupted, "COMMUNICATIONS_INTERRUPTED") \
  X(partner_down, "PARTNER_DOWN") X(recover, "RECOVER") X(recover_wait, "RECOVER_WAIT") \
  X(recover_done, "RECOVER_DONE") X(potential_conflict, "POTENTIAL_CONFLICT") \
  X(resolution_interrupted, "RESOLUTION_INTERRUPTED") X(conflict_done, "CONFLICT_DONE") X(paused, "PAUSED") \
  X(shutdown, "SHUTDOWN")

#define TWINLEASE_EVENTS(X) \
  X(process_start, "PROCESS_START") X(entry, "ENTRY") X(connected, "CONNECTED") \
  X(handshake_failed, "HANDSHAKE_FAILED") X(comm_ok, "COMM_OK") X(partner_state, "PARTNER_STATE") \
  X(comm_lost, "COMM_LOST") X(timer_receive, "TIMER_RECEIVE") X(updreq_rcvd, "UPDREQ_RCVD") \
  X(upddone_rcvd, "UPDDONE_RCVD") X(timer_startup, "TIMER_STARTUP") X(timer_safe_period, "TIMER_SAFE_PERIOD") \
  X(timer_mclt, "TIMER_MCLT") X(timer_sync, "TIMER_SYNC") X(timer_no_ack, "TIMER_NO_ACK") \
  X(timer_stop, "TIMER_STOP") X(operator_partner_down, "OPERATOR_PARTNER_DOWN") \
  X(operator_partner_up, "OPERATOR_PARTNER_UP") X(operator_pause, "OPERATOR_PAUSE") \
  X(operator_shutdown, "OPERATOR_SHUTDOWN") X(database_restored, "DATABASE_RESTORED") \
  X(connect_new_mclt, "CONNECT_NEW_MCLT")

#define TWINLEASE_GUARDS(X) \
  X(primary, "PRIMARY") X(comm_up, "COMM_UP") X(stored_state, "STORED_STATE") X(stored_by_stop, "STORED_BY_STOP") \
  X(stop_saw_pd, "STOP_SAW_PD") X(cfg_storage_lost, "CFG_STORAGE_LOST") X(storage_lost, "STORAGE_LOST") \
  X(no_record, "NO_RECORD") X(restored, "RESTORED") X(prev_served, "PREV_SERVED") X(prev_is_pd, "PREV_IS_PD") \
  X(prev_recovering, "PREV_RECOVERING") X(pd_after_last_op, "PD_AFTER_LAST_OP") \
  X(pd_equals_last_op, "PD_EQUALS_LAST_OP") X(from_normal, "FROM_NORMAL") X(from_startup, "FROM_STARTUP") \
  X(partner_recovering, "PARTNER_RECOVERING") X(partner_is_normal, "PARTNER_IS_NORMAL") \
  X(partner_is_conflict_done, "PARTNER_IS_CONFLICT_DONE") X(upd_outstanding, "UPD_OUTSTANDING") \
  X(xid_match, "XID_MATCH") X(mclt_timer_expired, "MCLT_TIMER_EXPIRED") X(first_time, "FIRST_TIME") \
  X(cfg_pd_at_startup, "CFG_PD_AT_STARTUP") X(cfg_startup_proceed, "CFG_STARTUP_PROCEED") \
  X(cfg_safe_period, "CFG_SAFE_PERIOD") X(cfg_rw_stay_offline, "CFG_RW_STAY_OFFLINE") \
  X(cfg_noack_interrupts, "CFG_NOACK_INTERRUPTS") X(ms_new_relationship, "MS_NEW_RELATIONSHIP") \
  X(ms_prev_init, "MS_PREV_INIT")

#define TWINLEASE_ACTIONS(X) \
  X(load_previous, "LOAD_PREVIOUS") X(comm_failed_previous, "COMM_FAILED_PREVIOUS") \
  X(set_previous_recover, "SET_PREVIOUS_RECOVER") X(set_tof_configured, "SET_TOF_CONFIGURED") \
  X(set_tof_zero, "SET_TOF_ZERO") X(set_tof_start, "SET_TOF_START") X(mark_storage_lost, "MARK_STORAGE_LOST") \
  X(mark_no_record, "MARK_NO_RECORD") X(mark_restored, "MARK_RESTORED") X(clear_lost_mark, "CLEAR_LOST_MARK") \
  X(start_timer_startup, "START_TIMER_STARTUP") X(connect, "CONNECT") X(retry_connect, "RETRY_CONNECT") \
  X(clear_startup, "CLEAR_STARTUP") X(rec_partner, "REC_PARTNER") X(rerun_comm_ok, "RERUN_COMM_OK") \
  X(rerun_comm_ok_at_once, "RERUN_COMM_OK_AT_ONCE") X(store_state, "STORE_STATE") X(send_state, "SEND_STATE") \
  X(send_state_startup, "SEND_STATE_STARTUP") X(send_state_recorded, "SEND_STATE_RECORDED") \
  X(send_state_intermediate, "SEND_STATE_INTERMEDIATE") X(send_state_private, "SEND_STATE_PRIVATE") \
  X(start_tsend_treceive, "START_TSEND_TRECEIVE") X(send_updreq, "SEND_UPDREQ") \
  X(send_updreqall, "SEND_UPDREQALL") X(forget_xids, "FORGET_XIDS") X(send_pending, "SEND_PENDING") \
  X(send_all, "SEND_ALL") X(mark_updreqall, "MARK_UPDREQALL") X(send_upddone, "SEND_UPDDONE") \
  X(send_unacked, "SEND_UNACKED") X(send_poolreq, "SEND_POOLREQ") X(start_timer_safe, "START_TIMER_SAFE") \
  X(restart_timer_safe, "RESTART_TIMER_SAFE") X(stop_timer_safe, "STOP_TIMER_SAFE") \
  X(start_timer_mclt, "START_TIMER_MCLT") X(mark_mclt_expired, "MARK_MCLT_EXPIRED") \
  X(open_partner_pool, "OPEN_PARTNER_POOL") X(alarm, "ALARM") X(send_disconnect_17, "SEND_DISCONNECT_17") \
  X(send_disconnect_254, "SEND_DISCONNECT_254") X(close_conn, "CLOSE_CONN") X(store_previous, "STORE_PREVIOUS") \
  X(store_previous_recover, "STORE_PREVIOUS_RECOVER") X(store_last_op, "STORE_LAST_OP") \
  X(store_mclt, "STORE_MCLT") X(start_timer_stop, "START_TIMER_STOP") X(stop_process, "STOP_PROCESS") \
  X(confirm_operator, "CONFIRM_OPERATOR") X(reject_command, "REJECT_COMMAND") X(ignore, "IGNORE") \
  X(ignore_log, "IGNORE_LOG")

// clang-format on

#define TWINLEASE_ENUMERATOR(name, text) name,

// 9.2; STARTUP is never announced: the STARTUP bit is (12.24, 12.23).
enum class State : std::uint8_t { TWINLEASE_STATES(TWINLEASE_ENUMERATOR) };
enum class Event : std::uint8_t { TWINLEASE_EVENTS(TWINLEASE_ENUMERATOR) };
enum class Guard : std::uint8_t { TWINLEASE_GUARDS(TWINLEASE_ENUMERATOR) };
enum class Action : std::uint8_t { TWINLEASE_ACTIONS(TWINLEASE_ENUMERATOR) };

#define TWINLEASE_ONE(name, text) +1
inline constexpr int kStates = TWINLEASE_STATES(TWINLEASE_ONE);
inline constexpr int kEvents = TWINLEASE_EVENTS(TWINLEASE_ONE);
inline constexpr int kGuards = TWINLEASE_GUARDS(TWINLEASE_ONE);
inline constexpr int kActions = TWINLEASE_ACTIONS(TWINLEASE_ONE);

// As in model/spec: COMMUNICATIONS_INTERRUPTED.
std::string_view to_string(State);
std::string_view to_string(Event);
std::string_view to_string(Guard);
std::string_view to_string(Action);

}  // namespace twinlease::model
