import ast
import re
import shlex

import pytest
import typer

from assistant.cli import app

NEAR_THE_TOP = 60


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def commands():
    return typer.main.get_command(app).commands


def command_lines(readme):
    """Return the words of every `assistant …` command in a block of shell lines, prompts, comments, pipes and redirections left out."""
    found = []
    for block in re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", readme, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            match = re.match(r"\s*(?:\$\s+)?(?:[A-Z_]+=\S*\s+)*(?:\S*/)?assistant(\s.*|$)", line)
            if match:
                splitter = shlex.shlex(match[1], posix=True, punctuation_chars="|><;&")
                splitter.whitespace_split = True
                splitter.commenters = "#"
                words = []
                for word in splitter:
                    if set(word) <= set("|><;&"):
                        break
                    words.append(word)
                found.append(words)
    return found


def test_the_readme_shows_commands(readme):
    assert len(command_lines(readme)) >= 5


def test_every_command_line_of_the_readme_exists(readme, commands):
    wrong = []
    for words in command_lines(readme):
        if words[:1] in ([], ["--help"]):
            continue
        name, *rest = words
        if name not in commands:
            wrong.append(f"assistant {name}: no such command")
            continue
        known = {"--help"} | {option for parameter in commands[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
        options = [word.split("=")[0] for word in rest if re.match(r"--?[A-Za-z]", word)]
        wrong += [f"assistant {name} {option}: no such option" for option in options if option not in known]
    assert wrong == []


def shown(readme):
    """Return the words of each command that a console block shows, and what the block shows it to print."""
    blocks = re.findall(r"^```console\n\$ assistant (.*?)\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    return [(shlex.split(line), printed) for line, printed in blocks]


def test_the_readme_shows_what_the_program_prints(readme, run, corpus, index_folder):
    assert len(shown(readme)) >= 5
    for words, printed in shown(readme):
        result = run(*words, "--corpus", corpus, "--index", index_folder)
        assert result.out == printed, words


def test_every_command_has_help_and_is_in_the_readme(readme, commands):
    for name, command in commands.items():
        assert command.help, name
        assert re.search(rf"\bassistant {name}\b", readme), f"README.md does not name 'assistant {name}'"


def test_every_command_takes_a_corpus_and_an_index(commands):
    for name, command in commands.items():
        assert {"--corpus", "--index"} <= {option for parameter in command.params for option in parameter.opts}, name


def test_every_option_has_help(commands):
    for name, command in commands.items():
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"assistant {name} {parameter.name}"


def test_the_readme_says_near_its_top_how_to_run_and_to_test(readme):
    top = "\n".join(readme.splitlines()[:NEAR_THE_TOP])
    assert "make run" in top
    assert "make test" in top


def test_every_make_target_that_the_readme_names_exists(readme, root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", readme)) <= targets


def test_every_file_that_the_readme_links_to_exists(readme, root):
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme):
        assert (root / link).exists(), link


def test_a_source_distribution_holds_what_the_readme_links_to_and_what_the_tests_use(readme, root):
    listed = re.search(
        r"\[tool\.hatch\.build\.targets\.sdist\]\ninclude = (\[.*?\n\])", (root / "pyproject.toml").read_text(encoding="utf-8"), re.DOTALL
    )
    held = [name.strip("/") for name in ast.literal_eval(listed[1])]
    used = {"assistant", "benchmarks", "corpus", "eval/brought", "tests", "constraints.txt", "Makefile"}
    for name in (*used, *re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme)):
        assert any(name == one or name.startswith(f"{one}/") for one in held), name
    assert all((root / one).exists() for one in held)
