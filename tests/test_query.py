import pytest

from assistant.kinds import Kind
from assistant.turns import bare_text, documents_of_codes
from assistant.types import Reason, Status
from assistant.understanding import understand


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("S9327 duration", "duration"),
        ("HCPCS code S9327: risks", "risks"),
        ("s-9327 recovery", "recovery"),
        ("how long does S9357 last?", "how long does it last?"),
        ("how long does it last?", "how long does it last?"),
        ("S9327", ""),
        ("S9327?", ""),
        ("HCPCS codes S9357 and S9330 duration", "and it duration"),
        ("how do HCPCS S9330 and HCPCS S9327 differ in duration?", "how do it and it differ in duration?"),
    ],
)
def test_codes_are_taken_out_of_what_is_searched_for(settings, text, bare):
    assert bare_text(text, settings.code_pattern) == bare


def test_a_question_pasted_from_an_address_is_read_as_it_was_typed(assistant):
    assert understand(assistant.index, "S9357%20how%20long%3F", []) == understand(assistant.index, "S9357 how long?", [])


def test_what_is_clearly_about_one_service_lists_over_all_only_where_it_says_so(assistant):
    one = understand(assistant.index, "can you name all the professions that have a hand in enzyme replacement infusions?", [])
    over_all = understand(assistant.index, "which of these services are for enzyme replacement?", [])
    assert one.documents == documents_of_codes(assistant.index, ["S9357"])
    assert (one.kind, over_all.kind) == (Kind.FACT, Kind.LISTING)


@pytest.mark.parametrize(
    ("history", "question", "kind"),
    [
        (["what comes with S9357?"], "which of those are billed apart?", Kind.FACT),
        (["what comes with S9357?"], "which of those services need a nurse?", Kind.LISTING),
        (["S9357 and S9338: what comes with them?"], "which of them need a nurse?", Kind.LISTING),
    ],
)
def test_which_of_those_asks_of_what_one_service_holds_or_of_several_services(assistant, history, question, kind):
    assert understand(assistant.index, question, history).kind is kind


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("compare S9357 and S9338", True),
        ("home chemo vs home heparin", True),
        ("how do S9330 and S9327 differ?", True),
        ("supplies: S9330 vs S9336", False),
        ("S9330 and S9336 side by side: nursing", False),
        ("who gives it, S9357 or S9338?", False),
        ("how does S9357 differ from S9338 in who gives it?", False),
    ],
)
def test_what_all_titles_include_is_a_topic_of_a_comparison_and_no_name(assistant, question, only):
    query = understand(assistant.index, question, [])
    assert (query.kind, query.names_only) == (Kind.COMPARISON, only)


@pytest.mark.parametrize(
    "question", ["S9357 and if not?", "what is S9357 not for?", "what are S9357 and S9338 each not for?", "what is S9357 for?"]
)
def test_a_condition_or_an_exception_asks_for_more_than_the_title(assistant, question):
    assert not understand(assistant.index, question, []).names_only


@pytest.mark.parametrize(
    "text",
    [
        "hydromorphone for the pain is infused at home three hours each evening. No chemo any more. Which code is it?",
        "pain medicine by drip at home three hours each evening, without chemo; which code is it?",
        "pain medicine by drip at home three hours each evening, not chemo; which code is it?",
    ],
)
def test_what_a_question_denies_is_not_its_subject(assistant, text):
    assert understand(assistant.index, text, []).subjects[0].document == documents_of_codes(assistant.index, ["S9327"])[0]


def test_documents_come_once_in_the_order_of_their_codes(assistant):
    found = documents_of_codes(assistant.index, ["S9357", "S9327", "S9357", "S9999"])
    assert [name[:5] for name in found] == ["S9357", "S9327"]


