// Two failover state machines and their messages, without a binding: the joint states that they can reach, in
// the words of model/explore/spin, which says it of a model of its own.
//
// What is modelled and what is not is in the head of spin/failover.pml; this is the same world with
// model/machine in the place of the states and transitions.
//
//  1. A STATE is announced at the end of a chain, before what the chain asks for (7.10).
//  2. What a row wants that only bindings, timers or alarms could show has no effect here.
//  3. Where a rule compares times (9.3.2 step 5), and where a server may know that it never ran before
//  (9.6.2), all
//     answers are taken.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace twinlease::model::explore {

struct JointStates {
  // "joint STATE VIEW STATE VIEW quiet|busy" of primary and secondary, and "move ROLE STATE EVENT STATE
  // previous STATE", the previous state that a restart would now give, with +STATE and +UPDREQ if the step
  // says such a message.
  std::set<std::string> lines;
  std::size_t worlds = 0;
  std::set<std::string> undefined;  // inputs that came and that no row answers: "STATE EVENT"
  // A run that does not end with both servers in NORMAL and communications ok although no fault comes any
  // more and the operator is silent: the lines of its worlds from the first calm one. Empty: there is none.
  std::vector<std::string> lost_run;
};

JointStates joint_states();

}  // namespace twinlease::model::explore
