"""Builds killed at random moments; `python tests/kill_builds.py` kills two hundred of them."""

import os

import pytest

from kill_builds import kill_builds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("apart", [False, True], ids=["all anew", "changes apart"])
def test_builds_killed_at_random_moments_leave_an_index_that_opens_answers_and_loses_nothing(tmp_path, settings, monkeypatch, apart):
    if apart:
        monkeypatch.setattr("assistant.writing.APART_FROM", 0)
    tally = kill_builds(tmp_path / "index", settings, 10, seed=3, folder=tmp_path)
    assert tally.faults == []
    assert sum(tally.killed.values()) >= 3
    assert tally.opened + 2 >= 10
    assert tally.answered == tally.opened
