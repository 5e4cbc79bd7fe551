// One world for all that behave alike.
//
//  1. What nobody reads again is forgotten: times of a binding that is over, xids of no request.
//  2. Time is relative: the present is kNow. No rule asks what time it is; rules compare times with each
//  other
//     and with now, MCLT (or the safe period) added at most. So a time further back than that keeps only its
//     order among those that it is ever compared with, and takes the next free number below. A clock that
//     runs for ever gives finitely many worlds. What is compared with what: lease-expiration-times of one
//     address; client-last-transaction-times of one address (and now: a rule asks for later, nothing is
//     added); start and end of PARTNER-DOWN with the last time of operation (9.3.2).
//  3. xids of requests under way are numbered from 1, in their order.
//
// Each of these keeps every comparison that any rule makes: two worlds with one normal form take the same
// steps to worlds with one normal form.
#pragma once

#include <array>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

inline constexpr Seconds kNow = 16;
inline constexpr Seconds kTimes = 32;  // normal times are below

void normalise(const Scope&, const Configs&, World&);

// The same, much faster, of the world after a step from a world in normal form: a step concerns one server,
// as a rule, and of the other nothing is to be forgotten then. Says which of the two may differ from what
// they were.
using Changed = std::array<bool, 2>;
Changed renormalise(const Scope&, const Configs&, World&, const Step&);

}  // namespace twinlease::model::explore
