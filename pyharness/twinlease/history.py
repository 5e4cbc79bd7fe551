"""The abstract history of a run of a pair, and its invariants. (docs/invariants.md, model/history)

What happened is told once: clients' exchanges by whoever plays the clients, failover messages by whoever sees them on
their way, faults by whoever makes them. Which invariants hold then is for the predicates of the model to say; nothing
in Python decides it. Times are lab seconds since 1970.
"""

from __future__ import annotations

import _twinlease_history as _history

from twinlease import wire

Judgement = _history.Judgement
"""What a predicate found: id, outcome ("held", "broken", "unseen": nothing happened that it speaks of, "undecided": it
may have, and the history does not tell what `lacks` names), findings (invariant, time_s, address, events, sentence),
examined (cases that could have broken it), counts."""
Bounds = _history.Bounds
"""What predicates know besides the history, in milliseconds; see model/history/bounds.hpp."""


_WORDS = {"UPDREQ": None, "UPDREQALL": None, "UPDDONE": None, "POOLREQ": None, "POOLRESP": "addresses-transferred",
          "CONTACT": None, "DISCONNECT": "reject-reason"}
"""The other failover messages, and the option whose number a history keeps."""
_RESERVED = 0x0001
"""IP-flags bit R (12.12, A-05)."""


def predicates() -> list[str]:
    """Ids of the invariants that have a predicate."""
    return _history.predicates()


def _ms(t: float) -> int:
    return round(t * 1000)


