import re

# Nothing in the code may know the shipped documents: no code, no title, no word of them that is not common English.


def sources(root):
    return {path: path.read_text(encoding="utf-8").casefold() for path in sorted((root / "assistant").rglob("*.py"))}


def test_no_code_of_the_corpus_is_named(root, assistant):
    for path, text in sources(root).items():
        for document in assistant.index.documents:
            for code in document.codes:
                assert code.casefold() not in text, f"{path.name} names {code}"
                assert code[1:] not in text, f"{path.name} names {code[1:]}"


def test_no_title_of_the_corpus_is_quoted(root, assistant):
    for path, text in sources(root).items():
        for document in assistant.index.documents:
            words = document.title_text.casefold().split()
            for i in range(len(words) - 3):
                assert " ".join(words[i : i + 4]) not in text, f"{path.name} quotes the title of {document.id}"


def test_no_uncommon_word_of_the_corpus_is_used(root, assistant):
    knows = assistant.index.reader.knows
    uncommon = {
        word
        for document in assistant.index.documents
        for word in re.findall(r"[a-z]{5,}", document.text.casefold())
        if not knows(word) and not knows(word.rstrip("s"))
    }
    assert len(uncommon) > 20
    used = {word: path.name for path, text in sources(root).items() for word in re.findall(r"[a-z]{5,}", text) if word in uncommon}
    assert {word: where for word, where in used.items() if word not in GENERAL} == {}


GENERAL = frozenset(
    [
        "intravenous",
        "subcutaneous",
        "intermittent",
        "infusion",
        "infusions",
        "catheter",
        "inpatient",
        "outpatient",
        "anesthesia",
        "contraindications",
        "hcpcs",
        "markdown",
        "normalized",
    ]
)
"""Terms of care in general, not of one document: routes, rhythm, places and limits of care; and names of formats and code systems."""
