import html
import json
import os
import re
import shutil
import socket
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from assistant import Assistant
from assistant.answer_json import answer_to_json
from assistant.api import Latest
from assistant.building import build_index
from assistant.html import AFRESH_HTML
from assistant.messages import AFRESH, CARRIED, CONFLICT, NEAREST, NO_SECTION
from assistant.web import ALL_SECTIONS, Conversation, build_page, check_address, earlier_questions, example_questions, serve

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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

    if not CHROMIUM:
        missing = pytest.fail if os.environ.get("REQUIRE_CHROMIUM") else pytest.skip
        missing("the page is not tested, since Chromium is missing; run 'apt-get install chromium'")
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


def test_one_click_asks_again_without_what_was_carried_over_and_later_questions_start_from_there(page, assistant):
    ask(page, "S9330 duration")
    assert not page.locator("#fresh").is_visible()
    ask(page, "and its risks?")
    assert f"{CARRIED}S9330" in last_bot(page).text_content()
    page.click("#fresh")
    last_bot(page).locator(".fresh").wait_for()
    assert AFRESH in last_bot(page).text_content()
    assert CARRIED not in last_bot(page).text_content()
    assert page.locator("#chat .user").all_text_contents()[-1].strip() == "and its risks?"
    assert page.locator(ANSWERED).count() == 2
    assert set(last_bot(page).locator(".chip.code").all_text_contents()) == set(assistant.index.by_code)
    page.wait_for_selector("#fresh", state="hidden")
    ask(page, "S9357")
    assert last_bot(page).locator(".words").first.text_content() == assistant.ask("S9357 risks").quotes[0].text


def test_the_click_that_undoes_is_at_hand_for_a_keyboard_and_its_focus_is_seen(page):
    ask(page, "S9330 duration")
    ask(page, "and its risks?")
    page.focus("#question textarea")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("() => document.activeElement.id") == "fresh"
    style = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)] }"
    )
    assert style == ["solid", 3]
    page.keyboard.press("Enter")
    last_bot(page).locator(".fresh").wait_for()


def test_choices_are_buttons_that_ask_the_same_about_the_one_picked(page, assistant):
    ask(page, "how long does the infusion take?")
    page.wait_for_selector("#meant")
    assert page.locator("#meant input").count() == len(assistant.ask("how long does the infusion take?").choices)
    page.locator("#meant label", has_text="S9330 ·").click()
    page.wait_for_selector("#meant", state="hidden")
    page.wait_for_function("css => document.querySelectorAll(css).length === 2", arg=ANSWERED)
    assert last_bot(page).locator(".chip.code").all_text_contents() == ["S9330"]


def test_the_nearest_codes_are_offered_for_one_that_is_unknown(page, assistant):
    ask(page, "S9356 duration")
    page.locator("#meant label", has_text="S9357 ·").click()
    page.wait_for_selector("#source mark")
    assert marked(page) == SENTENCE


def test_a_choice_without_a_code_is_asked_about_by_its_name(assistant):
    title = assistant.documents("S9357")[0].title_text
    _, shown, *_ = Conversation(Latest(assistant)).reply_about(title, [{"role": "user", "content": "how long does the infusion take?"}])
    assert SENTENCE in html.unescape(shown[-1]["content"])
    assert earlier_questions(shown)[-1].endswith(f"({title})")


def test_a_case_shows_the_code_that_fits_or_what_rules_one_out(page):
    ask(page, "pt needs an 18 hour pain infusion at home, which code?")
    assert last_bot(page).locator(".verdict .head").first.text_content() == "S9327fits"
    assert last_bot(page).locator(".verdict .quote.for .words").count() >= 1
    ask(page, "pt needs a 48 hour pain infusion at home, which code?")
    assert last_bot(page).locator(".verdict .head").first.text_content() == "S9327does not fit"
    assert "less than twenty-four hours" in last_bot(page).locator(".verdict .quote.against .words").first.text_content()


