import re
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assistant.answer_json import answer_to_json
from assistant.web import build_page, earlier_questions, example_questions, serve

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SENTENCE = "The infusion process usually takes between 1 to 4 hours, depending on the specific medication and dosage."
WAIT = 20_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def address(assistant):
    page, url = serve(assistant, "127.0.0.1", free_port(), open_browser=False, block=False)
    yield url
    page.close()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists() and not shutil.which("chromium"):
        pytest.fail(f"Chromium is missing: there is no {CHROMIUM}; run 'apt-get install chromium'")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.requested = []
    page.said = []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("websocket", lambda socket: page.requested.append(socket.url))
    page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    page.wait_for_selector("#question textarea")
    yield page
    context.close()


ANSWERED = "#chat .bot:has(.quote, .said, .understood)"
"""A reply that holds its answer; while one is on its way, the page shows a bubble without any of these."""


def ask(page, question):
    answered = page.locator(ANSWERED).count()
    page.fill("#question textarea", question)
    page.click("#send")
    page.wait_for_function("([css, n]) => document.querySelectorAll(css).length > n", arg=[ANSWERED, answered])
    page.wait_for_function("() => document.querySelector('#question textarea').value === ''")


def last_bot(page):
    return page.locator(ANSWERED).last


def marked(page):
    return page.evaluate("() => [...document.querySelectorAll('#source mark')].map(m => m.textContent).join('')")


def test_a_question_is_answered_with_words_code_chip_and_section(page):
    ask(page, "S9357 duration")
    last_bot(page).locator(".quote").first.wait_for()
    assert last_bot(page).locator(".words").first.text_content() == SENTENCE
    assert last_bot(page).locator(".chip.code").first.text_content() == "S9357"
    assert last_bot(page).locator(".chip.section").first.text_content() == "Duration"


def test_the_document_shows_exactly_the_quoted_text_marked(page, corpus):
    ask(page, "S9357 duration")
    page.wait_for_selector("#source mark")
    assert marked(page) == SENTENCE
    shown = page.locator("#source .text").text_content()
    assert shown == (corpus / "S9357-enzyme-replacement.txt").read_text(encoding="utf-8")


def test_enter_sends_the_question_as_the_button_does(page):
    page.fill("#question textarea", "S9357 duration")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#source mark")
    assert marked(page) == SENTENCE


def test_choosing_another_quote_moves_the_mark(page, assistant):
    question = "S9357 and S9330 duration"
    quotes = assistant.ask(question).quotes
    assert len(quotes) >= 2
    ask(page, question)
    page.wait_for_selector("#source mark")
    assert marked(page) == quotes[0].text
    page.locator("#quotes input").nth(1).check()
    page.wait_for_function(
        "text => [...document.querySelectorAll('#source mark')].map(m => m.textContent).join('') === text", arg=quotes[1].text
    )
    assert quotes[1].document in page.locator("#source").text_content()


def test_a_later_question_is_understood_from_the_earlier_one(page):
    ask(page, "S9330 duration")
    ask(page, "and its risks?")
    codes = set(last_bot(page).locator(".chip.code").all_text_contents())
    assert codes == {"S9330"}


def test_a_new_conversation_forgets_the_old_one(page):
    ask(page, "S9330 duration")
    page.click("#clear")
    page.wait_for_function("() => document.querySelectorAll('#chat .bot').length === 0")
    assert page.locator("#source mark").count() == 0


def test_an_abstention_says_so_and_marks_nothing(page, assistant):
    ask(page, "S9999 duration")
    assert assistant.ask("S9999 duration").message in last_bot(page).text_content()
    assert page.locator("#source mark").count() == 0


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=alert(1)> risks",
        "<script>alert(1)</script>",
        "**bold** _it_ `code` [link](javascript:alert(1))",
        "# heading",
        "$x^2$ &lt;b&gt;",
    ],
)
def test_html_and_markdown_in_a_question_stay_text(page, question):
    ask(page, question)
    said = page.locator("#chat .user").last
    assert question in said.text_content()
    for tag in ("img[src=x]", "script", "strong", "em", "code", "a", "h1", "math", ".katex"):
        assert said.locator(tag).count() == 0, tag
    assert page.said == []


def test_no_request_leaves_this_machine(page):
    ask(page, "S9357 duration")
    page.wait_for_selector("#source mark")
    page.wait_for_load_state("load")
    hosts = {urlsplit(url).hostname for url in page.requested if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}


def test_the_page_says_what_it_is_and_is_not(page):
    text = page.locator("body").inner_text()
    assert "HCPCS Assistant" in text
    assert "Not coding, payment or medical advice" in text


def test_examples_come_from_the_documents(assistant):
    examples = example_questions(assistant)
    assert 0 < len(examples) <= 5
    for example in examples:
        code, heading = re.fullmatch(r"(\S+): (.*)\?", example).groups()
        [document] = assistant.documents(code)
        assert heading in {section.heading for section in document.sections}


def test_earlier_questions_come_back_as_they_were_typed():
    messages = [
        {"role": "user", "content": "a &lt;b&gt; &amp; c"},
        {"role": "assistant", "content": "answer"},
        {"role": "user", "content": [{"type": "text", "text": "second"}]},
    ]
    assert earlier_questions(messages) == ["a <b> & c", "second"]


@pytest.fixture(scope="module")
def client(address):
    from gradio_client import Client

    return Client(address, verbose=False)


def test_the_endpoint_ask_gives_the_same_answer_as_the_assistant(client, assistant):
    value = client.predict("S9357 duration", api_name="/ask")
    assert {**value, "elapsed_ms": 0} == {**answer_to_json(assistant.ask("S9357 duration")), "elapsed_ms": 0}


def test_the_endpoint_ask_takes_history(client):
    value = client.predict("and its risks?", ["S9330 duration"], api_name="/ask")
    assert {quote["code"] for quote in value["quotes"]} == {"S9330"}


def test_the_endpoint_search_gives_passages_with_their_places(client, corpus):
    rows = client.predict("rare risks", 3, api_name="/search")
    assert len(rows) == 3
    for row in rows:
        assert (corpus / row["document"]).read_bytes().decode()[row["start"] : row["end"]] == row["text"]


def test_the_endpoint_search_explains_an_error(client):
    with pytest.raises(Exception, match="empty"):
        client.predict(" ", 3, api_name="/search")


def test_the_endpoint_codes_lists_the_codes(client):
    assert [row["code"] for row in client.predict(api_name="/codes")] == ["S9327", "S9330", "S9336", "S9338", "S9357"]


def test_only_the_named_endpoints_are_public(client):
    assert set(client.view_api(return_format="dict")["named_endpoints"]) >= {"/ask", "/search", "/codes"}
    assert client.view_api(return_format="dict")["unnamed_endpoints"] == {}


def test_a_port_that_is_taken_is_an_error_for_people(assistant):
    from assistant.errors import AssistantError

    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(AssistantError, match="--port"):
        serve(assistant, "127.0.0.1", server.getsockname()[1], open_browser=False, block=False)


def test_the_page_sends_no_analytics(assistant):
    assert build_page(assistant).analytics_enabled is False
