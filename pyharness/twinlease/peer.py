"""A failover partner that does what it is told, and by itself only what keeps a relationship alive.

Left alone it behaves as a well-mannered partner in the state `state`: it sends CONTACT, acknowledges BNDUPDs,
answers UPDREQ, UPDREQALL and POOLREQ, and follows its partner back to NORMAL (9.2 to 9.12) as a server does that
was in COMMUNICATIONS-INTERRUPTED. Every one of these habits can be switched off or replaced: a test's business is
to do otherwise.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from twinlease import falsify, wire
from twinlease.connection import Connection, NotSeen
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript
from twinlease.transport import Listener, TcpTransport

Transaction = list[tuple["str | int", Any]]
"""The options of one binding update transaction, beginning with assigned-IP-address (6.3)."""

Accept = Callable[[wire.Options], "int | None"]
"""Given one transaction of a BNDUPD: None accepts it, a number rejects it with that reject-reason (12.21)."""


def _replaced(options: dict[str, Any], replace: dict[str, Any]) -> list[tuple[str | int, Any]]:
    options = {**options, **{name.replace("_", "-"): value for name, value in replace.items()}}
    return [(name, value) for name, value in options.items() if value is not None]


@dataclass
class Identity:
    """What a partner announces in CONNECT or CONNECTACK (7.8, 7.9), and where it lives."""

    role: str                       # "primary" or "secondary": ours
    relationship_name: str
    address: str                    # ours
    server_address: str             # the peer's
    port: int = 647
    dialect: str = "draft-12"
    mclt_s: int = 60
    receive_timer_s: int = 30
    max_unacked_bndupd: int = 10
    hash_bucket_assignment: bytes = bytes([0x55] * 32)
    vendor_class_identifier: str = "twinlease"
    tls_request: int | None = 0     # None: leave the option out (microsoft)
    clock_offset_s: float = 0.0
    """What our clock is ahead of the lab's, in all that we say (5.10)."""
    speaks_on_any_connection: bool = False
    """As secondary: take a CONNECT on a connection that we opened as well (A-16), instead of dropping it."""


@dataclass
class Habits:
    """What the partner does by itself."""

    contact: bool = True
    acknowledge: bool = True
    accept: Accept = field(default=lambda transaction: None)
    answer_update_requests: bool = True
    answer_poolreq: bool = True
    follow_states: bool = True
    drop_stimulus: bool = True
    """As primary: closes at once a connection that the peer opens (8.2); otherwise it goes to `incoming`."""


