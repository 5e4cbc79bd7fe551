// SHUTDOWN (9.14).
#pragma once

#include "model/machine/row.hpp"

namespace twinlease::model::rows {

// clang-format off
inline constexpr Row kShutdown[] = {
    {.id = "T-093", .clauses = "FO-9.3.2-01",
     .on = process_start,
     .next = startup, .does = {load_previous, comm_failed_previous, start_timer_startup, connect}},
    {.id = "T-090k", .clauses = "FO-9.14.1-01 FO-9.14.1-02 FO-9.14.1-03 FO-9.14.2-03",
     .on = entry,
     .next = same, .does = {send_state, start_timer_stop}},
    {.id = "T-114o", .clauses = "FO-7.10-01 FO-8.3-01 FO-7.9.1-14 FO-7.9.2-09 FO-7.9.1-15 FO-7.9.2-10",
     .on = connected,
     .next = same, .does = {send_state, start_tsend_treceive}},
    {.id = "T-114p", .clauses = "FO-8.3-01",
     .on = handshake_failed,
     .next = same},
    {.id = "T-092a", .clauses = "FO-9.14.2-02",
     .on = comm_ok, .partner = {partner_down},
     .next = same, .does = {rec_partner, store_previous_recover}},
    {.id = "T-092b", .clauses = "",
     .on = comm_ok, .partner = {anything - partner_down},
     .next = same, .does = {rec_partner}},
    {.id = "T-092c", .clauses = "FO-9.14.2-02",
     .on = partner_state, .partner = {partner_down},
     .next = same, .does = {rec_partner, store_previous_recover}},
    {.id = "T-092d", .clauses = "",
     .on = partner_state, .partner = {anything - partner_down},
     .next = same, .does = {rec_partner}},
    {.id = "T-090l", .clauses = "",
     .on = comm_lost,
     .next = same, .does = {forget_xids}},
    {.id = "T-115l", .clauses = "FO-8.3-02 FO-8.3-03 FO-7.9.1-19 FO-7.9.2-13",
     .on = timer_receive,
     .next = same, .does = {send_disconnect_17, close_conn, forget_xids}},
    {.id = "T-112o", .clauses = "FO-7.3.2-01 FO-7.3.2-03 FO-7.5-01",
     .on = updreq_rcvd, .request = updreq,
     .next = same, .does = {send_pending, send_upddone},
     .reading = "A-34", .or_else = {{same, {}}}},
    {.id = "T-112p", .clauses = "FO-7.4.2-01 FO-7.4.2-02 FO-7.5-01",
     .on = updreq_rcvd, .request = updreqall,
     .next = same, .does = {mark_updreqall, send_all, send_upddone},
     .reading = "A-34", .or_else = {{same, {}}}},
    {.id = "T-113j", .clauses = "",
     .on = upddone_rcvd,
     .next = same, .does = {ignore_log},
     .reading = "A-23", .or_else = {{same, {close_conn, forget_xids, retry_connect}}}},
    {.id = "T-090m", .clauses = "FO-9.14.2-03 FO-8.6-05",
     .on = timer_stop,
     .next = same, .does = {send_disconnect_254, close_conn, stop_process}},
    {.id = "T-097o", .clauses = "FO-7.8.2-18 FO-7.8.2-19 FO-5.2.1-06",
     .on = connect_new_mclt, .profile = Profile::draft,
     .next = same, .does = {store_mclt}},
    {.id = "T-097p", .clauses = "MS-3.3.5.1-02",
     .on = connect_new_mclt, .profile = Profile::windows,
     .next = same, .does = {ignore_log}},
};
// clang-format on

}  // namespace twinlease::model::rows
