"""The command `assistant`. Parses, calls what does the work, prints. Results on stdout, everything else on stderr.

Exit status: 0 answered or done, 3 abstained, asked back or found no passage, 1 error or a quote that differs, 2 wrong usage.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from assistant import messages
from assistant.errors import AssistantError, QuestionSetError

if TYPE_CHECKING:
    from assistant.api import Assistant
    from assistant.building import Built
    from assistant.config import Settings
    from assistant.evaluation.questions import EvalRow
    from assistant.types import Answer
    from assistant.writing import Progress

app = typer.Typer(
    name="assistant",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Corpus = Annotated[
    Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of documents. Default: ./corpus, else the packaged documents.")
]
IndexDir = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Folder of the built index. Default: ./index, else the cache folder.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotation marks.")]
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Answer only about this code.")]

NOT_ANSWERED = 3
FRESH = "/fresh"
"""What is typed in `chat` to ask the last question again as if nothing had been asked before."""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"assistant {version('hcpcs-assistant')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")] = False,
) -> None:
    """Answer questions about coded procedures with exact, cited quotations from your documents, or say that they do not answer."""


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a build's progress on stderr, as a bar on a terminal and as plain lines elsewhere."""
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def tell(stage: str, done: int, total: int) -> None:
            if done and stage not in seen:
                seen.add(stage)
                print(f"assistant: {stage} ({total})", file=sys.stderr, flush=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show


def _open(corpus: Path | None, index: Path | None) -> Assistant:
    """Open the assistant, building a missing index and updating a stale one, and saying so."""
    from assistant.api import Assistant
    from assistant.config import NO_READER, default_corpus, default_index, make_settings
    from assistant.freshness import is_current
    from assistant.manifest import MANIFEST

    settings = make_settings()
    if settings.reader == NO_READER:
        print(f"assistant: {messages.NO_READER}", file=sys.stderr)
    source = corpus or default_corpus()
    folder = index or default_index(source)
    if is_current(folder, source, settings):
        return Assistant.open(source, folder, settings, build=False)
    what = "updating the index" if (folder / MANIFEST).is_file() else "building an index"
    print(f"assistant: {what} of '{source}' in '{folder}'", file=sys.stderr)
    with _progress() as tell:
        return Assistant.open(source, folder, settings, progress=tell)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _finish(assistant: Assistant, answer: Answer, as_json: bool) -> NoReturn:
    from assistant.answer_json import answer_to_json
    from assistant.rendering import answer_text
    from assistant.types import Status

    if as_json:
        _print_json(answer_to_json(answer))
    else:
        print(answer_text(answer, assistant.index.by_id))
    raise typer.Exit(0 if answer.status is Status.ANSWERED else NOT_ANSWERED)


@app.command()
def ask(question: Question, code: Code = None, as_json: Json = False, corpus: Corpus = None, index: IndexDir = None) -> None:
    """Answer one question with citations."""
    assistant = _open(corpus, index)
    _finish(assistant, assistant.ask(question, code=code), as_json)


@app.command()
def chat(corpus: Corpus = None, index: IndexDir = None) -> None:
    """Hold a conversation in the terminal; /fresh asks again without the earlier questions; an empty line or Ctrl+D ends it."""
    from assistant.rendering import answer_text, understood_text

    assistant = _open(corpus, index)
    assistant.load_models()
    history: list[str] = []
    while True:
        try:
            question = input("? ").strip()
        except EOFError:
            return
        if not question:
            return
        afresh = question == FRESH
        if afresh:
            if not history:
                print(f"assistant: {FRESH} asks the last question again; ask one first", file=sys.stderr)
                continue
            question, history = history[-1], []
        carried = assistant.carried(question, history)
        answer = assistant.ask(question, history)
        if understood := understood_text(answer, carried, afresh=afresh):
            print(understood + (f" ({FRESH} asks again without it)" if carried else "") + "\n")
        print(answer_text(answer, assistant.index.by_id) + "\n")
        history.append(question)


@app.command()
def fit(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="The case, in quotation marks.")],
    as_json: Json = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Tell which code fits a scenario, with quotes for and against, or that no code fits."""
    assistant = _open(corpus, index)
    _finish(assistant, assistant.fit(scenario), as_json)


@app.command()
def compare(
    codes: Annotated[list[str], typer.Argument(metavar="CODE CODE ...", help="Two or more codes.")],
    section: Annotated[str | None, typer.Option("--section", metavar="HEADING", help="Only this section.")] = None,
    as_json: Json = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Set codes side by side, section by section, every cell a cited slice."""
    from assistant.answer_json import rows_to_json
    from assistant.rendering import comparison_text

    assistant = _open(corpus, index)
    rows = assistant.compare(codes, section)
    codes = list(dict.fromkeys(map(assistant.known_code, codes)))
    if as_json:
        _print_json(rows_to_json(rows))
    else:
        print(comparison_text(codes, rows, assistant.index.by_id))