@pytest.mark.parametrize(
    ("question", "kind", "owners"),
    [
        ("S9357 duration", Kind.FACT, ["S9357"]),
        ("9357 duration", Kind.FACT, ["S9357"]),
        ("risks of enzyme replacement", Kind.FACT, ["S9357"]),
        ("what are the risks?", Kind.FACT, []),
        ("S9330 and S9336 duration", Kind.COMPARISON, ["S9330", "S9336"]),
        ("chemo vs heparin risks", Kind.COMPARISON, ["S9330", "S9336"]),
        ("difference between immunotherapy and enzyme replacement", Kind.COMPARISON, ["S9338", "S9357"]),
        ("which services mention anaphylaxis?", Kind.LISTING, []),
        ("what code for an 18-hour pain infusion at home?", Kind.SCENARIO, ["S9327"]),
    ],
)
def test_a_question_is_told_by_its_kind_and_its_documents(assistant, question, kind, owners):
    query = understand(assistant.index, question, [])
    assert query.kind is kind
    assert [name[:5] for name in query.documents] == owners
    assert query.carried == ()


@pytest.mark.parametrize(
    ("question", "questions"),
    [
        ("How long does S9357 take and does it need sedation?", ("How long does it take", "does it need sedation?")),
        ("who comes for S9338? and is it painful?", ("who comes for it", "is it painful?")),
        ("what are the risks and complications of S9338?", ()),
        ("S9338 is new to me. how long does it take?", ()),
        ("how long does S9338 take, and how", ()),
        ("does S9338 hurt or is it painless?", ()),
    ],
)
def test_several_questions_about_one_document_are_told_apart(assistant, question, questions):
    assert tuple(one.text for one in understand(assistant.index, question, []).questions) == questions


def test_an_unknown_code_is_kept_apart(assistant):
    query = understand(assistant.index, "S9999 or S9357 duration", [])
    assert (query.codes, query.unknown) == (("S9357",), ("S9999",))


@pytest.mark.parametrize("question", ["hello", "please tell me more", "thanks", "ok"])
def test_a_question_that_asks_nothing_is_empty(assistant, question):
    assert understand(assistant.index, question, []).is_empty


@pytest.mark.parametrize("said", ["thanks", "ok, great!", "Hello there", "that's all, bye"])
def test_small_talk_asks_nothing_of_what_was_spoken_of_and_the_next_turn_still_does(assistant, said):
    assert assistant.ask(said, ["how long does S9357 take?"]).reason is Reason.EMPTY_QUESTION
    assert assistant.ask("and its risks?", ["how long does S9357 take?", said]).resolved == "S9357 · Risks and Complications"


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("which codes besides S9330 are for cancer?", {"S9327", "S9338"}),
        ("Which of these are for cancer, other than S9330?", {"S9327", "S9338"}),
        ("compare S9357 with the chemo infusion on duration", {"S9357", "S9330"}),
        ("S9357 or immunotherapy: which takes longer?", {"S9357", "S9338"}),
        ("how long does S9357 take, not S9330?", {"S9357"}),
        ("What needs its own code besides S9327?", {"S9327"}),
        ("Not the common ones, and not for chemo: what RARE risks has s9336?", {"S9336"}),
    ],
)
def test_a_code_that_is_left_out_is_not_answered_for_and_one_beside_a_service_in_words_is(assistant, question, codes):
    assert {quote.code for quote in assistant.ask(question).quotes} == codes


@pytest.mark.parametrize(
    ("history", "question", "codes"),
    [
        ([], "I trained in oncology where everybody has a port. For enzyme replacement, which vein is the IV put in?", {"S9357"}),
        ([], "Who prepares the drug in immunotherapy, and who does it in the heparin service?", {"S9338", "S9336"}),
        ([], "give me the length of the infusion for every code on file", {"S9327", "S9330", "S9336", "S9338", "S9357"}),
        (
            ["who is on the team for the heparin pump?", "and for pain?"],
            "what does the pharmacist do in the first of those two?",
            {"S9336"},
        ),
    ],
)
def test_what_is_asked_of_which_documents(assistant, history, question, codes):
    assert {quote.code for quote in assistant.ask(question, history).quotes} == codes


@pytest.mark.parametrize("question", ["asdf jkl zzqx blorp infusion", "could you book me a visit on Tuesday?", "Please send us the forms"])
def test_gibberish_and_errands_are_out_of_scope(assistant, question):
    assert assistant.ask(question).reason is Reason.OUT_OF_SCOPE


def test_a_code_that_is_asked_why_not_is_asked_about(assistant):
    assert understand(assistant.index, "why not S9330?", []).codes == ("S9330",)


