"""The page, and the REST and MCP endpoints behind it. The only module that imports gradio.

The server keeps no conversation: earlier questions come back from the page with each new one.
"""

from __future__ import annotations

import errno
import html
import os
import socket
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from pydantic import ValidationError, validate_call

from assistant.answer_json import answer_to_json
from assistant.api import Assistant, Latest
from assistant.endpoints import endpoints
from assistant.errors import AssistantError, QueryError
from assistant.html import AFRESH_HTML, CSS, answer_html, comparison_html, document_html, error_html, escape, quote_label
from assistant.rendering import answering
from assistant.tokens import codes_in
from assistant.types import Answer, Choice, Quote, SectionKind, Span

TITLE = "HCPCS Assistant"
INTRODUCTION = "Answers in the exact words of your documents, or says that they do not answer."
LIMITS = "Not coding, payment or medical advice. Everything stays on this machine."
EXAMPLES = 5
COMPARED = 6
"""So many codes are set side by side at most."""
ALL_SECTIONS = "All sections"
CHANGED = "The document has changed since it was quoted; ask again."
_SETTLE = """() => setTimeout(() => {
  const mark = document.querySelector('.document mark'), asked = [...document.querySelectorAll('#chat .user')].pop();
  const box = mark?.closest('.document'), log = document.querySelector('#chat [role=log]');
  if (box) box.scrollTop = mark.offsetTop - box.clientHeight / 3;
  if (log && asked) log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 40;
}, 150)"""
"""Shows the last question with what follows it, and the marked words in their document, without moving the page."""
_MEND = """() => {
  const mend = () => {
    document.querySelectorAll('#chat [role=log]:not([tabindex])').forEach(log => log.tabIndex = 0);
    document.querySelectorAll('#chat :is([data-testid=bot], [data-testid=user])').forEach(said => said.removeAttribute('aria-label'));
    document.querySelectorAll('fieldset:not([aria-label])').forEach(group =>
      group.setAttribute('aria-label', group.querySelector('[data-testid=block-info]')?.textContent ?? ''));
  };
  new MutationObserver(mend).observe(document.body, {childList: true, subtree: true, attributeFilter: ['aria-label']});
  mend();
}"""
"""Mends what Gradio leaves to a keyboard and a screen reader: a conversation that cannot be scrolled, messages that are named by their
markup, groups of choices without a name.
"""
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
"""Keeps an event of the page from being an endpoint."""
Message = dict[str, Any]


def earlier_questions(messages: list[Message]) -> list[str]:
    """Return what the person asked so far, from the conversation as the page shows it; nothing from before a fresh start."""
    asked: list[str] = []
    for message in messages:
        if message["role"] == "user":
            asked.append(html.unescape(_content(message["content"])))
        elif _content(message["content"]).startswith(AFRESH_HTML):
            del asked[:-1]
    return asked


def _content(content: object) -> str:
    if isinstance(content, list):
        return "".join(_content(part.get("text", "")) if isinstance(part, dict) else _content(part) for part in content)
    return str(content)


def _place(quote: Quote) -> str:
    return f"{quote.start} {quote.end} {quote.sha256} {quote.document}"


def example_questions(assistant: Assistant) -> list[str]:
    """Return questions made of the corpus's own codes and headings, so that they suit any documents."""
    examples = []
    for number, document in enumerate(assistant.index.documents[:EXAMPLES]):
        headings = [section.heading for section in document.sections if section.kind is SectionKind.BODY]
        if headings:
            examples.append(f"{document.label}: {headings[(number * 5 + 6) % len(headings)]}?")
    return examples