@app.command()
def search(
    question: Question,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    code: Code = None,
    as_json: Json = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Rank passages without answering: code, section, offsets, score, and each stage's rank."""
    from assistant.answer_json import hit_to_json
    from assistant.rendering import hit_lines

    assistant = _open(corpus, index)
    hits = assistant.search(question, k, code=code)
    documents = assistant.index.by_id
    if as_json:
        _print_json([hit_to_json(hit, documents[hit.chunk.document]) for hit in hits])
    else:
        print("\n\n".join("\n".join(hit_lines(hit, documents[hit.chunk.document])) for hit in hits))
    if not hits:
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def codes(as_json: Json = False, corpus: Corpus = None, index: IndexDir = None) -> None:
    """List the codes of the corpus with their official titles."""
    from assistant.answer_json import entry_to_json
    from assistant.rendering import table_lines

    entries = _open(corpus, index).codes()
    if as_json:
        _print_json([entry_to_json(entry) for entry in entries])
    else:
        print("\n".join(table_lines([e.code or e.document, e.title] for e in entries)))


@app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code to show.")],
    section: Annotated[str | None, typer.Option("--section", metavar="HEADING", help="Only this section.")] = None,
    as_json: Json = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Show a document by section, in the words of the source."""
    from assistant.rendering import inert
    from assistant.types import SectionKind

    assistant = _open(corpus, index)
    rows = []
    whole = [(one, part) for one in assistant.documents(code) for part in one.sections if part.kind is not SectionKind.FURNITURE]
    for document, one in assistant.sections(code, section) if section else whole:
        body = one.body or one.span
        rows.append({
            "code": assistant.known_code(code), "document": document.id, "section": one.heading,
            "start": body.start, "end": body.end, "text": body.of(document.text),
        })  # fmt: skip
    if as_json:
        _print_json(rows)
    else:
        print("\n\n".join(inert(f"{row['code']} · {row['section']}\n{row['text']}") for row in rows))


@app.command("index")
def index_command(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build anew even if nothing has changed.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and update whenever the corpus changes; Ctrl+C ends it.")] = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Build or update the index of a corpus folder; only what has changed is read and embedded."""
    from assistant.building import build_index
    from assistant.config import default_corpus, default_index, make_settings

    settings = make_settings()
    source = corpus or default_corpus()
    folder = index or default_index(source)
    if watch:
        _watch(source, folder, settings, rebuild)
        return
    began = time.perf_counter()
    with _progress() as tell:
        built = build_index(source, folder, settings, tell, rebuild=rebuild)
    _print_built(built, folder)
    print(f"{_how_searched(built.manifest.search)}; {time.perf_counter() - began:.1f} s{_peak()}")


def _how_searched(search: Mapping[str, Any]) -> str:
    """Say which vectors are compared with a question's, and what is found so."""
    from assistant.vectors import OF_BEST

    if search["exact"]:
        return "a question is compared with every passage"
    found = f"{100 * search['recall']:.1f} % of the {OF_BEST} nearest"
    return f"a question is compared with the passages of {search['searched']:,} of {search['lists']:,} lists, which finds {found}"


def _peak() -> str:
    """Say how much memory this process took at most, where the system tells."""
    try:
        import resource
    except ImportError:
        return ""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f", {most / (2**20 if sys.platform == 'darwin' else 2**10):,.0f} MB at most"


def _watch(corpus: Path, folder: Path, settings: Settings, rebuild: bool) -> None:
    """Build now and after every change, until interrupted."""
    from assistant.rendering import one_line
    from assistant.watching import builds

    for built in builds(corpus, folder, settings, rebuild=rebuild):
        if isinstance(built, AssistantError):
            print(one_line(f"assistant: {built}"), file=sys.stderr, flush=True)
        else:
            _print_built(built, folder)


def _print_built(built: Built, folder: Path) -> None:
    """Print what a build did, and each refused file with the reason."""
    from assistant.rendering import one_line, table_lines

    manifest = built.manifest
    counts = [("indexed", built.indexed), ("unchanged", built.unchanged), ("removed", built.removed), ("refused", built.refused)]
    print("\n".join(table_lines([(name, f"{len(some):,}") for name, some in counts])))
    print(f"{manifest.documents:,} documents, {manifest.chunks:,} passages, {manifest.candidates:,} answer candidates in '{folder}'")
    sys.stdout.flush()
    for name, why in built.refused.items():
        print(one_line(f"assistant: not indexed: {name} {why}"), file=sys.stderr, flush=True)


@app.command()
def batch(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help='Rows {"id", "question", "history"}; - for stdin.')],
    target: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help='Rows {"id", "answer"}, in order; - for stdout.')],
    hits: Annotated[int, typer.Option("--hits", metavar="K", min=0, help="Add the K best passages to each row.")] = 0,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Answer many questions from a file into a file."""
    from assistant.batch import answer_rows, line_of, read_rows, target_of
    from assistant.jsonlines import STANDARD

    rows = read_rows(source)
    place = target_of(target, source) if target != STANDARD else None
    assistant = _open(corpus, index)
    assistant.load_models()
    if place is None:
        for row in answer_rows(assistant, rows, hits):
            print(line_of(row), end="", flush=True)
        return
    try:
        place.write(answer_rows(assistant, rows, hits))
    except AssistantError:
        raise
    except BaseException:
        if place.left:
            print(f"assistant: {place.left}", file=sys.stderr)
        raise
    print(f"{len(rows)} questions answered in '{target}'", file=sys.stderr)


@app.command("eval")
def eval_command(
    questions: Annotated[
        list[Path] | None, typer.Argument(metavar="[QUESTIONS.jsonl ...]", help="Question sets. Default: eval/*.jsonl.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="dev, test or all.")] = "dev",
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="Write JSON, Markdown and a plot here.")] = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", metavar="REPORT.json", help="Compare with an earlier report.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check that the rows are well-formed.")] = False,
    ablation: Annotated[bool, typer.Option("--ablation", help="Print instead what is right without each stage.")] = False,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Run question sets, print metrics by kind, and compare with an earlier report."""
    from assistant.evaluation.questions import load_questions
    from assistant.evaluation.report import compare, load_report, make_folder, markdown, write_report
    from assistant.evaluation.runner import evaluate

    if split not in ("dev", "test", "all"):
        raise typer.BadParameter(f"'{split}' is not dev, test or all", param_hint="--split")
    if ablation and (report or baseline):
        raise typer.BadParameter("--ablation only prints; leave one of the two out", param_hint="--report" if report else "--baseline")
    before = load_report(baseline) if baseline else None
    paths = questions or sorted(Path("eval").glob("*.jsonl"))
    rows = load_questions(paths)
    assistant = _open(corpus, index)
    _check_rows(rows, assistant)
    if check:
        print(f"{len(rows)} rows, no problems")
        return
    rows = [row for row in rows if split in ("all", row.split)]
    if not rows:
        raise QuestionSetError(f"no row of the question sets is of split '{split}'; name another with --split")
    assistant.load_models()
    if ablation:
        from assistant.evaluation.ablation import ablate, ablation_table

        print(ablation_table(ablate(assistant, rows, split, lambda name: print(f"assistant: without {name}", file=sys.stderr))))
        return
    if report:
        make_folder(report)
    result = evaluate(assistant, rows, split)
    print(markdown(result))
    if report:
        write_report(result, report)
        print(f"assistant: report written to '{report}'", file=sys.stderr)
    if before is not None:
        print("\n".join(compare(before, result)))


