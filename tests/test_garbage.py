import gc

import pytest

from assistant.garbage import frozen, no_collection


def test_no_cycles_are_looked_for_meanwhile_and_again_afterwards():
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), no_collection():
        assert not gc.isenabled()
        raise ValueError("x")
    assert gc.isenabled()


def test_where_no_cycles_are_looked_for_anyway_none_are_afterwards():
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_there_is_left_alone_meanwhile_and_looked_at_again_afterwards():
    before = gc.get_freeze_count()
    with frozen():
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    assert gc.get_freeze_count() == 0