@pytest.mark.parametrize(
    ("history", "question", "owner", "carried"),
    [
        (["S9357 duration"], "and its risks?", "S9357", ("codes",)),
        (["S9357 duration", "and its risks?"], "recovery?", "S9357", ("codes",)),
        (["S9357 duration", "what about S9330?"], "and the risks?", "S9330", ("codes",)),
        (["S9357 duration"], "same for the blood thinner one", "S9336", ("topic",)),
        (["S9357 duration"], "S9327?", "S9327", ("topic",)),
        (["S9357 duration"], "what are the risks of home chemotherapy?", "S9330", ()),
        (["S9357 duration"], "S9330 risks", "S9330", ()),
        (["how long does it take?"], "the enzyme one", "S9357", ("topic",)),
        (["is a nurse needed for S9357?"], "why?", "S9357", ("codes", "topic")),
        (["what happens first with S9357?"], "and after that?", "S9357", ("codes", "topic")),
        (["risks of S9357"], "who does it?", "S9357", ("codes",)),
        (["S9357 duration"], "chemo?", "S9330", ("topic",)),
        (["S9357 or S9330: which takes longer?", "is a nurse needed for S9357?"], "no, the other one", "S9330", ("topic",)),
        (["S9357 duration", "what about S9336?"], "back to the first one: who is it for?", "S9357", ()),
        (["compare S9330 and S9336"], "and the risks of the latter?", "S9336", ()),
        (["S9357 equipment", "S9338 equipment"], "go back to the first: must there be a pump?", "S9357", ()),
        (["what does S9327 do", "who gets it"], "switch to the blood thinner one, who gets that?", "S9336", ()),
        (["S9357 duration"], "as for chemo, who mixes it?", "S9330", ()),
        (["S9336 and S9330, how do they differ?", "what is the pump for?"], "and the second code?", "S9330", ("topic",)),
    ],
)
def test_a_follow_up_is_completed_from_the_turns_before_it(assistant, history, question, owner, carried):
    query = understand(assistant.index, question, history)
    assert [name[:5] for name in query.documents] == [owner]
    assert query.carried == carried


@pytest.mark.parametrize("turn", ["and at night?", "and if it runs low?", "and the catch?", "how many days does it go on then?"])
def test_a_short_turn_keeps_the_subject_and_is_read_in_the_light_of_the_turn_before(assistant, turn):
    query = understand(assistant.index, turn, ["how long does enzyme infusion take?"])
    [document] = assistant.documents("S9357")
    assert (query.documents, query.carried) == ((document.id,), ("codes",))
    assert (query.text, query.context) == (turn, "how long does enzyme infusion take?")


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        ("as for chemo, who mixes it?", "who mixes it?"),
        ("what about chemotherapy: is it safe at home?", "is it safe at home?"),
        ("what about the risks of chemotherapy, the rare ones", "what about the risks of chemotherapy, the rare ones"),
    ],
)
def test_what_only_leads_to_another_subject_is_not_asked_of_it(assistant, turn, text):
    assert understand(assistant.index, turn, ["S9357 duration"]).text == text


def test_what_leads_to_a_part_of_the_same_subject_stays_asked(assistant):
    turn = "and the one about enzyme risks, how long is that?"
    assert understand(assistant.index, turn, ["S9357 duration"]).text == turn


def test_the_other_of_two_that_were_set_side_by_side_is_one_of_them(assistant):
    query = understand(assistant.index, "and the other one?", ["between S9336 and S9338, how long is S9338?"])
    assert query.documents == documents_of_codes(assistant.index, ["S9336", "S9338"])


def test_what_names_the_same_subject_again_asks_something_new_of_it(assistant):
    query = understand(assistant.index, "what about the enzyme supplies?", ["how long does enzyme infusion take?"])
    assert query.carried != ("topic",)
    assert "supplies" in query.text


def test_what_is_asked_again_of_another_document_does_not_name_the_first(assistant):
    query = understand(assistant.index, "no sorry, the immune one", ["How long do the enzyme infusions take?"])
    assert [query.asked_of(name) for name in query.documents] == ["How long do the take?"]


@pytest.mark.parametrize("question", ["same for the blood thinner one", "S9327?", "what about S9330?", "and S9338?"])
def test_a_follow_up_that_only_names_a_subject_asks_the_same_again(assistant, question):
    assert understand(assistant.index, question, ["S9357 duration"]).text == "duration"


