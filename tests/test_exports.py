import types

import pytest

import assistant as package


def test_all_is_what_is_visible():
    assert sorted(package.__all__) == sorted(dir(package))
    defined = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType) and getattr(value, "__module__", "").startswith("assistant")
    }
    assert defined <= set(package.__all__)


@pytest.mark.parametrize("name", package.__all__)
def test_every_public_name_exists_and_is_documented(name):
    value = getattr(package, name)
    assert isinstance(value, type)
    assert value.__doc__


def test_a_star_import_gives_the_public_names():
    space = {}
    exec("from assistant import *", space)
    assert set(space) - {"__builtins__"} == set(package.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        package.Nothing  # noqa: B018


def test_the_package_is_documented_and_typed(root):
    assert package.__doc__
    assert package.__all__ == sorted(package.__all__)
    assert (root / "assistant" / "py.typed").is_file()