class History:
    """Events of one run. Servers go by their roles, states and statuses by the draft's names; ValueError for others."""

    def __init__(self) -> None:
        self._history = _history.History()

    def __len__(self) -> int:
        return len(self._history)

    def lines(self) -> list[str]:
        """Every event as a line, times since the first."""
        return self._history.lines()

    def judge(self, id: str, bounds: Bounds | None = None) -> Judgement:
        """Does the invariant hold, as long as its assumptions do? ValueError if it has no predicate."""
        return self._history.judge(id, bounds or Bounds())

    # Clients

    def discovered(self, t: float, client: bytes, xid: int, heard_by: list[str]) -> None:
        """A client (its request id) broadcast a DHCPDISCOVER that these servers hear, if they run."""
        self._history.discovered(_ms(t), client, xid, heard_by)

    def offered(self, t: float, server: str, client: bytes, xid: int, address: str) -> None:
        self._history.offered(_ms(t), server, client, xid, address)

    def acked(self, t: float, server: str, client: bytes, address: str, request: str, lease_s: int,
              asked_s: float) -> None:
        """A client took a DHCPACK. request: "selecting", "init-reboot", "renewing" or "rebinding", sent at asked_s."""
        self._history.acked(_ms(t), server, client, address, request, lease_s, _ms(asked_s))

    def client_sent(self, t: float, client: bytes, message: str, address: str | None, heard_by: list[str]) -> None:
        """A client sent something else than a DHCPDISCOVER, answered or not. message: as `request` of acked(), or
        "release", "decline", "inform"."""
        self._history.client_sent(_ms(t), client, message, address, heard_by)

    def refused(self, t: float, server: str, client: bytes, address: str) -> None:
        """A client received a DHCPNAK."""
        self._history.refused(_ms(t), server, client, address)

    def ended(self, t: float, client: bytes, address: str, how: str) -> None:
        """A client gave an address up: "released", "declined", "refused" (NAK), "lapsed" or "left" (without a word)."""
        self._history.ended(_ms(t), client, address, how)

    # Failover messages

    def message(self, t: float, sender: str, message: wire.Message) -> None:
        """What a server said to the other. Messages that cannot be read are left out."""
        if message.error is not None:
            return
        at = _ms(t)
        if message.type == "BNDUPD":
            for update in message.transactions:
                self._updated(at, sender, message.xid, update)
        elif message.type == "BNDACK":
            for answer in message.transactions:
                self._history.acknowledged(at, sender, message.xid, answer.get("assigned-IP-address"),
                                           answer.get("reject-reason"))
        elif message.type == "STATE":
            startup = bool((message.get("server-flags") or 0) & wire.STARTUP_FLAG)
            self._history.state(at, sender, wire.state_name(message.get("server-state")), startup,
                                message.get("start-time-of-state") or 0)
        elif message.type == "CONNECT":
            self._history.connect(at, sender, message.xid, message.get("MCLT") or 0,
                                  message.get("max-unacked-bndupd"), message.get("receive-timer") or 0)
            if isinstance(message.get("hash-bucket-assignment"), bytes):
                self._history.buckets(at, message.get("hash-bucket-assignment"))
        elif message.type == "CONNECTACK":
            self._history.connect_answered(at, sender, message.xid, message.get("reject-reason"),
                                           message.get("max-unacked-bndupd"), message.get("receive-timer") or 0)
            if not message.has("reject-reason"):
                self._history.connection(at, True)
        elif message.type in _WORDS:
            self._history.said(at, sender, message.type, message.xid,
                               message.get(_WORDS[message.type]) or 0 if _WORDS[message.type] else 0)

    def disconnected(self, t: float) -> None:
        """The servers' connection has ended."""
        self._history.connection(_ms(t), False)

    def record(self, t: float, server: str, binding: wire.Options) -> None:
        """What a server holds about an address, told when it was asked for all (S21)."""
        self._history.record(_ms(t), server, binding.get("assigned-IP-address"),
                             wire.status_name(binding.get("binding-status")), _client(binding),
                             binding.get("lease-expiration-time") or 0)

    # What was done

    def process(self, t: float, server: str, running: bool, storage_lost: bool = False) -> None:
        """A server was started, perhaps without what it had stored, or ended."""
        self._history.process(_ms(t), server, running, storage_lost)

    def commanded(self, t: float, server: str, command: str) -> None:
        """The operator did this at a server: "pause", "shutdown", or "restored" (an old database)."""
        self._history.commanded(_ms(t), server, command)

    def configured(self, t: float, server: str, *, mclt_s: int = 0, safe_period_s: int = 0,
                   desired_lease_s: int = 0) -> None:
        """How a server is configured; 0: not known, or for the safe period none."""
        self._history.configured(_ms(t), server, mclt_s, safe_period_s, desired_lease_s)

    def reserved(self, t: float, address: str, client: bytes) -> None:
        """The address is that client's alone, on both servers."""
        self._history.reserved(_ms(t), address, client)

    def clock(self, t: float, server: str, ahead_s: int) -> None:
        """From now on this server's clock shows so much more than the lab's."""
        self._history.clock(_ms(t), server, ahead_s)

    def assumption_broken(self, t: float, number: int) -> None:
        """From now on AS1 to AS10, this one, does not hold: what needs it is judged up to here."""
        self._history.assumption_broken(_ms(t), number)

    def partner_down(self, t: float, server: str) -> None:
        """The operator told this server that its partner is down."""
        self._history.partner_down(_ms(t), server)

    def fault(self, t: float, kind: str, begins: bool) -> None:
        """"cut", "cut-from-primary" (what it says is lost), "cut-from-secondary" or "exhaustion" begins or ends."""
        self._history.fault(_ms(t), kind, begins)

    def pool(self, t: float, first: str, last: str) -> None:
        """The pair begins anew: these addresses, all of them FREE and the primary's."""
        self._history.pool(_ms(t), first, last)

    def _updated(self, at: int, sender: str, xid: int, update: wire.Options) -> None:
        self._history.updated(at, sender, xid, update.get("assigned-IP-address"),
                              wire.status_name(update.get("binding-status")), _client(update),
                              update.get("lease-expiration-time") or 0, update.get("potential-expiration-time") or 0,
                              update.get("client-last-transaction-time") or 0,
                              update.get("start-time-of-state") or 0,
                              bool((update.get("IP-flags") or 0) & _RESERVED))


def _client(binding: wire.Options) -> bytes | None:
    """The request id of a binding's client (9.8.2): client-identifier if it has one, else chaddr; None without any."""
    identifier = binding.get("client-identifier")
    hardware = binding.get("client-hardware-address")
    return identifier or (hardware[1:] if hardware else None)
