from __future__ import annotations

import socket
import subprocess


def test_timers_fire_in_order_and_not_when_cancelled(reactor):
    fired = []
    reactor.call_in(2.0, lambda: fired.append("late"))
    reactor.call_in(1.0, lambda: fired.append("early"))
    reactor.call_in(1.5, lambda: fired.append("never")).cancel()
    reactor.run_for(4.0)
    assert fired == ["early", "late"]


def test_run_until_gives_the_value_or_none_in_time(reactor):
    box = []
    reactor.call_in(1.0, lambda: box.append(7))
    assert reactor.run_until(lambda: box and box[0], 10.0) == 7
    began = reactor.clock.now()
    assert reactor.run_until(lambda: None, 2.0) is None
    assert 2.0 <= reactor.clock.now() - began < 6.0


def test_a_socket_wakes_the_loop(reactor):
    left, right = socket.socketpair()
    heard = []
    reactor.watch(left, lambda: heard.append(left.recv(10)))
    right.send(b"x")
    assert reactor.run_until(lambda: heard, 20.0) == [b"x"]
    reactor.watch(left, None)
    left.close()
    right.close()


def test_the_end_of_a_process_wakes_the_loop(reactor):
    process = subprocess.Popen(["true"])
    began = reactor.clock.now()
    assert reactor.run_until_exit(process, 2000.0)
    assert reactor.clock.now() - began < 200.0