def _choices(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """Return what a question may have meant: as it is shown, and as it is asked about."""
    return [(" · ".join(filter(None, (choice.code, choice.label))), choice.code or choice.label) for choice in choices]


class Conversation:
    """What the page does with a question. Keeps nothing; every method gets the conversation as the page shows it.

    Replies are values for, in this order: question, conversation, choices, undo, comparison, its codes, quotes, source, raw answer.
    """

    def __init__(self, latest: Latest) -> None:
        self._latest = latest

    def reply(self, question: str, messages: list[Message]) -> tuple[Any, ...]:
        """Answer a question after those before it."""
        history, assistant = earlier_questions(messages), self._latest()
        return self._show(assistant, question, messages, assistant.ask(question, history), assistant.carried(question, history))

    def reply_about(self, choice: str, messages: list[Message]) -> tuple[Any, ...]:
        """Ask the last question again about what was picked."""
        (*earlier, last), assistant = earlier_questions(messages), self._latest()
        if choice in assistant.index.by_code:
            return self._show(assistant, f"{last} ({choice})", messages, assistant.ask(last, earlier, code=choice))
        return self.reply(f"{last} ({choice})", messages)

    def reply_afresh(self, messages: list[Message]) -> tuple[Any, ...]:
        """Ask the last question again, in place of its answer, as if nothing had been asked before."""
        last, assistant = earlier_questions(messages)[-1], self._latest()
        return self._show(assistant, last, messages[:-2], assistant.ask(last), afresh=True)

    def forget(self) -> tuple[Any, ...]:
        """Begin anew."""
        nothing, hidden = gr.update(choices=[], value=None, visible=False), gr.update(visible=False)
        return "", [], nothing, hidden, hidden, [], nothing, "", None

    def look(self, place: str | None) -> str:
        """Return the document of a quote with the quote highlighted."""
        if not place:
            return ""
        start, end, sha256, name = place.split(" ", 3)
        document = self._latest().index.by_id.get(name)
        if document is None or document.sha256 != sha256:
            return CHANGED
        return document_html(document, Span(int(start), int(end)))

    def _show(
        self,
        assistant: Assistant,
        question: str,
        messages: list[Message],
        answer: Answer,
        carried: tuple[str, ...] = (),
        *,
        afresh: bool = False,
    ) -> tuple[Any, ...]:
        documents = assistant.index.by_id
        said = answer_html(answer, documents, carried, afresh=afresh)
        shown = [*messages, {"role": "user", "content": escape(question)}, {"role": "assistant", "content": said}]
        places = [(quote_label(quote, documents), _place(quote)) for quote in answer.quotes]
        first = places[0][1] if places else None
        meant, several = _choices(answer.choices), _several_codes(assistant, question, answer)
        return (
            "", shown, gr.update(choices=meant, value=None, visible=bool(meant)), gr.update(visible=bool(carried)),
            gr.update(visible=bool(several)), several, gr.update(choices=places, value=first, visible=bool(places)), self.look(first),
            answer_to_json(answer),
        )  # fmt: skip


def _several_codes(assistant: Assistant, question: str, answer: Answer) -> list[str]:
    """Return the codes of an answer, or else those that its question names, where they are several that can be compared."""
    answered = list(dict.fromkeys(quote.code for quote in answering(answer) if quote.code))
    codes = answered if len(answered) > 1 else codes_in(question, assistant.index.settings.code_pattern)
    known = [code for code in codes if code in assistant.index.by_code][:COMPARED]
    return known if len(known) > 1 else []


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page over one assistant."""
    latest = Latest(assistant)
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        gr.Markdown(f"# {TITLE}\n{INTRODUCTION}")
        with gr.Tabs(elem_id="views") as views:
            with gr.Tab("Ask", id="ask"):
                beside, compared = _add_conversation(latest)
            if len(assistant.index.by_code) > 1:
                with gr.Tab("Compare", id="compare"):
                    codes, refresh, outputs = _add_comparison(latest, page)
                turn = beside.click(
                    lambda chosen: (gr.update(selected="compare"), _code_choices(latest(), chosen)), compared, [views, codes], **PRIVATE
                )
                turn.then(refresh, codes, outputs, **PRIVATE)
        gr.Markdown(LIMITS)
        for endpoint in endpoints(latest):
            gr.api(_checked(endpoint), api_name=endpoint.__name__)
        page.load(None, None, None, js=_MEND, **PRIVATE)
    return page


def _add_conversation(latest: Latest) -> tuple[gr.Button, gr.JSON]:
    """Add the conversation; return the button that sets an answer's codes side by side, and the component that holds these codes."""
    conversation, assistant = Conversation(latest), latest()
    with gr.Row():
        with gr.Column(scale=3):
            chat = gr.Chatbot(
                label="Conversation", height="min(54vh, 44em)", latex_delimiters=[], buttons=[], autoscroll=False, elem_id="chat"
            )
            meant = gr.Radio(label="Which one do you mean?", choices=[], visible=False, elem_id="meant")
            with gr.Row():
                fresh = gr.Button("Ask again without what was carried over", visible=False, size="sm", elem_id="fresh")
                beside = gr.Button("Set these codes side by side", visible=False, size="sm", elem_id="beside")
            question = gr.Textbox(
                label="Question",
                placeholder="Ask about a code or a procedure",
                lines=1,
                max_length=assistant.index.settings.max_question_characters,
                autofocus=True,
                elem_id="question",
            )
            with gr.Row():
                send = gr.Button("Ask", variant="primary", elem_id="send")
                clear = gr.Button("New conversation", elem_id="clear")
            gr.Examples(example_questions(assistant), question, label="Examples")
        with gr.Column(scale=2):
            quotes = gr.Radio(
                label="Quotes of this answer: choose one to see it in its document", choices=[], visible=False, elem_id="quotes"
            )
            source = gr.HTML(elem_id="source")
            with gr.Accordion("Answer as JSON", open=False):
                raw = gr.JSON(show_label=False)
    compared = gr.JSON([], visible=False)
    outputs = [question, chat, meant, fresh, beside, compared, quotes, source, raw]
    turns = [
        question.submit(conversation.reply, [question, chat], outputs, **PRIVATE),
        send.click(conversation.reply, [question, chat], outputs, **PRIVATE),
        meant.input(conversation.reply_about, [meant, chat], outputs, **PRIVATE),
        fresh.click(conversation.reply_afresh, chat, outputs, **PRIVATE),
        quotes.input(conversation.look, quotes, source, **PRIVATE),
    ]
    for turn in turns:
        turn.then(None, None, None, js=_SETTLE, **PRIVATE)
    for trigger in (clear.click, chat.clear):
        trigger(conversation.forget, None, outputs, **PRIVATE)
    return beside, compared


def _code_choices(assistant: Assistant, chosen: list[str]) -> Any:  # noqa: ANN401 - what Gradio calls an update
    """Return the choice of codes as the index is now, with those chosen that are in it."""
    known = list(assistant.index.by_code)
    return gr.update(choices=known, value=[code for code in chosen if code in known])


def _add_comparison(latest: Latest, page: gr.Blocks) -> tuple[gr.Dropdown, Any, list[Any]]:
    """Add the table of codes; return the choice of codes, what is done when it changes, and the outputs of that."""
    index = latest().index
    made_from, known = index.manifest.fingerprint, list(index.by_code)

    def table(codes: list[str], section: str = ALL_SECTIONS) -> str:
        """Return codes side by side, or why they cannot be."""
        assistant = latest()
        try:
            rows = assistant.compare(codes, None if section == ALL_SECTIONS else section)
            known = list(dict.fromkeys(map(assistant.known_code, codes)))
        except QueryError as error:
            return error_html(str(error))
        return comparison_html(known, rows, assistant.index.by_id)

    def headings(codes: list[str]) -> list[str]:
        """Return the sections that can be chosen for codes."""
        try:
            return [ALL_SECTIONS, *dict.fromkeys(row.heading for row in latest().compare(codes))]
        except QueryError:
            return [ALL_SECTIONS]

    def refresh(codes: list[str]) -> tuple[Any, str]:
        return gr.update(choices=headings(codes), value=ALL_SECTIONS), table(codes)

    def renew() -> tuple[Any, ...]:
        """Return what an opened page begins with; what it came with where the index is still the one it was made from."""
        assistant = latest()
        if assistant.index.manifest.fingerprint == made_from:
            return gr.skip(), gr.skip(), gr.skip()
        first = list(assistant.index.by_code)[:2]
        return _code_choices(assistant, first), *refresh(first)

    first = known[:2]
    with gr.Row():
        codes = gr.Dropdown(
            known,
            value=first,
            multiselect=True,
            max_choices=COMPARED,
            label=f"Codes, two to {COMPARED}",
            elem_id="codes",
            scale=2,
            min_width=260,
        )
        section = gr.Dropdown(headings(first), value=ALL_SECTIONS, label="Section", elem_id="section", scale=1, min_width=200)
    shown = gr.HTML(table(first), elem_id="table")
    page.load(renew, None, [codes, section, shown], **PRIVATE)
    codes.change(refresh, codes, [section, shown], **PRIVATE)
    section.input(table, [codes, section], shown, **PRIVATE)
    return codes, refresh, [section, shown]


def _checked(endpoint: Callable[..., object]) -> Callable[..., object]:
    """Return an endpoint that turns arguments of the wrong type, and what is known to go wrong, into the answer that a caller sees."""
    call, parameters = validate_call(endpoint), signature(endpoint)

    @wraps(endpoint)
    def called(*given: object, **named: object) -> object:
        try:
            return call(**parameters.bind(*given, **named).arguments)
        except ValidationError as error:
            wrong = error.errors()[0]
            raise gr.Error(f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from error
        except AssistantError as error:
            raise gr.Error(str(error)) from error

    return called


def check_address(host: str, port: int) -> None:
    """Listen for a moment where the page is to be served.

    Raises:
        AssistantError: the address is none of this machine's, or the port is taken or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        raise AssistantError(f"listening on port {port} of '{host}' is not allowed; choose another with --port") from error
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AssistantError(f"port {port} of '{host}' is taken; choose another with --port") from error
        raise AssistantError(f"'{host}' is no address of this machine; name one with --host, such as 127.0.0.1") from error


def serve(assistant: Assistant, host: str, port: int, *, open_browser: bool, block: bool = True) -> tuple[gr.Blocks, str]:
    """Serve the page until interrupted, or in the background where `block` is False; return it and its address.

    Raises:
        AssistantError: the address is none of this machine's, or the port is taken.
    """
    check_address(host, port)
    page = build_page(assistant)
    theme = gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"])
    try:
        _, url, _ = page.launch(
            server_name=host, server_port=port or None, inbrowser=open_browser, prevent_thread_lock=True, quiet=True,
            share=False, mcp_server=True, css=CSS, theme=theme, footer_links=["api"], show_error=True, enable_monitoring=False,
        )  # fmt: skip
    except OSError as error:
        raise AssistantError(f"cannot listen on {host}:{port} ({error}); choose another with --port") from error
    print(f"The page is open at {url} (press Ctrl+C to stop)", flush=True)  # noqa: T201 - the address is this command's result
    if block:
        page.block_thread()
    return page, str(url)