def _check_rows(rows: Sequence[EvalRow], assistant: Assistant) -> None:
    """Print what is wrong with the rows of question sets.

    Raises:
        QuestionSetError: something is.
    """
    from assistant.evaluation.questions import check_rows

    problems = check_rows(rows, assistant.index.documents)
    for problem in problems:
        print(f"assistant: {problem}", file=sys.stderr)
    if problems:
        raise QuestionSetError(f"{len(problems)} problems in the question set; mend the rows named above")


@app.command()
def verify(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="What 'ask --json' or 'batch' wrote; - for stdin.")],
    as_json: Json = False,
    corpus: Corpus = None,
    index: Annotated[
        Path | None, typer.Option("--index", metavar="DIR", help="Not used: quotes are checked against the documents themselves.")
    ] = None,
) -> None:
    """Re-read the source files and check every quote of an answer."""
    from assistant.answer_json import load_answers, mismatch_to_json
    from assistant.config import default_corpus, make_settings
    from assistant.rendering import one_line
    from assistant.verifying import Library

    answers, library = load_answers(answer), Library(corpus or default_corpus(), make_settings())
    faults = [(one, mismatch) for one in answers for mismatch in library.verify(one.answer)]
    quotes = sum(len(one.answer.quotes) for one in answers)
    if as_json:
        _print_json({"quotes": quotes, "differences": [mismatch_to_json(*fault) for fault in faults]})
    else:
        for one, fault in faults:
            where = f"{fault.quote.document}, characters {fault.quote.start}-{fault.quote.end}: {fault.why}"
            print(one_line(f"{one.place}: {where}" if one.place else where))
    if faults:
        raise typer.Exit(1)
    if not as_json:
        print(f"{quotes} quotes match their sources")


