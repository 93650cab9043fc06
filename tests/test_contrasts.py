import pytest

CANAL = """Canal cruise with a guide

Code: C1001

Risks

Common Risks:
- Seasickness
- Wet shoes

Rare Risks:
- Falling overboard
- Loss of the anchor

Other Ways

Bus
- Pros: It is quick.
- Cons: It has no view.

On foot
- Pros: It is free.
- Cons: It takes all day.
"""


def said(answer):
    return [quote.text for quote in answer.quotes]


@pytest.fixture(scope="module")
def canal(opened):
    return opened({"canal.txt": CANAL})


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("What are the rare risks of the cruise?", ["Falling overboard\n- Loss of the anchor"]),
        ("Which problems come up often on the cruise?", ["Seasickness\n- Wet shoes"]),
        ("What are the cons of the bus?", ["Cons: It has no view."]),
        ("What are the advantages of going on foot?", ["Pros: It is free."]),
    ],
)
def test_of_two_sides_the_one_asked_for_is_quoted(canal, question, quotes):
    assert said(canal.ask(question)) == quotes


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are the risks of the cruise?", ["Seasickness", "Falling overboard"]),
        ("What are the common and rare risks of the cruise?", ["Seasickness", "Falling overboard"]),
        ("What are the pros and cons of the bus?", ["It is quick.", "It has no view."]),
    ],
)
def test_who_asks_for_both_sides_or_neither_gets_both(canal, question, words):
    assert all(word in "\n".join(said(canal.ask(question))) for word in words)