@pytest.mark.parametrize(
    ("history", "question", "owner", "section"),
    [
        (["S9357 duration"], "and its risks?", "S9357", "Risks and Complications"),
        (["S9357 duration"], "same for the blood thinner one", "S9336", "Duration"),
        (["S9357 duration"], "S9327?", "S9327", "Duration"),
        (["S9357 duration"], "what are the risks of home chemotherapy?", "S9330", "Risks and Complications"),
        (["what are the risks of chemotherapy at home"], "and for enzyme replacement?", "S9357", "Risks and Complications"),
    ],
)
def test_follow_ups_are_answered_from_the_document_and_section_meant(assistant, history, question, owner, section):
    answer = assistant.ask(question, history)
    assert answer.status is Status.ANSWERED
    assert {(quote.code, quote.section) for quote in answer.quotes} == {(owner, section)}


def test_a_comparison_stays_one_in_the_next_turn(assistant):
    query = understand(assistant.index, "and the risks?", ["S9330 vs S9336 duration"])
    assert query.kind is Kind.COMPARISON
    assert query.codes == ("S9330", "S9336")


def test_a_new_question_with_its_own_code_is_answered_as_without_history(assistant):
    answer = assistant.ask("S9330 risks", ["S9357 duration", "and its alternatives?"])
    assert answer.quotes == assistant.ask("S9330 risks").quotes


def test_a_new_question_that_the_documents_do_not_cover_inherits_no_answer(assistant):
    assert assistant.ask("what is the capital of France?", ["S9357 duration"]).status is Status.ABSTAINED


@pytest.mark.parametrize("question", ["what about the third one?", "the former"])
def test_what_points_to_nothing_spoken_of_stays_with_the_subject(assistant, question):
    query = understand(assistant.index, question, ["S9357 duration"])
    assert [name[:5] for name in query.documents] == ["S9357"]


@pytest.mark.parametrize("question", ["the other one", "and the others?", "what about the other code?"])
def test_the_other_is_asked_back_where_no_other_was_spoken_of(assistant, question):
    for history in (["how long does S9357 take?"], ["How long does the enzyme infusion take?"]):
        query = understand(assistant.index, question, history)
        assert (query.documents, query.carried) == ((), ("topic",))
        answer = assistant.ask(question, history)
        assert answer.status is Status.CLARIFY
        assert "S9357" not in {choice.code for choice in answer.choices}


def test_the_other_of_a_turn_that_asked_nothing_is_the_subject_again(assistant):
    assert understand(assistant.index, "and the other one?", ["S9330"]).codes == ("S9330",)


def test_a_topic_is_carried_with_what_it_was_read_in_the_light_of(assistant):
    query = understand(assistant.index, "same for S9338", ["are drugs included in S9327?", "and nursing?"])
    assert (query.text, query.context.split()[:3]) == ("and nursing?", ["are", "drugs", "included"])


def test_a_word_that_one_document_keeps_using_names_it(opened):
    said = "Florpanib is kept cold. Florpanib is given slowly. A nurse brings it."
    files = {
        "a.txt": f"K0010 Riding a sled\n\nUse\n{said}\n\nRisks\nCold feet.\n",
        "b.txt": "K0009 Crossing by boat\n\nUse\nIt is kept dry.\n\nRisks\nGetting wet.\n",
    }
    index = opened(files).index
    assert understand(index, "how is florpanib kept?", []).documents == ("a.txt",)
    assert understand(index, "how is it kept?", []).documents == ()


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("what does CPT 99601 cover?", ("99601",)),
        ("which equipment is in code 0042T", ("0042T",)),
        ("how long does a 99601 run?", ("99601",)),
        ("risks of 99601?", ("99601",)),
        ("room 99601, how long?", ()),
        ("is a dose of 10000 units of heparin normal?", ()),
        ("we live in 90210, who visits?", ()),
    ],
)
def test_a_code_of_another_system_that_is_called_one_is_unknown(assistant, question, unknown):
    assert understand(assistant.index, question, []).unknown == unknown