def beside(page, *codes):
    """Open the table from the answer, and wait until it is that of these codes."""
    page.click("#beside")
    page.wait_for_function(
        "codes => [...document.querySelectorAll('#table thead th')].map(h => h.textContent).join() === codes.join()", arg=list(codes)
    )


def boxes(locator):
    return [one.bounding_box() for one in locator.all()]


def test_codes_stand_side_by_side_and_one_click_shows_all_their_sections(page, assistant):
    ask(page, "compare S9330 and S9327 duration")
    left, right = boxes(last_bot(page).locator(".column"))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    beside(page, "S9330", "S9327")
    rows = assistant.compare(["S9330", "S9327"])
    assert page.locator("#table tbody th").all_text_contents() == [row.heading for row in rows]
    wanted = [cell.text for row in rows for cell in row.cells if cell]
    assert page.locator("#table .words").all_text_contents() == wanted
    assert page.locator("#table .place").count() == len(wanted)
    assert page.locator("#table .missing").all_text_contents() == [NO_SECTION] * sum(cell is None for row in rows for cell in row.cells)


def test_one_section_of_the_compared_codes_can_be_chosen(page):
    page.get_by_role("tab", name="Compare").click()
    page.wait_for_selector("#table table")
    assert page.locator("#section input").input_value() == ALL_SECTIONS
    page.locator("#section input").click()
    page.get_by_role("option", name="Duration").click()
    page.wait_for_function("() => document.querySelectorAll('#table tbody tr').length === 1")
    assert page.locator("#table tbody th").all_text_contents() == ["Duration"]


def test_fewer_than_two_codes_are_explained(page):
    page.get_by_role("tab", name="Compare").click()
    page.wait_for_selector("#table table")
    page.locator("#codes input").focus()
    page.keyboard.press("Backspace")
    page.wait_for_selector("#table .said")
    assert "two or more" in page.locator("#table").text_content()


def test_on_a_phone_cells_stand_below_each_other_under_their_code_and_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "compare S9330 and S9327 duration")
    upper, lower = boxes(last_bot(page).locator(".column"))
    assert upper["x"] == lower["x"]
    assert upper["y"] + upper["height"] <= lower["y"]
    beside(page, "S9330", "S9327")
    first, second = boxes(page.locator("#table tbody tr").first.locator("td"))
    assert first["x"] == second["x"]
    assert first["y"] + first["height"] <= second["y"]
    assert page.locator("#table tbody tr").first.locator(".owner:visible").all_text_contents() == ["S9330", "S9327"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes(page.locator("#table tbody td")))