class Peer:
    """The partner of the peer under test: one relationship, at most one live connection."""

    def __init__(self, reactor: Reactor, transcript: Transcript, identity: Identity):
        self.reactor = reactor
        self.transcript = transcript
        self.identity = identity
        self.habits = Habits()
        self.state = "COMMUNICATIONS-INTERRUPTED"
        self.state_since_s = int(reactor.clock.now())
        self.connection: Connection | None = None
        self.partner_state: str | None = None
        self.partner_startup = False
        self.partner_connect: wire.Message | None = None
        self.connect_xid: int | None = None
        self.bindings: Callable[[], list[Transaction]] = lambda: []
        """What UPDREQ and UPDREQALL are answered with."""
        self.withheld: list[wire.Message] = []
        """BNDUPDs not acknowledged because habits.acknowledge is off; acknowledge(message) does it later."""
        self._contact_s: float | None = None
        self.partner_window = 1
        """The partner's max-unacked-bndupd (8.4); 0 counts as 1 (A-41)."""
        self._unacked: set[int] = set()
        self._queue: list[tuple[Transaction, list[Transaction]]] = []
        self._requests: dict[int, list[Transaction]] = {}
        self._on_ack: dict[int, Callable[[], None]] = {}
        self._update_request: int | None = None
        self.incoming: list[Connection] = []
        """Connections that the peer opened and that nobody has taken yet; what it said on them is in `received`."""
        self.knocks_s: list[float] = []
        """Lab times at which the peer opened a connection to us."""
        self._listener: Listener | None = None

    # Connecting (8.2)

    def listen(self) -> None:
        """Listens on our address, port 647, as every failover server does (8.2)."""
        if self._listener is None:
            self._listener = Listener(self.reactor, self.identity.address, self.identity.port, self._accepted)

    def stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def open(self, within: float = 20.0, source: str | None = None) -> Connection:
        """A TCP connection to the peer with nothing said on it; not yet `self.connection`. source: from another
        address than the partner's.

        ConnectionError if refused.
        """
        transport = TcpTransport.connect(self.reactor, source or self.identity.address, self.identity.server_address,
                                         self.identity.port, within)
        self.transcript.note("TCP connection opened by the suite")
        return self._connection(transport)

    def _connection(self, transport: TcpTransport) -> Connection:
        connection = Connection(self.reactor, transport, self.transcript, self.identity.dialect)
        connection.clock_offset_s = self.identity.clock_offset_s
        return connection

    def connect_options(self, **replace: Any) -> list[tuple[str | int, Any]]:
        """All that Table 7.8-1 asks of a CONNECT; replace: other values by option name with underscores, None leaves
        the option out, a name that the table lacks is added."""
        return _replaced({
            **self._common_options(), "TLS-request": self.identity.tls_request, "MCLT": self.identity.mclt_s,
            "hash-bucket-assignment": self.identity.hash_bucket_assignment}, replace)

    def connectack_options(self, connect: wire.Message, **replace: Any) -> list[tuple[str | int, Any]]:
        """All that Table 7.9-1 asks of an accepting CONNECTACK; replace as for connect_options()."""
        return _replaced({**self._common_options(), "TLS-reply": 0 if connect.has("TLS-request") else None}, replace)

    def _common_options(self) -> dict[str, Any]:
        return {"relationship-name": self.identity.relationship_name,
                "max-unacked-bndupd": self.identity.max_unacked_bndupd,
                "receive-timer": self.identity.receive_timer_s,
                "vendor-class-identifier": self.identity.vendor_class_identifier, "protocol-version": 1}

    def offer_connect(self, within: float) -> tuple[Connection, wire.Message]:
        """As secondary: gets the primary to send its CONNECT, and returns it unanswered. NotSeen if it does not.

        A secondary's own connection is a stimulus (8.2); where the identity says so its CONNECT may come there.
        """
        self.listen()
        candidates: list[Connection] = []

        def adopt() -> Connection | None:
            candidates.extend(c for c in self.incoming if c.closed is None)
            self.incoming.clear()
            return next((c for c in candidates if c.seen("CONNECT")), None)

        deadline = self.reactor.clock.now() + within
        while self.reactor.clock.now() < deadline:
            try:
                stimulus = self.open(within=5.0)
            except ConnectionError:
                self.reactor.run_until(adopt, 1.0)
            else:
                if self.identity.speaks_on_any_connection:
                    candidates.append(stimulus)
                else:
                    stimulus.close()
                self.reactor.run_until(lambda: adopt() or (stimulus.closed if not candidates else None),
                                       min(15.0, max(deadline - self.reactor.clock.now(), 0.1)))
            chosen = adopt()
            if chosen is not None:
                for other in candidates:
                    if other is not chosen:
                        other.close()
                connect = chosen.seen("CONNECT")
                assert connect is not None
                return chosen, connect
            for other in candidates:
                other.close()
            candidates.clear()
            self.reactor.run_for(1.0)
        raise NotSeen(f"no CONNECT from the primary within {within:g} s")

    def connect(self, within: float = 60.0, startup: bool = False, state: bool = True) -> Connection:
        """Establishes a connection in our role, up to communications ok (8.3).

        NotSeen or ConnectionError if the peer does not come along within that many lab seconds. state=False: up to
        the accepting CONNECTACK only; neither STATE is waited for, and ours is the caller's to send.
        """
        deadline = self.reactor.clock.now() + within
        last: Exception = NotSeen(f"no connection within {within:g} s")
        while self.reactor.clock.now() < deadline:
            left = max(deadline - self.reactor.clock.now(), 1.0)
            try:
                if self.identity.role == "primary":
                    self.listen()
                    connection, handshake = self._connect_as_primary(left)
                else:
                    connection, handshake = self._connect_as_secondary(left)
                self.adopt(connection, handshake)
                if state:
                    self.send_state(startup=startup)
                    connection.expect("STATE", within=min(left, 15.0))
                return connection
            except (NotSeen, ConnectionError) as error:
                last = error
                self.drop()
                self.reactor.run_for(1.0)
        raise last

    def _connect_as_primary(self, within: float) -> tuple[Connection, wire.Message]:
        connection = self.open(within)
        xid = connection.send("CONNECT", self.connect_options())
        reply = connection.expect("CONNECTACK", lambda m: m.xid == xid, within=min(within, 15.0))
        if reply.has("reject-reason"):
            connection.close()
            raise ConnectionError(f"CONNECT rejected with reject-reason {reply.get('reject-reason')}: "
                                  f"{reply.get('message', 'no message')}")
        return connection, reply

    def _connect_as_secondary(self, within: float) -> tuple[Connection, wire.Message]:
        connection, connect = self.offer_connect(within)
        connection.clock_offset_s = self.identity.clock_offset_s   # it may have come before the identity was changed
        self.partner_connect = connect
        self.identity.mclt_s = connect.get("MCLT", self.identity.mclt_s)
        connection.send("CONNECTACK", self.connectack_options(connect), xid=connect.xid)
        return connection, connect

    def adopt(self, connection: Connection, handshake: wire.Message) -> None:
        """Makes the connection ours: habits apply from now on. handshake: the peer's CONNECT or CONNECTACK."""
        self.connection = connection
        self.partner_state = None
        self.withheld.clear()
        self._unacked.clear()
        self._queue.clear()
        self._requests.clear()
        self._on_ack.clear()
        window = handshake.get("max-unacked-bndupd")
        self.partner_window = max(window, 1) if isinstance(window, int) else 1
        self._update_request = None
        connection.on_message = self._received
        connection.on_closed = self._lost
        timer = handshake.get("receive-timer")
        if self.habits.contact and isinstance(timer, int) and timer > 0:
            self._contact_s = timer / 3
            connection.keep_contact(self._contact_s)
        for message in connection.received[connection.received.index(handshake) + 1:]:
            self._received(message)

    def drop(self, disconnect: int | None = None) -> None:
        """Ends the connection; with a reject-reason, a DISCONNECT goes first (8.6)."""
        connection, self.connection = self.connection, None
        if connection is not None and connection.closed is None:
            connection.on_closed = lambda reason: None
            if disconnect is not None:
                connection.send("DISCONNECT", [("reject-reason", disconnect), ("message", "end of test")])
            connection.close()
        self._communications_failed()

    @contextlib.contextmanager
    def hushed(self) -> Iterator[Connection]:
        """Says nothing by itself for a while: no CONTACT, no BNDACK. What is owed is said at the end."""
        link = self.link
        link.keep_contact(None)
        self.habits.acknowledge = False
        try:
            yield link
        finally:
            self.habits.acknowledge = True
            if link.closed is None:
                link.keep_contact(self._contact_s)
                for update in list(self.withheld):
                    self.acknowledge(update)

    # Speaking

    @property
    def link(self) -> Connection:
        """The live connection. ConnectionError if there is none."""
        if self.connection is None:
            raise ConnectionError("no failover connection")
        return self.connection

    def send_state(self, state: str | None = None, *, startup: bool = False, since_s: int | None = None) -> None:
        """Takes the state (if given) and announces it (7.10)."""
        if state is not None and state != self.state:
            self.state = state
            self.state_since_s = int(self.reactor.clock.now()) if since_s is None else since_s
        elif since_s is not None:
            self.state_since_s = since_s
        self.link.send("STATE", [("server-state", self.state), ("server-flags", wire.STARTUP_FLAG if startup else 0),
                                 ("start-time-of-state", self.state_since_s + int(self.identity.clock_offset_s))])

    def send_updates(self, *transactions: Transaction) -> int:
        """One BNDUPD of these transactions, now, whatever the partner's window. Returns its xid."""
        return self.link.send("BNDUPD", [pair for transaction in transactions for pair in transaction])

    def queue_updates(self, transactions: list[Transaction]) -> list[Transaction]:
        """A BNDUPD for each, as the partner's window allows (8.4). The list returned empties as they are answered."""
        waiting = list(transactions)
        self._queue += [(transaction, waiting) for transaction in transactions]
        self._send_queued()
        return waiting

    def acknowledge(self, message: wire.Message, reject: dict[str, int] | None = None) -> None:
        """Answers a BNDUPD: accepts every transaction but those addresses in reject (address -> reject-reason)."""
        options: list[tuple[str | int, Any]] = []
        for transaction in message.transactions:
            address = transaction.get("assigned-IP-address")
            options.append(("assigned-IP-address", address))
            reason = (reject or {}).get(address, self.habits.accept(transaction))
            if reason is not None:
                options += [("reject-reason", reason), ("message", "rejected by the suite")]
        if message in self.withheld:
            self.withheld.remove(message)
        self.link.send("BNDACK", options, xid=message.xid)

    def expect_state(self, *states: str, within: float, since: int = 0) -> wire.Message:
        """Waits for a STATE, STARTUP bit clear, that says one of these states."""
        codes = {wire.SERVER_STATE.get(s) for s in states} | ({254, 12} if "RECOVER-WAIT" in states else set())
        return self.link.expect(
            "STATE", lambda m: m.get("server-state") in codes and not (m.get("server-flags") or 0) & wire.STARTUP_FLAG,
            within=within, since=since, what=f"STATE {' or '.join(states)}")

    def wait_normal(self, within: float) -> bool:
        """Waits until both sides are in NORMAL and no BNDUPD of the peer is unanswered."""
        return bool(self.reactor.run_until(
            lambda: self.connection is not None and self.connection.closed is None and self.state == "NORMAL"
            and self.partner_state == "NORMAL" and not self.partner_startup, within))

    # Habits

    def _accepted(self, transport: TcpTransport) -> None:
        if falsify.hides_connecting():
            transport.close()
            return
        self.transcript.note("TCP connection opened by the peer")
        self.knocks_s.append(self.reactor.clock.now())
        self.incoming = [c for c in self.incoming if c.closed is None]
        if (self.identity.role == "primary" and self.habits.drop_stimulus) or len(self.incoming) >= 16:
            transport.close()
        else:
            self.incoming.append(self._connection(transport))

    def _received(self, message: wire.Message) -> None:
        if self.connection is None:   # it came with the end of the connection, and nobody is left to answer
            return
        if message.type == "STATE" and message.error is None:
            self._partner_is(wire.state_name(message.get("server-state")),
                             bool((message.get("server-flags") or 0) & wire.STARTUP_FLAG))
        elif message.type == "BNDUPD":
            if self.habits.acknowledge:
                self.acknowledge(message)
            else:
                self.withheld.append(message)
        elif message.type in ("UPDREQ", "UPDREQALL") and self.habits.answer_update_requests:
            self._answer_update_request(message.xid)
        elif message.type == "BNDACK":
            self._acknowledged(message.xid)
        elif message.type == "UPDDONE":
            self._update_done(message.xid)
        elif message.type == "POOLREQ" and self.habits.answer_poolreq and self.identity.role == "primary":
            self.link.send("POOLRESP", [("addresses-transferred", 0)], xid=message.xid)

    def _answer_update_request(self, xid: int) -> None:
        self._requests[xid] = self.queue_updates(self.bindings())
        self._finish_requests()

    def _send_queued(self) -> None:
        while self._queue and len(self._unacked) < self.partner_window:
            transaction, waiting = self._queue.pop(0)
            xid = self.send_updates(transaction)
            self._unacked.add(xid)
            self._on_ack[xid] = lambda transaction=transaction, waiting=waiting: waiting.remove(transaction)

    def _acknowledged(self, xid: int) -> None:
        self._unacked.discard(xid)
        self._on_ack.pop(xid, lambda: None)()
        self._send_queued()
        self._finish_requests()

    def _finish_requests(self) -> None:
        for xid in [xid for xid, waiting in self._requests.items() if not waiting]:
            del self._requests[xid]
            self.link.send("UPDDONE", xid=xid)

    def _partner_is(self, state: str, startup: bool) -> None:
        self.partner_state, self.partner_startup = state, startup
        if self.habits.follow_states and not startup:
            self._follow(state)

    def _follow(self, partner: str) -> None:
        """9.8.4, 9.9.3, 9.10.3, 9.12.3, as far as a partner needs them that wants nothing but NORMAL."""
        if self.state in ("COMMUNICATIONS-INTERRUPTED", "NORMAL"):
            if partner in ("NORMAL", "COMMUNICATIONS-INTERRUPTED", "RECOVER-DONE"):
                if self.state != "NORMAL":
                    self.send_state("NORMAL")
            elif partner in ("RECOVER", "RECOVER-WAIT", "PAUSED", "SHUTDOWN"):
                if self.state != "COMMUNICATIONS-INTERRUPTED":
                    self.send_state("COMMUNICATIONS-INTERRUPTED")
            else:
                self._enter_potential_conflict()
        elif self.state == "PARTNER-DOWN":
            if partner == "RECOVER-DONE":
                self.send_state("NORMAL")
            elif partner not in ("RECOVER", "RECOVER-WAIT", "PAUSED", "SHUTDOWN"):
                self._enter_potential_conflict()
        elif self.state == "RESOLUTION-INTERRUPTED":
            self._enter_potential_conflict()
        elif self.state in ("RECOVER-DONE", "CONFLICT-DONE") and partner in ("NORMAL", "RECOVER-DONE"):
            self.send_state("NORMAL")
        elif self.state == "RECOVER-DONE" and partner in ("POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED",
                                                          "CONFLICT-DONE"):
            self._enter_potential_conflict()
        elif self.state == "POTENTIAL-CONFLICT" and partner == "CONFLICT-DONE" and self._update_request is None:
            self._update_request = self.link.send("UPDREQ")

    def _enter_potential_conflict(self) -> None:
        self.send_state("POTENTIAL-CONFLICT")
        if self.identity.role == "primary" or self.partner_state == "CONFLICT-DONE":
            self._update_request = self.link.send("UPDREQ")

    def _update_done(self, xid: int) -> None:
        if xid != self._update_request:
            return
        self._update_request = None
        if self.state == "POTENTIAL-CONFLICT" and self.habits.follow_states:
            self.send_state("CONFLICT-DONE" if self.identity.role == "primary" else "NORMAL")
            if self.partner_state == "NORMAL":
                self._follow("NORMAL")

    def _lost(self, reason: str) -> None:
        self.connection = None
        self._communications_failed()

    def _communications_failed(self) -> None:
        """The communications-failed transition of Figure 9.2-1."""
        self.partner_state = None
        after = {"NORMAL": "COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT": "RESOLUTION-INTERRUPTED"}.get(self.state)
        if after is not None and self.habits.follow_states:
            self.state, self.state_since_s = after, int(self.reactor.clock.now())
