/* What failover.pml prints while the verifier walks through the states: each line once, or with PRINT_ALL
 * every time, so that the replay of a counterexample (pan -r) can be read. */

#ifdef PRINT_ALL
#define ONCE 0
#else
#define ONCE 1
#endif

static const char* const state_names[] = {
    "STOPPED",       "STARTUP",      "NORMAL",       "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN",
    "RECOVER",       "RECOVER-WAIT", "RECOVER-DONE", "POTENTIAL-CONFLICT",         "RESOLUTION-INTERRUPTED",
    "CONFLICT-DONE", "PAUSED",       "SHUTDOWN"};

static const char* const event_names[] = {
    "restart",        "restart-without-storage", "crash",         "connection-lost", "operator-partner-down",
    "operator-pause", "operator-shutdown",       "startup-timer", "mclt-timer",      "UPDDONE"};

static const char* const view_names[] = {"none", "connected", "ok"};

static char joint_seen[13][3][13][3][2];
static char move_seen[2][64][13][13][13][2][2];

static int view(int i) {
  return now.connected[i] ? now.ok[i] ? 2 : 1 : 0;
}

static void print_joint(int quiet) {
  const int primary = now.state[0], secondary = now.state[1];
  char* const seen = &joint_seen[primary][view(0)][secondary][view(1)][quiet];
  if (ONCE && *seen) return;
  *seen = 1;
  printf("joint %s %s %s %s %s\n", state_names[primary], view_names[view(0)], state_names[secondary],
         view_names[view(1)], quiet ? "quiet" : "busy");
}

/* What a restart would give as previous state: 9.3.2, steps 1 and 2. */
static int again(int who) {
  switch (now.stored[who]) {
    case 0: return 5;
    case 2: return 3;
    case 8: return 9;
    default: return now.stored[who];
  }
}

static void print_step(int who, int event, int was) {
  const int is = now.state[who], previous = again(who);
  char* const seen = &move_seen[who][event][was][is][previous][now.said][now.requested];
  if (ONCE && *seen) return;
  *seen = 1;
  printf("move %s %s ", who ? "secondary" : "primary", state_names[was]);
  if (event < 16) {
    printf("%s", event_names[event]);
  } else {
    printf("STATE-%s%s", state_names[(event - 16) % 16], event >= 32 ? "-STARTUP" : "");
  }
  printf(" %s previous %s%s%s\n", state_names[is], state_names[previous], now.said ? " +STATE" : "",
         now.requested ? " +UPDREQ" : "");
}