def test_a_code_that_the_document_meant_only_mentions_is_a_word_like_others(opened):
    text = "K0009 Crossing by boat\n\nUse\nPeople cross.\n\nBilling\nBill E0777 apart for a rented vest.\n\nRisks\nGetting wet.\n"
    index = opened({"boat.txt": text, "sled.txt": "K0010 Riding a sled\n\nUse\nPeople ride.\n\nRisks\nCold feet.\n"}).index
    query = understand(index, "K0009: is E0777 billed apart?", [])
    assert (query.codes, query.unknown, "E0777" in query.text) == (("K0009",), (), True)
    assert understand(index, "K0010: is E0777 billed apart?", []).unknown == ("E0777",)
    assert understand(index, "what is E0777?", []).unknown == ("E0777",)
    assert understand(index, "compare K0009 with E0777", []).unknown == ("E0777",)


def test_a_strength_beside_a_known_code_is_no_mistyped_code(assistant):
    assert understand(assistant.index, "Does S9357 include U100 insulin?", []).unknown == ()
    assert understand(assistant.index, "Does U100 insulin come with it?", []).unknown == ()


def test_an_unknown_code_after_a_known_one_is_not_answered_from_the_known_one(assistant):
    answer = assistant.ask("and S9999?", ["S9357 duration"])
    assert (answer.status, answer.reason, answer.quotes) == (Status.ABSTAINED, Reason.UNKNOWN_CODE, ())


@pytest.mark.parametrize("question", ["S9327", "S9327?", " s-9327 ", "HCPCS S9327"])
def test_a_bare_code_gives_the_title(assistant, question):
    [quote] = assistant.ask(question).quotes
    assert (quote.code, quote.section, quote.text) == ("S9327", "Title", quote.title)


@pytest.mark.parametrize("text", ["recovery", "enzyme replacement who gives it", "chemo pump restrictions"])
def test_a_few_key_words_are_no_case(assistant, text):
    assert understand(assistant.index, text, ()).kind is not Kind.SCENARIO


def test_a_code_with_a_blank_in_it_is_a_code_where_the_corpus_has_it(assistant):
    assert understand(assistant.index, "s 9357 risks", ()).codes == ("S9357",)


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("not S9330, how long does S9357 take?", ("S9357",)),
        ("I don't mean S9330 but S9357, what are the risks?", ("S9357",)),
        ("what are the risks of S9357, not S9330?", ("S9357",)),
        ("what does S9330 not include?", ("S9330",)),
        ("not S9330", ("S9330",)),
    ],
)
def test_a_code_that_is_ruled_out_is_not_asked_about(assistant, question, codes):
    assert understand(assistant.index, question, []).codes == codes


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Medicare Part B 2024: what are the risks of S9330?", ()),
        ("Can vitamin D 2000 IU be given during enzyme replacement therapy?", ()),
        ("what are the risks of chemotherapy in room B204?", ()),
        ("Do P450 inhibitors matter for chemotherapy?", ()),
        ("risks of code S 9331?", ("S9331",)),
        ("S9331 risks", ("S9331",)),
        ("S935 risks", ("S935",)),
    ],
)
def test_a_dose_a_year_or_a_room_is_no_unknown_code(assistant, question, unknown):
    assert understand(assistant.index, question, []).unknown == unknown


@pytest.mark.parametrize("reply", ["The enzyme one.", "enzyme replacement", "I mean the enzyme one", "S9357"])
def test_a_reply_to_a_question_back_only_names_what_was_meant(assistant, reply):
    answer = assistant.ask(reply, ["How long does the infusion take?"])
    assert {quote.section for quote in answer.quotes} == {"Duration"}
    assert {quote.code for quote in answer.quotes} == {"S9357"}


def test_a_question_of_its_own_is_no_reply_to_a_question_back(assistant):
    answer = assistant.ask("What is S9336 meant to achieve?", ["How long does the infusion take?"])
    assert {quote.section for quote in answer.quotes} == {"Purpose"}


def test_so_many_of_those_spoken_of_are_set_beside_each_other(assistant):
    history = ["Who is S9327 for?", "Who is S9338 for?", "And S9357?"]
    assert [name[:5] for name in understand(assistant.index, "which of the two takes longer?", history).documents] == ["S9338", "S9357"]
    assert len(understand(assistant.index, "which of those three need a pump?", history).documents) == 3
    assert len(understand(assistant.index, "which of those four need a pump?", history).documents) == 1
