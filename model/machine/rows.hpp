// All rows, state by state.
#pragma once

#include <span>

#include "model/machine/rows_communications_interrupted.hpp"
#include "model/machine/rows_conflict_done.hpp"
#include "model/machine/rows_normal.hpp"
#include "model/machine/rows_partner_down.hpp"
#include "model/machine/rows_paused.hpp"
#include "model/machine/rows_potential_conflict.hpp"
#include "model/machine/rows_recover.hpp"
#include "model/machine/rows_recover_done.hpp"
#include "model/machine/rows_recover_wait.hpp"
#include "model/machine/rows_resolution_interrupted.hpp"
#include "model/machine/rows_shutdown.hpp"
#include "model/machine/rows_startup.hpp"

namespace twinlease::model {

constexpr std::span<const Row> rows_of(State state) {
  switch (state) {
    case State::startup: return rows::kStartup;
    case State::normal: return rows::kNormal;
    case State::communications_interrupted: return rows::kCommunicationsInterrupted;
    case State::partner_down: return rows::kPartnerDown;
    case State::recover: return rows::kRecover;
    case State::recover_wait: return rows::kRecoverWait;
    case State::recover_done: return rows::kRecoverDone;
    case State::potential_conflict: return rows::kPotentialConflict;
    case State::resolution_interrupted: return rows::kResolutionInterrupted;
    case State::conflict_done: return rows::kConflictDone;
    case State::paused: return rows::kPaused;
    case State::shutdown: return rows::kShutdown;
  }
  return {};
}

}  // namespace twinlease::model