@app.command()
def ui(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = 7860,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the default browser.")] = True,
    corpus: Corpus = None,
    index: IndexDir = None,
) -> None:
    """Open the page."""
    assistant = _open(corpus, index)
    assistant.load_models()
    from assistant.web import serve

    serve(assistant, host, port, open_browser=browser)


def _complain(sentence: object) -> None:
    from assistant.rendering import one_line

    print(one_line(f"assistant: {sentence}"), file=sys.stderr)


def _drop_output() -> None:
    """Let what is still to be written to stdout go nowhere, so that Python does not try again as it ends."""
    with suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def main() -> None:
    """Run the command line; a known error becomes one line on stderr."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products here are small; threads that wait for the next one take a core
    gc.set_threshold(50_000)  # nearly all that a command makes it keeps; looking it through for cycles took a twentieth of an update
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except AssistantError as error:
        _complain(error)
        raise SystemExit(1) from None
    except BrokenPipeError:
        _drop_output()
        raise SystemExit(1) from None
    except OSError as error:
        why = error.strerror or error
        if error.filename:
            _complain(f"'{error.filename}' cannot be read or written ({why}); mend that and try again")
        else:
            _complain(f"the output cannot be written ({why}); send it elsewhere")
        _drop_output()
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        gc.freeze()  # what is left goes with the process; looking it through once more took a tenth of a question


if __name__ == "__main__":
    main()
