/* A second opinion on the failover state machine, for Spin.
 *
 * Written from chapter 9, 8.3, 8.6 and 7.10 of draft-ietf-dhc-failover-12 and from readings A-17 to A-34 in
 * docs/readings.md. It shares no line and no table with model/machine: joint_states_test.cpp compares the two, and that
 * is its only use.
 *
 * Modelled: two endpoints, each with state, stored state, its own view of the connection and the partner's last
 * STATE; the messages STATE (with the STARTUP bit), UPDREQ or UPDREQALL, and UPDDONE, in order on one connection; a
 * connection that comes up at both ends at once and is lost at each end at a time of its own; crash, restart with and
 * without stable storage; the operator's partner-down, pause and shutdown; startup timer and MCLT timer.
 *
 * Not modelled: leases, bindings, BNDUPD, pools; time (a timer that runs may go off at any moment, and the comparison
 * of times in 9.3.2 step 5 may come out either way); CONNECT and CONNECTACK (both STATEs leave when the connection is
 * up); UPDREQALL as something else than UPDREQ; the safe period, which does what the operator does; the move of 9.8.4
 * for want of acknowledgements; a wish of the operator that is refused.
 *
 * While two messages of a server are under way it starts nothing by itself; what it receives it always handles.
 *
 * The verifier prints, once each, "joint" lines (state and view of the connection at primary and secondary; quiet if no
 * message is under way, else busy) and "move" lines (role, state, event, new state, the previous state that a restart
 * would now give, and which of STATE and UPDREQ it says). With -DREUNITE it also checks that the pair comes to NORMAL
 * on both sides once faults have stopped. */

#define PRIMARY 0
#define SECONDARY 1

/* The states of chapter 9, in the order of the table of names in print.h. */
#define STOPPED 0
#define STARTUP 1
#define NORMAL 2
#define COMMUNICATIONS_INTERRUPTED 3
#define PARTNER_DOWN 4
#define RECOVER 5
#define RECOVER_WAIT 6
#define RECOVER_DONE 7
#define POTENTIAL_CONFLICT 8
#define RESOLUTION_INTERRUPTED 9
#define CONFLICT_DONE 10
#define PAUSED 11
#define SHUTDOWN 12

/* Kinds of messages. Each has a state: of a STATE the announced one; of an UPDREQ, and of the UPDDONE that answers it,
 * the state that asked. That stands for the xid: a request counts only in the state that sent it (A-34), and no state
 * asks twice on one connection without an answer. */
#define STATE 0
#define UPDREQ 1
#define UPDDONE 2

/* Events that are no STATE; the numbers of print.h. */
#define RESTART 0
#define RESTART_WITHOUT_STORAGE 1
#define CRASH 2
#define CONNECTION_LOST 3
#define OPERATOR_PARTNER_DOWN 4
#define OPERATOR_PAUSE 5
#define OPERATOR_SHUTDOWN 6
#define STARTUP_TIMER 7
#define MCLT_TIMER 8
#define RECEIVED_UPDDONE 9
#define RECEIVED_STATE 16 /* + the state, + 16 with the STARTUP bit */

chan to[2] = [8] of { byte, byte, bit }; /* what is under way to a server: kind, state, STARTUP bit */

byte state[2];         /* STOPPED at first */
byte stored[2];        /* 9.2: in stable storage; STOPPED: nothing is */
bit connected[2];      /* this end has a connection, its CONNECT exchange done */
bit ok[2];             /* communications are ok: a STATE was received on it (8.3, A-17) */
byte partner[2];       /* the last STATE on this connection; STOPPED: none */
bit partner_startup[2];
bit asked[2];          /* the present state has an UPDREQ unanswered */
bit answer_recover[2]; /* an UPDREQ of a partner in RECOVER is being answered */
bit answer_conflict[2]; /* one of a partner in POTENTIAL-CONFLICT */
bit calm;              /* faults have stopped, and the operator is gone; only with -DREUNITE */

/* Of one step; 0 between steps. */
byte who, event, was, next, kind, heard;
bit ask, later, startup, said, requested;

c_code {
\#include "print.h"
}

#define other(i) (1 - (i))
#define idle(i) (len(to[other(i)]) < 2)
#define running(i) (state[i] != STOPPED)
#define serving_out(i) (state[i] == PAUSED || state[i] == SHUTDOWN)
#define in_conflict(s) (s == POTENTIAL_CONFLICT || s == RESOLUTION_INTERRUPTED || s == CONFLICT_DONE)