CONTRAST = """selector => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)); };
  const light = rgb => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => {
    const c = rgb[i] / 255; return sum + w * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); }, 0);
  return [...document.querySelectorAll(selector)].map(element => {
    const layers = []; let opacity = 1;
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e), colour = style.backgroundColor;
      opacity *= Number(style.opacity);
      layers.unshift(colour.startsWith('rgb') ? parts(colour) : [128, 128, 128, 0.1]);
    }
    const ground = layers.reduce((below, top) => over(top, below), [255, 255, 255]);
    const ink = over([...parts(getComputedStyle(element).color).slice(0, 3), opacity], ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  });
}"""
"""The contrast of text to what is behind it, by WCAG 2; a mixed colour counts as a tenth of grey."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_of_an_answer_can_be_read_in_light_and_in_dark(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.wait_for_selector("#question textarea")
    ask(page, "S9330 duration")
    ask(page, "does it include the drugs?")
    ask(page, "how much does S9357 cost?")
    ask(page, "pt needs an 18 hour pain infusion at home, which code?")
    ask(page, "pt needs a 48 hour pain infusion at home, which code?")
    for part in (".words", ".place", ".understood", ".chip", ".said", ".side"):
        assert page.locator(f"#chat {part}").count(), part
        page.wait_for_function(f"part => Math.min(...({CONTRAST})(part)) >= 4.5", arg=f"#chat {part}")
    page.wait_for_function(f"part => Math.min(...({CONTRAST})(part)) >= 4.5", arg="#source .furniture, #source mark")


def test_a_disagreement_and_a_nearest_passage_do_not_look_like_an_answer(page):
    look = "e => { const s = getComputedStyle(e); return [s.borderLeftStyle, s.borderLeftColor] }"
    ask(page, "does S9330 include the drugs?")
    answer = last_bot(page).locator(".quote.answer").first.evaluate(look)
    conflict = last_bot(page).locator(".notice.conflict")
    assert conflict.locator(".said").text_content() == CONFLICT
    ask(page, "how much does S9357 cost?")
    nearest = last_bot(page).locator(".notice.nearest")
    assert nearest.locator(".said").text_content() == NEAREST
    looks = [answer, page.locator(".quote.conflict").first.evaluate(look), nearest.locator(".quote").evaluate(look)]
    assert len({tuple(one) for one in looks}) == 3


def test_a_screen_reader_gets_names_and_no_markup(page):
    ask(page, "S9357 and S9330 duration")
    page.wait_for_selector("#quotes[aria-label]")
    assert page.get_by_role("group", name="Quotes of this answer").is_visible()
    assert page.get_by_role("log").get_attribute("tabindex") == "0"
    assert page.get_by_role("textbox", name="Question").is_visible()
    labels = page.locator("[aria-label]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert not [label for label in labels if "<" in label]


@pytest.fixture
def hostile(browser, opened):
    """The page over documents whose every line tries to be more than text."""
    attack = "<img src=x onerror=alert(1)> <script>alert(1)</script> ![a](http://127.0.0.9/a.png) **b**"
    said = "Harbour {1} {2}\n\nCode: {0}\n\nSummary\n\nThe {1} {2} is open.\n\nRisks\n\nThe {1} is wet {2}.\n"
    files = {f"{name}.txt": said.format(code, name, attack) for code, name in (("F1001", "ferry"), ("L2002", "tower"))}
    page, url = serve(opened(files), "127.0.0.1", free_port(), open_browser=False, block=False)
    context = browser.new_context()
    tab = context.new_page()
    tab.set_default_timeout(WAIT)
    tab.requested, tab.said = [], []
    tab.on("request", lambda request: tab.requested.append(request.url))
    tab.on("dialog", lambda dialog: (tab.said.append(dialog.message), dialog.dismiss()))
    tab.goto(url)
    tab.wait_for_selector("#question textarea")
    yield tab
    context.close()
    page.close()


def test_hostile_documents_stay_text_in_every_view(hostile):
    ask(hostile, "which one is wet?")
    ask(hostile, "F1001 and L2002 risks")
    hostile.wait_for_selector("#source mark")
    beside(hostile, "F1001", "L2002")
    assert hostile.locator("#table .words", has_text="<script>alert(1)</script>").count() >= 4
    assert hostile.locator("img[src=x], #chat script, #table script, #source script, #chat strong, #table strong").count() == 0
    assert hostile.said == []
    assert not [url for url in hostile.requested if "a.png" in url or urlsplit(url).hostname not in ("127.0.0.1", None)]


def test_a_new_conversation_forgets_the_old_one(page):
    ask(page, "S9330 duration")
    page.click("#clear")
    page.wait_for_function("() => document.querySelectorAll('#chat .bot').length === 0")
    assert page.locator("#source mark").count() == 0
    ask(page, "and its risks?")
    assert CARRIED not in last_bot(page).text_content()


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
    ask(page, "S9357 and S9330 duration")
    page.wait_for_selector("#source mark")
    beside(page, "S9357", "S9330")
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


def test_questions_from_before_a_fresh_start_do_not_come_back_and_no_question_can_pretend_one():
    def said(role, content):
        return {"role": role, "content": [{"type": "text", "text": content}]}

    messages = [said("user", "first"), said("assistant", "one"), said("user", "again"), said("assistant", f"{AFRESH_HTML}two</div>")]
    assert earlier_questions(messages) == ["again"]
    assert earlier_questions([*messages, said("user", "third"), said("assistant", "three")]) == ["again", "third"]
    assert earlier_questions([said("user", "first"), said("user", AFRESH_HTML), said("assistant", f"x{AFRESH_HTML}")]) == [
        "first",
        AFRESH_HTML,
    ]


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


def test_the_endpoint_fit_gives_the_same_answer_as_the_assistant(client, assistant):
    case = "pt needs an 18 hour pain infusion at home"
    value = client.predict(case, api_name="/fit")
    assert {**value, "elapsed_ms": 0} == {**answer_to_json(assistant.fit(case)), "elapsed_ms": 0}
    assert [one["code"] for one in value["codes"] if one["fits"]] == ["S9327"]


def test_the_endpoint_compare_gives_rows_of_slices(client, corpus):
    [row] = client.predict(["S9330", "S9336"], "Tools", api_name="/compare")
    cell, missing = row["cells"]
    assert row["section"] == "Tools/Equipment"
    assert (corpus / cell["document"]).read_bytes().decode()[cell["start"] : cell["end"]] == cell["text"]
    assert missing is None
    assert len(client.predict(["S9330", "S9336"], api_name="/compare")) > 10


@pytest.mark.parametrize(("codes", "complaint"), [(["S9330"], "two or more"), (["S9330", "S9999"], "S9999")])
def test_the_endpoint_compare_explains_an_error(client, codes, complaint):
    with pytest.raises(Exception, match=complaint):
        client.predict(codes, api_name="/compare")


def test_every_tool_and_each_of_its_parameters_is_described(address):
    with urlopen(f"{address}gradio_api/mcp/schema") as reply:
        tools = json.load(reply)
    assert {tool["name"] for tool in tools} == {"ask", "fit", "compare", "search", "codes"}
    for tool in tools:
        assert tool["description"], tool["name"]
        assert all(parameter.get("description") for parameter in tool["inputSchema"]["properties"].values()), tool["name"]


def posted(url, body):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with urlopen(Request(url, json.dumps(body).encode(), headers)) as reply:
        return reply.read().decode()


def called(address, name, arguments):
    """Return the event and the data that a call over plain HTTP ends in."""
    event = json.loads(posted(f"{address}gradio_api/call/v2/{name}", arguments))["event_id"]
    with urlopen(f"{address}gradio_api/call/{name}/{event}") as reply:
        kind, data = re.fullmatch(r"event: (\w+)\ndata: (.*)\n\n", reply.read().decode()).groups()
    return kind, json.loads(data)


def test_the_calls_that_the_readme_shows_give_an_answer(address, root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    start, fetch, body = re.search(
        r"curl http://127.0.0.1:7860/(\S+) -H 'Content-Type: application/json' -d '(.*)'\ncurl http://127.0.0.1:7860/(\S+)EVENT_ID", readme
    ).group(1, 3, 2)
    event = json.loads(posted(address + start, json.loads(body)))["event_id"]
    with urlopen(f"{address}{fetch}{event}") as reply:
        kind, data = reply.read().decode().strip().split("\n")
    [answer] = json.loads(data.removeprefix("data: "))
    assert kind == "event: complete"
    assert SENTENCE in [quote["text"] for quote in answer["quotes"]]


@pytest.mark.parametrize(
    ("name", "arguments", "found"),
    [
        ("ask", {"question": "and its risks?", "history": ["S9330 duration"]}, lambda one: one["resolved"].startswith("S9330")),
        ("ask", {"question": "how long?", "code": "S9327"}, lambda one: {quote["code"] for quote in one["quotes"]} == {"S9327"}),
        ("fit", {"scenario": "an 18 hour pain infusion at home"}, lambda one: one["codes"][0]["code"] == "S9327"),
        ("compare", {"codes": ["S9330", "S9336"]}, lambda rows: len(rows) > 10),
        ("search", {"question": "rare risks", "k": 2}, lambda rows: len(rows) == 2),
        ("codes", {}, lambda rows: len(rows) == 5),
    ],
)
def test_every_endpoint_takes_its_arguments_by_name_over_plain_http(address, name, arguments, found):
    kind, [value] = called(address, name, arguments)
    assert kind == "complete"
    assert found(value)


def test_an_error_over_plain_http_is_a_sentence(address):
    kind, value = called(address, "ask", {"question": "how long?", "code": "S9999"})
    assert kind == "error"
    assert value["error"].startswith("no document describes the code 'S9999'; ")


def test_the_tools_are_called_at_the_address_that_the_readme_gives(address, root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    [place] = [one["url"] for one in json.loads(re.search(r"```json\n(.*mcpServers.*)\n```", readme)[1])["mcpServers"].values()]
    url = place.replace("http://127.0.0.1:7860/", address)
    hello = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    assert "serverInfo" in posted(url, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    call = {"name": "ask", "arguments": {"question": "how long does S9357 take?"}}
    assert SENTENCE in posted(url, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})


def test_the_endpoint_search_gives_passages_with_their_places(client, corpus):
    rows = client.predict("rare risks", 3, api_name="/search")
    assert len(rows) == 3
    for row in rows:
        assert (corpus / row["document"]).read_bytes().decode()[row["start"] : row["end"]] == row["text"]


def test_the_endpoints_search_and_codes_give_what_the_command_line_gives(client, ask_real):
    asked = client.predict("rare risks", 3, "s-9330", api_name="/search")
    assert asked == json.loads(ask_real("search", "rare risks", "-k", "3", "--code", "S9330", "--json").out)
    assert {row["code"] for row in asked} == {"S9330"}
    assert client.predict(api_name="/codes") == json.loads(ask_real("codes", "--json").out)


def test_the_endpoint_ask_can_be_held_to_one_code(client):
    value = client.predict("how long does it take?", [], "S9327", api_name="/ask")
    assert {quote["code"] for quote in value["quotes"]} == {"S9327"}
    with pytest.raises(Exception, match="no document describes the code 'S9999'"):
        client.predict("how long does it take?", [], "S9999", api_name="/ask")


def test_the_endpoint_search_explains_an_error(client):
    with pytest.raises(Exception, match="empty"):
        client.predict(" ", 3, api_name="/search")


@pytest.mark.parametrize(
    ("endpoint", "given", "complaint"),
    [
        ("/ask", {"question": 5}, "question: Input should be a valid string"),
        ("/ask", {"question": "duration?", "history": "S9357"}, "history: Input should be a valid list"),
        ("/ask", {"question": "duration?", "history": [None]}, "history.0: Input should be a valid string"),
        ("/fit", {"scenario": None}, "scenario: Input should be a valid string"),
        ("/search", {"question": "risks", "k": "many"}, "k: Input should be a valid integer"),
    ],
)
def test_an_endpoint_says_what_is_wrong_with_its_arguments(client, endpoint, given, complaint):
    with pytest.raises(Exception, match=complaint):
        client.predict(**given, api_name=endpoint)


def test_the_endpoint_codes_lists_the_codes(client):
    assert [row["code"] for row in client.predict(api_name="/codes")] == ["S9327", "S9330", "S9336", "S9338", "S9357"]


def test_only_the_named_endpoints_are_public(client):
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/ask", "/fit", "/compare", "/search", "/codes"}
    assert client.view_api(return_format="dict")["unnamed_endpoints"] == {}


def test_a_port_that_is_taken_is_an_error_for_people(assistant):
    from assistant.errors import AssistantError

    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(AssistantError, match="--port"):
        serve(assistant, "127.0.0.1", server.getsockname()[1], open_browser=False, block=False)


def test_an_address_that_is_not_this_machines_is_an_error_for_people(assistant, monkeypatch):
    from assistant.errors import AssistantError

    def unknown(*_, **__):
        raise socket.gaierror("Name or service not known")

    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 7860))]
    for found in (unknown, lambda *_, **__: elsewhere):
        monkeypatch.setattr("assistant.web.socket.getaddrinfo", found)
        with pytest.raises(AssistantError) as caught:
            serve(assistant, "nowhere", 7860, open_browser=False, block=False)
        assert str(caught.value) == "'nowhere' is no address of this machine; name one with --host, such as 127.0.0.1"


def test_a_port_that_is_not_allowed_is_an_error_for_people(monkeypatch):
    from assistant.errors import AssistantError

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("assistant.web.socket.socket.bind", refuse)
    with pytest.raises(AssistantError, match="listening on port 80 of '127.0.0.1' is not allowed; choose another with --port"):
        check_address("127.0.0.1", 80)


def test_the_page_sends_no_analytics(assistant):
    assert build_page(assistant).analytics_enabled is False


def test_the_page_answers_from_an_index_that_was_built_after_it_was_opened(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    latest = Latest(assistant)
    assert latest() is assistant
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nCode: T2002\n\nDuration\n\nThe tram takes nine minutes.\n", encoding="utf-8")
    build_index(tiny / "corpus", tiny / "index", settings)
    assert "T2002" in latest().index.by_code
    assert "T2002" not in assistant.index.by_code


def test_codes_of_an_index_that_was_built_after_the_page_was_made_can_be_compared(browser, tiny, settings):
    served, url = serve(
        Assistant.open(tiny / "corpus", tiny / "index", settings), "127.0.0.1", free_port(), open_browser=False, block=False
    )
    context = browser.new_context()
    tab = context.new_page()
    tab.set_default_timeout(WAIT)
    tab.goto(url)
    tab.wait_for_selector("#question textarea")
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nCode: T2002\n\nDuration\n\nThe tram takes nine minutes.\n", encoding="utf-8")
    build_index(tiny / "corpus", tiny / "index", settings)
    ask(tab, "compare F1001 and T2002 duration")
    beside(tab, "F1001", "T2002")
    tab.reload()
    tab.get_by_role("tab", name="Compare").click()
    tab.locator("#codes input").click()
    tab.get_by_role("option", name="T2002").click()
    tab.wait_for_function("() => document.querySelectorAll('#table thead th').length === 3")
    assert tab.locator("#table thead th").all_text_contents() == ["F1001", "L2002", "T2002"]
    context.close()
    served.close()


def test_the_page_goes_on_with_its_own_documents_when_another_corpus_is_indexed_in_the_same_place(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    latest = Latest(assistant)
    (tiny / "other").mkdir()
    (tiny / "other" / "tram.txt").write_text("Tram\n\nCode: T2002\n\nDuration\n\nThe tram takes nine minutes.\n", encoding="utf-8")
    build_index(tiny / "other", tiny / "index", settings)
    assert latest() is latest() is assistant
    assert latest().ask("F1001: how long does the crossing take?").quotes[0].document == "ferry.txt"
    build_index(tiny / "corpus", tiny / "index", settings)
    assert latest() is not assistant
    assert list(latest().index.by_code) == ["F1001", "L2002"]


def test_the_page_goes_on_while_its_corpus_cannot_be_compared_with_a_new_index(tiny, settings):
    latest = Latest(Assistant.open(tiny / "corpus", tiny / "index", settings))
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nCode: T2002\n\nDuration\n\nThe tram takes nine minutes.\n", encoding="utf-8")
    build_index(tiny / "corpus", tiny / "index", settings)
    (tiny / "corpus").rename(tiny / "aside")
    assert list(latest().index.by_code) == ["F1001", "L2002"]
    (tiny / "aside").rename(tiny / "corpus")
    assert list(latest().index.by_code) == ["F1001", "L2002", "T2002"]
