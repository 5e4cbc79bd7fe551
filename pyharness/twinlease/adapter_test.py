"""What the adapter does by itself; that a real peer can be handled is shown by every certification."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from twinlease.adapter import Blocked, PeerUnderTest
from twinlease.manifest import load
from twinlease.manifest_test import LEAST


@pytest.fixture
def peer(tmp_path, transcript):
    manifest_file = tmp_path / "peer.toml"
    manifest_file.write_text(LEAST.replace("[[rel", 'store = ["leases", "state"]\n[[rel', 1))
    manifest = load(manifest_file)
    return PeerUnderTest(manifest, manifest.relationships[0], SimpleNamespace(transcript=transcript), tmp_path / "dir")


def test_an_earlier_store_is_put_back_whole(peer):
    (peer.directory / "leases").write_text("one lease")
    (peer.directory / "state").mkdir()
    (peer.directory / "state" / "normal").write_text("since then")
    saved = peer.save_store()
    (peer.directory / "leases").write_text("two leases")
    (peer.directory / "state" / "later").write_text("more")
    peer.restore_store(saved)
    assert (peer.directory / "leases").read_text() == "one lease"
    assert [p.name for p in (peer.directory / "state").iterdir()] == ["normal"]


def test_what_was_not_there_is_not_there_again(peer):
    saved = peer.save_store()
    (peer.directory / "leases").write_text("a lease")
    peer.restore_store(saved)
    assert not (peer.directory / "leases").exists()


def test_two_copies_are_two(peer):
    first = peer.save_store()
    (peer.directory / "leases").write_text("a lease")
    second = peer.save_store()
    assert first != second and (second / "leases").exists() and not (first / "leases").exists()


def test_without_the_key_there_is_no_copy(peer):
    peer.manifest = replace(peer.manifest, store=())
    with pytest.raises(Blocked, match="store"):
        peer.save_store()