inline send(i, what, about, bit_set) {
  if
  :: connected[i] && connected[other(i)] -> assert(nfull(to[other(i)])); to[other(i)]!what, about, bit_set
  :: else
  fi
}

inline drop_messages(i) {
  do
  :: nempty(to[i]) -> to[i]?kind, heard, startup
  :: empty(to[i]) -> break
  od;
  kind = 0; heard = 0; startup = 0
}

/* The new state is recorded (9.2); what the old one asked for no longer counts (A-34). */
inline enter(i, s) {
  if
  :: s != state[i] -> state[i] = s; stored[i] = s; asked[i] = 0
  :: else
  fi
}

/* Who asks in POTENTIAL-CONFLICT: the primary on entry, whatever the partner's STARTUP bit, since 9.10.1 has no
 * condition; the secondary while the primary is in CONFLICT-DONE (9.10.3, A-33), bit clear (A-18). */
inline enter_conflict(i) {
  enter(i, POTENTIAL_CONFLICT);
  if
  :: i == PRIMARY || (partner[i] == CONFLICT_DONE && !partner_startup[i]) -> ask = 1
  :: else
  fi
}

/* What the partner's state, with the STARTUP bit clear, does to ours: "communications okay" of 9.2, and for NORMAL and
 * POTENTIAL-CONFLICT the chain of 9.2 with only its end stored and announced (A-31). */
inline meet(i) {
  if
  :: (state[i] == NORMAL || state[i] == COMMUNICATIONS_INTERRUPTED) -> /* 9.8.4, 9.9.3 */
    if
    :: partner[i] == NORMAL || partner[i] == COMMUNICATIONS_INTERRUPTED || partner[i] == RECOVER_DONE ->
      enter(i, NORMAL)
    :: partner[i] == RECOVER || partner[i] == RECOVER_WAIT || partner[i] == PAUSED -> /* A-24 */
      enter(i, COMMUNICATIONS_INTERRUPTED)
    :: partner[i] == SHUTDOWN -> enter(i, PARTNER_DOWN)
    :: partner[i] == CONFLICT_DONE && state[i] == NORMAL && i == SECONDARY /* A-33 */
    :: else -> enter_conflict(i)
    fi
  :: state[i] == PARTNER_DOWN -> /* 9.4.3 */
    if
    :: partner[i] == RECOVER || partner[i] == RECOVER_WAIT || partner[i] == PAUSED || partner[i] == SHUTDOWN
    :: partner[i] == RECOVER_DONE -> enter(i, NORMAL)
    :: else -> enter_conflict(i)
    fi
  :: state[i] == RECOVER -> /* 9.5.2 */
    if
    :: in_conflict(partner[i]) -> enter_conflict(i)
    :: else -> ask = 1
    fi
  :: state[i] == RECOVER_DONE -> /* 9.7.2, A-26 */
    if
    :: partner[i] == NORMAL || partner[i] == RECOVER_DONE -> enter(i, NORMAL)
    :: partner[i] == RECOVER || partner[i] == RECOVER_WAIT -> enter(i, COMMUNICATIONS_INTERRUPTED)
    :: in_conflict(partner[i]) -> enter_conflict(i)
    :: else
    fi
  :: state[i] == POTENTIAL_CONFLICT ->
    if
    :: partner[i] == PAUSED || partner[i] == SHUTDOWN -> enter(i, RESOLUTION_INTERRUPTED) /* A-25 */
    :: else -> enter_conflict(i)
    fi
  :: state[i] == RESOLUTION_INTERRUPTED -> enter_conflict(i) /* 9.11.3 */
  :: state[i] == CONFLICT_DONE -> /* 9.12.3, A-29 */
    if
    :: partner[i] == NORMAL -> enter(i, NORMAL)
    :: partner[i] == PARTNER_DOWN -> enter_conflict(i)
    :: else
    fi
  :: else /* RECOVER-WAIT waits for its timer; PAUSED and SHUTDOWN for the restart */
  fi
}

/* A-18: with the STARTUP bit set nothing moves but RESOLUTION-INTERRUPTED; 9.4.3 for PARTNER-DOWN. */
inline meet_if_clear(i) {
  if
  :: !ok[i]
  :: ok[i] && !partner_startup[i] -> meet(i)
  :: ok[i] && partner_startup[i] && state[i] == RESOLUTION_INTERRUPTED -> enter_conflict(i)
  :: else
  fi
}

