"""The page, and the REST and MCP endpoints behind it. The only module that imports gradio.

The server keeps no conversation: earlier questions come back from the page with each new one.
"""

from __future__ import annotations

import html
import os
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from assistant.answer_json import answer_to_json
from assistant.api import Assistant
from assistant.errors import AssistantError
from assistant.html import CSS, answer_html, document_html, escape, quote_label
from assistant.types import Answer, Span, Status

TITLE = "HCPCS Assistant"
INTRODUCTION = "Answers in the exact words of your documents, or says that they do not answer."
LIMITS = "Not coding, payment or medical advice. Everything stays on this machine."
EXAMPLES = 5
_SCROLL = "() => setTimeout(() => document.querySelector('.document mark')?.scrollIntoView({block: 'center'}), 150)"
Message = dict[str, Any]


def earlier_questions(messages: list[Message]) -> list[str]:
    """Return what the person asked so far, from the conversation as the page shows it."""
    return [_plain(message["content"]) for message in messages if message["role"] == "user"]


def _plain(content: object) -> str:
    if isinstance(content, list):
        return "".join(_plain(part.get("text", "")) if isinstance(part, dict) else _plain(part) for part in content)
    return html.unescape(str(content))


def _place(document: str, start: int, end: int) -> str:
    return f"{start} {end} {document}"


def _places(answer: Answer) -> list[tuple[str, str]]:
    """Return what can be looked at: the answer's quotes, each with its place."""
    return [(quote_label(quote), _place(quote.document, quote.start, quote.end)) for quote in answer.quotes]


def example_questions(assistant: Assistant) -> list[str]:
    """Return questions made of the corpus's own codes and headings, so that they suit any documents."""
    examples = []
    for number, document in enumerate(assistant.index.documents[:EXAMPLES]):
        headings = [section.heading for section in document.sections if section.kind.value == "body"]
        if headings:
            examples.append(f"{document.label}: {headings[(number * 5 + 6) % len(headings)]}?")
    return examples


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page over one assistant."""

    def reply(question: str, messages: list[Message]) -> tuple[Any, ...]:
        return show(question, messages, assistant.ask(question, earlier_questions(messages)))

    def reply_about(code: str, messages: list[Message]) -> tuple[Any, ...]:
        """Ask the last question again about the code that was picked."""
        *earlier, last = earlier_questions(messages)
        return show(f"{last} ({code})", messages, assistant.ask(last, earlier, code=code))

    def show(question: str, messages: list[Message], answer: Answer) -> tuple[Any, ...]:
        shown = [*messages, {"role": "user", "content": escape(question)}, {"role": "assistant", "content": answer_html(answer)}]
        places = _places(answer)
        first = places[0][1] if places else None
        meant = [(f"{choice.code} · {choice.label}", choice.code) for choice in answer.choices if choice.code]
        asked_back = gr.update(choices=meant, value=None, visible=bool(meant) and answer.status is Status.CLARIFY)
        return "", shown, asked_back, gr.update(choices=places, value=first, visible=bool(places)), look(first), answer_to_json(answer)

    def look(place: str | None) -> str:
        """Return the document of a quote with the quote highlighted."""
        if not place:
            return ""
        start, end, name = place.split(" ", 2)
        document = assistant.index.by_id.get(name)
        if document is None or not 0 <= int(start) < int(end) <= len(document.text):
            return ""
        return document_html(document, Span(int(start), int(end)))

    def hidden() -> Any:  # noqa: ANN401 - gradio types an update as a dict of anything
        return gr.update(choices=[], value=None, visible=False)

    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        gr.Markdown(f"# {TITLE}\n{INTRODUCTION}")
        with gr.Row():
            with gr.Column(scale=3):
                chat = gr.Chatbot(label="Conversation", height=460, latex_delimiters=[], buttons=[], elem_id="chat")
                meant = gr.Radio(label="Which one do you mean?", choices=[], visible=False, elem_id="meant")
                question = gr.Textbox(
                    label="Question",
                    placeholder="Ask about a code or a procedure",
                    lines=1,
                    max_length=2000,
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
        gr.Markdown(LIMITS)
        outputs = [question, chat, meant, quotes, source, raw]
        for trigger in (question.submit, send.click):
            trigger(reply, [question, chat], outputs, api_visibility="private").then(None, None, None, js=_SCROLL, api_visibility="private")
        meant.input(reply_about, [meant, chat], outputs, api_visibility="private").then(
            None, None, None, js=_SCROLL, api_visibility="private"
        )
        quotes.input(look, quotes, source, api_visibility="private").then(None, None, None, js=_SCROLL, api_visibility="private")
        clear.click(lambda: ("", [], hidden(), hidden(), "", None), None, outputs, api_visibility="private")
        _add_endpoints(assistant)
    return page


def _add_endpoints(assistant: Assistant) -> None:
    """Add the REST and MCP endpoints `ask`, `search` and `codes` to the page being built."""

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question with exact, cited quotations from the documents, or say why they do not answer.

        Args:
            question: The question.
            history: The earlier questions of the same conversation, oldest first.
        """
        return answer_to_json(assistant.ask(question, history or []))

    def search(question: str, k: int = 10) -> list[dict[str, Any]]:
        """Rank passages of the documents for a question, without answering.

        Args:
            question: What to search for.
            k: How many passages.
        """
        try:
            hits = assistant.search(question, k)
        except AssistantError as error:
            raise gr.Error(str(error)) from error
        texts = assistant.index.by_id
        return [
            {"document": h.chunk.document, "codes": list(h.chunk.codes), "section": h.chunk.heading, "start": h.chunk.span.start,
             "end": h.chunk.span.end, "score": h.score, "text": h.chunk.span.of(texts[h.chunk.document].text)}
            for h in hits
        ]  # fmt: skip

    def codes() -> list[dict[str, str]]:
        """List the codes that the documents describe, with their official titles."""
        return [{"code": entry.code, "title": entry.title, "document": entry.document} for entry in assistant.codes()]

    for endpoint in (ask, search, codes):
        gr.api(endpoint, api_name=endpoint.__name__)


def serve(assistant: Assistant, host: str, port: int, *, open_browser: bool, block: bool = True) -> tuple[gr.Blocks, str]:
    """Serve the page until interrupted, or in the background where `block` is False; return it and its address.

    Raises:
        AssistantError: the address or port is taken.
    """
    page = build_page(assistant)
    theme = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["monospace"])
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
