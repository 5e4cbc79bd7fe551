// PAUSED (9.13).
#pragma once

#include "model/machine/row.hpp"

namespace twinlease::model::rows {

// clang-format off
inline constexpr Row kPaused[] = {
    {.id = "T-091", .clauses = "FO-9.13.2-01 FO-9.13-02",
     .on = process_start,
     .next = startup, .does = {load_previous, comm_failed_previous, start_timer_startup, connect}},
    {.id = "T-089k", .clauses = "FO-9.13-01 FO-9.13.1-01 FO-8.6-05",
     .on = entry,
     .next = same, .does = {send_state, send_disconnect_254, close_conn}},
};
// clang-format on

}  // namespace twinlease::model::rows