/* Step 5 of 9.3.2. The stored state is already that after step 2. */
inline leave_startup(i) {
  next = stored[i];
  if
  :: partner[i] == PARTNER_DOWN ->
    if
    :: later = 1
    :: later = 0
    fi;
    if /* A-28 */
    :: next == PARTNER_DOWN || next == RESOLUTION_INTERRUPTED || next == CONFLICT_DONE -> next = POTENTIAL_CONFLICT
    :: (next == RECOVER || next == RECOVER_WAIT || next == RECOVER_DONE) && !later
    :: next == COMMUNICATIONS_INTERRUPTED && !later -> next = POTENTIAL_CONFLICT
    :: else -> next = RECOVER
    fi
  :: else
  fi;
  if
  :: next == POTENTIAL_CONFLICT -> enter_conflict(i)
  :: else -> enter(i, next)
  fi;
  next = 0; later = 0
}

inline begin_step(i, what) { who = i; event = what; was = state[i]; ask = 0 }

/* A change is announced before anything is asked (7.10, Figure 9.5.2-1). */
inline end_step(i) {
  if
  :: state[i] != was && connected[i] -> said = 1; send(i, STATE, state[i], 0)
  :: else
  fi;
  if
  :: ask && !asked[i] -> asked[i] = 1; requested = 1; send(i, UPDREQ, state[i], 0)
  :: else
  fi;
  c_code { print_step(now.who, now.event, now.was); };
  note_joint();
  who = 0; event = 0; was = 0; ask = 0; said = 0; requested = 0
}

inline note_joint() {
  c_code { print_joint(q_len(now.to[0]) + q_len(now.to[1]) == 0); }
}

/* 8.6 and the transitions for failed communications: 9.8.4 and 9.10.3; all others stay. */
inline lose_connection(i) {
  drop_messages(i);
  connected[i] = 0; ok[i] = 0; partner[i] = STOPPED; partner_startup[i] = 0;
  asked[i] = 0; answer_recover[i] = 0; answer_conflict[i] = 0
}

inline receive(i) {
  to[i]?kind, heard, startup;
  if
  :: kind == UPDREQ -> /* answered in every state, at a time of our own (A-34) */
    if
    :: heard == RECOVER -> answer_recover[i] = 1
    :: else -> answer_conflict[i] = 1
    fi;
    note_joint()
  :: kind == UPDDONE && asked[i] && heard == state[i] ->
    begin_step(i, RECEIVED_UPDDONE);
    asked[i] = 0;
    if
    :: state[i] == RECOVER -> /* 9.5.2; the wait may be skipped or be over: 9.6.2, A-20 */
      if
      :: true -> enter(i, RECOVER_WAIT)
      :: true -> enter(i, RECOVER_DONE); meet_if_clear(i)
      fi
    :: state[i] == POTENTIAL_CONFLICT && i == PRIMARY -> /* 9.10.3; NORMAL was heard before: A-34 */
      enter(i, CONFLICT_DONE);
      if
      :: partner[i] == NORMAL && !partner_startup[i] -> enter(i, NORMAL)
      :: else
      fi
    :: state[i] == POTENTIAL_CONFLICT && i == SECONDARY -> enter(i, NORMAL)
    fi;
    end_step(i)
  :: kind == UPDDONE && !(asked[i] && heard == state[i]) -> note_joint() /* A-23 */
  :: kind == STATE && ok[i] && partner[i] == heard && partner_startup[i] == startup -> note_joint() /* A-31 */
  :: kind == STATE && !(ok[i] && partner[i] == heard && partner_startup[i] == startup) ->
    begin_step(i, RECEIVED_STATE + heard + 16 * startup);
    ok[i] = 1; partner[i] = heard; partner_startup[i] = startup;
    if
    :: state[i] == STARTUP -> leave_startup(i); meet_if_clear(i)
    :: state[i] == SHUTDOWN -> /* 9.14.2 */
      if
      :: heard == PARTNER_DOWN -> stored[i] = RECOVER
      :: else
      fi
    :: state[i] != STARTUP && state[i] != SHUTDOWN -> meet_if_clear(i)
    fi;
    end_step(i)
  fi;
  kind = 0; heard = 0; startup = 0
}

