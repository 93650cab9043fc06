import ast

import pytest

ORDER = [
    "errors", "garbage", "recent", "jsonlines", "types", "messages", "config", "tokens", "quantities", "numbering", "labels", "cells",
    "codes", "lines", "tables", "splitting", "sentences", "units", "shapes", "unmarked", "titles", "furniture", "divisions", "headings",
    "descriptors", "formats.extract", "formats.printed", "formats.text", "formats.markdown", "formats.table", "formats.page",
    "formats.grid", "formats.html", "formats.zipped", "formats.docx", "formats.layout", "formats.flow", "formats.pdfium", "formats.pdf",
    "formats.rows", "formats.hcpcs", "formats.sheet", "formats", "blocks", "documents", "manifest", "freshness", "sections", "chunking",
    "arrays", "segments", "storage", "vocabulary", "fusion", "inference", "wordings", "kinds", "embedding", "vectors", "lexical", "index",
    "planning", "parts", "writing", "building", "watching", "retrieval", "glossary", "spelling", "language", "phrases", "names", "subjects",
    "cases", "sides", "query", "turns", "followups", "understanding", "steps", "contrasts", "reading", "crossing", "listing", "reranking",
    "quoting", "comparing", "conflicts", "fitting", "payment", "premises", "answering", "verifying", "api", "answer_json", "batch",
    "rendering", "html", "evaluation", "evaluation.metrics", "evaluation.questions", "evaluation.runner", "evaluation.ablation",
    "evaluation.report", "endpoints", "web", "cli",
]  # fmt: skip
"""Read left to right: a module imports only from those before it."""
ENGINES = {
    "faiss": {"vectors"}, "sentence_transformers": {"embedding", "crossing"},
    "torch": {"embedding"}, "transformers": {"embedding"}, "gradio": {"web"},
    "onnxruntime": {"inference"}, "tokenizers": {"inference"},
    "pydantic": {"config", "web"}, "matplotlib": {"evaluation.report"},
    "ir_measures": {"evaluation.metrics"}, "tiktoken": {"chunking"}, "typer": {"cli"}, "filelock": {"building"},
    "watchfiles": {"watching"}, "lxml": {"formats.page", "formats.grid", "formats.html"}, "mammoth": {"formats.docx"},
    "pypdfium2": {"formats.pdfium"}, "py3langid": {"language"},
    "python_calamine": {"formats.sheet"}, "charset_normalizer": {"formats.text"}, "yaml": {"formats.markdown"}, "sentencex": {"sentences"},
}  # fmt: skip


@pytest.fixture(scope="module")
def modules(root):
    """Return the syntax tree of every module by its name below the package; the package itself is ""."""
    folder = root / "assistant"
    trees = {}
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        trees[name.removesuffix("__init__").rstrip(".")] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def imported(node):
    """Return the dotted names that one statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        return [node.module]
    return []


def imports_of(tree, own):
    """Return the modules of ours that a tree imports, anywhere, as names below the package."""
    found = set()
    for node in ast.walk(tree):
        for name in imported(node):
            if name == "assistant":
                found.update(alias.name for alias in getattr(node, "names", []) if alias.name in ORDER)
            elif name.startswith("assistant."):
                found.add(name.removeprefix("assistant."))
    return found - {own}


def test_the_order_names_every_module_and_no_other(modules):
    assert sorted(set(modules) - {"", "__main__"}) == sorted(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_from_those_before_it(modules, name):
    before = set(ORDER[: ORDER.index(name)])
    assert imports_of(modules[name], name) <= before


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_imported_in_one_module_only(modules, engine):
    users = {name for name, tree in modules.items() for node in ast.walk(tree) for one in imported(node) if one.split(".")[0] == engine}
    assert users <= ENGINES[engine]


@pytest.mark.parametrize("engine", ["torch", "sentence_transformers", "transformers", "matplotlib", "bm25s"])
def test_heavy_engines_are_not_imported_when_their_module_is(modules, engine):
    for name, tree in modules.items():
        assert not [one for node in tree.body for one in imported(node) if one.split(".")[0] == engine], name


def test_the_surfaces_do_not_import_each_other(modules):
    assert "cli" not in imports_of(modules["web"], "web")
    at_module_level = {one for node in modules["cli"].body for one in imported(node)}
    assert "assistant.web" not in at_module_level


def test_importing_the_command_line_needs_no_numerical_library(modules):
    assert {one.split(".")[0] for node in modules["cli"].body for one in imported(node)} & {
        "numpy",
        "faiss",
        "onnxruntime",
        "gradio",
        "rich",
    } == set()


def test_only_the_command_line_prints_and_the_page_its_address(modules):
    for name, tree in modules.items():
        calls = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        ]
        if name == "web":
            assert len(calls) == 1
            assert "url" in ast.unparse(calls[0])
        elif name != "cli":
            assert calls == [], name


def test_only_config_reads_settings_from_the_environment(modules):
    for name, tree in modules.items():
        if name in ("config", "web", "cli"):
            continue
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")), name


def test_nothing_is_pickled(modules):
    for name, tree in modules.items():
        assert not {one.split(".")[0] for node in ast.walk(tree) for one in imported(node)} & {
            "pickle",
            "joblib",
            "shelve",
            "marshal",
            "dill",
        }, name