proctype server(bit i) {
  do
  :: atomic { !running(i) -> /* 9.3.2, steps 1 and 2 */
      begin_step(i, RESTART);
      if
      :: stored[i] == STOPPED -> stored[i] = RECOVER
      :: stored[i] == NORMAL -> stored[i] = COMMUNICATIONS_INTERRUPTED
      :: stored[i] == POTENTIAL_CONFLICT -> stored[i] = RESOLUTION_INTERRUPTED
      :: else
      fi;
      state[i] = STARTUP; end_step(i) }
  :: atomic { !running(i) && !calm && stored[i] != STOPPED -> /* storage lost while down */
      begin_step(i, RESTART_WITHOUT_STORAGE); stored[i] = RECOVER; state[i] = STARTUP; end_step(i) }
  :: atomic { running(i) && (!calm || serving_out(i)) ->
      begin_step(i, CRASH); lose_connection(i); state[i] = STOPPED; end_step(i) }
  :: atomic { connected[i] && (!calm || !connected[other(i)]) ->
      begin_step(i, CONNECTION_LOST);
      lose_connection(i);
      if
      :: state[i] == NORMAL -> enter(i, COMMUNICATIONS_INTERRUPTED)
      :: state[i] == POTENTIAL_CONFLICT -> enter(i, RESOLUTION_INTERRUPTED)
      :: else
      fi;
      end_step(i) }
  :: atomic { connected[i] && nempty(to[i]) -> receive(i) }
  :: atomic { connected[i] && answer_recover[i] && idle(i) ->
      answer_recover[i] = 0; send(i, UPDDONE, RECOVER, 0); note_joint() }
  :: atomic { connected[i] && answer_conflict[i] && idle(i) ->
      answer_conflict[i] = 0; send(i, UPDDONE, POTENTIAL_CONFLICT, 0); note_joint() }
  :: atomic { state[i] == STARTUP && idle(i) -> /* 9.3.2, step 6: it goes to the previous state */
      begin_step(i, STARTUP_TIMER); enter(i, stored[i]); end_step(i) }
  :: atomic { state[i] == RECOVER_WAIT && idle(i) ->
      begin_step(i, MCLT_TIMER); enter(i, RECOVER_DONE); meet_if_clear(i); end_step(i) }
  :: atomic { !calm && idle(i) && /* A-30 */
      (state[i] == NORMAL || state[i] == COMMUNICATIONS_INTERRUPTED || state[i] == RESOLUTION_INTERRUPTED ||
       state[i] == STARTUP || state[i] == RECOVER || state[i] == RECOVER_DONE || state[i] == CONFLICT_DONE) ->
      begin_step(i, OPERATOR_PARTNER_DOWN); enter(i, PARTNER_DOWN); end_step(i) }
  :: atomic { !calm && running(i) && !serving_out(i) && idle(i) -> /* 9.13: the stored state is the previous one */
      begin_step(i, OPERATOR_PAUSE); state[i] = PAUSED; said = connected[i];
      send(i, STATE, PAUSED, 0); lose_connection(i); end_step(i) }
  :: atomic { !calm && running(i) && !serving_out(i) && idle(i) ->
      begin_step(i, OPERATOR_SHUTDOWN); state[i] = SHUTDOWN; asked[i] = 0; end_step(i) }
  od
}

/* The STATE of a server in STARTUP has the stored state and the bit (9.3.1, A-18). */
inline announce(i) {
  if
  :: state[i] == STARTUP -> to[other(i)]!STATE, stored[i], 1
  :: else -> to[other(i)]!STATE, state[i], 0
  fi
}

proctype network() {
  do
  :: atomic { running(PRIMARY) && running(SECONDARY) && !serving_out(PRIMARY) && !serving_out(SECONDARY) &&
      !connected[PRIMARY] && !connected[SECONDARY] ->
      assert(empty(to[PRIMARY]) && empty(to[SECONDARY]));
      connected[PRIMARY] = 1; connected[SECONDARY] = 1;
      announce(PRIMARY); announce(SECONDARY);
      note_joint() }
  od
}

#ifdef REUNITE
active proctype weather() { calm = 1 }

#define united (state[PRIMARY] == NORMAL && state[SECONDARY] == NORMAL && ok[PRIMARY] && ok[SECONDARY])
ltl reunited { [] (calm -> <> united) }
#endif

init {
  atomic { note_joint(); run server(PRIMARY); run server(SECONDARY); run network() }
}
