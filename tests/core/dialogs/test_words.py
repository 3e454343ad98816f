"""How short messages are understood: what clients and operators really write."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialogs.lexicon import SHIPPED, Phrases
from core.dialogs.markup import said_plainly
from core.dialogs.words import (
    Meaning,
    confirms,
    is_courtesy,
    meaning_of,
    promise_in,
)

COURTESY = [
    # Russian
    "Спасибо",
    "спасибо!",
    "Спасибо!!!",
    "СПАСИБО",
    "Спасибо большое",
    "Большое спасибо!",
    "Огромное спасибо вам",
    "Хорошо, спасибо",
    "Хорошо, спасибо!",
    "Спасибо, хорошо",
    "Ок",
    "ок, спс",
    "Окей 👌",
    "Понял",
    "Поняла вас, спасибо",
    "Понял, принял",
    "Я понял, спасибо",
    "Понятно",
    "Всё понятно, спасибо",
    "Все ясно",
    "Благодарю",
    "Благодарю за помощь!",
    "Благодарю за оперативность",
    "Спасибо за быстрый ответ",
    "Спасибо большое за вашу помощь",
    "Спасибо за информацию",
    "Спасибо за документы",
    "Принято",
    "Принято, спасибо",
    "Договорились",
    "Отлично, спасибо",
    "Супер!",
    "Да, спасибо",
    "Да, хорошо, спасибо",
    "Ещё раз спасибо!",
    "И ещё раз спасибо",
    "Нет, спасибо",
    "Спасибо, вопросов нет",
    "Вопросов больше нет, спасибо",
    "Спасибо, хорошего дня!",
    "Всего доброго",
    "До свидания",
    "И вам хорошего дня",
    "Ладно",
    "ага, понял",
    "Очень приятно, спасибо",
    "Спасибо)",
    "Спасибо)))",
    "Спасибо :)",
    "спасибо 🙏🙏🙏",
    "🙏",
    "👍",
    "👍🏻",
    "🤝",
    "❤️",
    "👍👍 👌",
    ":)",
    ")))",
    "[b]Спасибо[/b]",
    "Спасибо[br]Хорошего дня",
    "Спасибо\nХорошего вечера",
    "Добрый день, спасибо!",
    "Мы поняли, спасибо",
    "Спасибо, так и сделаем",
    "Вопрос решён, спасибо",
    "Всё получили, спасибо",
    "Всё хорошо, спасибо",
    "Всё отлично!",
    "Всё работает, спасибо!",
    "С наступающим!",
    # English
    "Thanks",
    "Thanks!",
    "thank you",
    "Thank you so much!",
    "Thank you very much",
    "Many thanks",
    "thx",
    "ty",
    "Ok",
    "OK thanks",
    "okay, got it",
    "Got it, thanks",
    "Great, thank you",
    "Perfect!",
    "Sounds good",
    "Understood",
    "Noted, thanks",
    "No, thanks",
    "Thanks for your help",
    "Thanks for the quick reply",
    "Thank you for your support!",
    "Much appreciated",
    "Cheers 🍻",
    "Have a nice day!",
    "You too",
    "You’re the best",
    "That works, thanks",
    "All good, thank you",
    "Solved, thanks",
]

MESSAGES = [
    # Russian
    "Спасибо, а когда отчёт?",
    "Спасибо! А когда отчёт",
    "спасибо, когда будет отчет",
    "Спасибо, жду",
    "Хорошо, жду ответа",
    "Спасибо, но не работает",
    "Спасибо, ещё вопрос",
    "Спасибо, ещё один вопрос есть",
    "Спасибо!?",
    "Спасибо?",
    "Хорошо?",
    "Ок, а что дальше",
    "Ок, в 15:00",
    "Спасибо, 5 баллов",
    "Хорошо, завтра в 10",
    "Ок. Пришлите счёт",
    "Пришлите, пожалуйста, счёт",
    "Счёт, пожалуйста",
    "Документы, пожалуйста",
    "Пожалуйста",
    "Нет",
    "Да",
    "Не понял",
    "Непонятно",
    "Не работает",
    "Здравствуйте",
    "Добрый день",
    "Большое",
    "Всё",
    "Вам",
    "За помощь",
    "Как дела",
    "Алло",
    "Вы тут?",
    "??",
    "?",
    "👎",
    "😡",
    "😢",
    "❓",
    "Спасибо 😡",
    "спасибо((",
    "Спасибо :(",
    "Ну спасибо, конечно",
    "Спасибо, конечно, но вы не помогли",
    "Спасибо за ничего",
    "Спасибо, посмотрите ещё договор",
    "Отлично, тогда оформляйте заказ",
    "https://example.com",
    "Спасибо https://example.com/doc",
    "5",
    "5️⃣",
    "Спасибо вам большое за помощь спасибо вам большое ещё раз спасибо",
    "",
    "   ",
    ".",
    "Вопрос не решён",
    "Вопрос решён, но есть ещё один",
    "Ничего не получили",
    # English
    "Thanks, but it does not work",
    "Thanks, when will it be ready",
    "Thanks! When is it ready?",
    "Ok, waiting",
    "Ok, please send the invoice",
    "is it good",
    "Thanks, one more question",
    "Thanks, at 5 pm",
    "Not good",
    "no",
    "yes",
    "hello",
    "the",
    "for the help",
    "thanks for nothing",
]


@pytest.mark.parametrize("text", COURTESY)
def test_thanks_want_no_answer(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize("text", MESSAGES)
def test_everything_else_wants_one(text: str) -> None:
    assert not is_courtesy(text)


def test_a_file_is_a_message_whatever_stands_beside_it() -> None:
    assert not is_courtesy("Спасибо", has_files=True)


def test_names_of_people_in_the_dialog_may_stand_in_thanks() -> None:
    assert not is_courtesy("Спасибо, Анна!")
    assert is_courtesy("Спасибо, Анна!", names=["Анна Петрова"])
    assert is_courtesy("Алёна, спасибо", names=["Алена"])
    assert not is_courtesy("Анна", names=["Анна Петрова"])


def test_the_number_of_words_is_limited() -> None:
    long = "спасибо " * 9
    assert not is_courtesy(long)
    assert is_courtesy(long, most_words=9)


def test_an_administrators_own_list_replaces_ours() -> None:
    lexicon = SHIPPED.with_lists(gratitude="мерсибо, понял(а)\n👍\nот души")
    assert is_courtesy("Мерсибо!", lexicon=lexicon)
    assert is_courtesy("поняла", lexicon=lexicon)
    assert is_courtesy("От души большое", lexicon=lexicon)
    assert not is_courtesy("спасибо", lexicon=lexicon)
    assert SHIPPED.with_lists(gratitude="  \n") == SHIPPED


def test_a_question_word_that_opens_a_known_phrase_is_no_question() -> None:
    assert is_courtesy("Как скажете")
    assert is_courtesy("Как договорились, спасибо")


CONFIRMATIONS = [
    "Вопрос решён",
    "Да, вопрос решён, спасибо",
    "вопрос закрыт",
    "Всё получили",
    "Мы всё получили, благодарю",
    "Всё хорошо, спасибо",
    "Всё в порядке",
    "Спасибо, всё заработало!",
    "Проблема решена",
    "Разобрались, спасибо",
    "Документы дошли, всё получили",
    "Помогло, спасибо!",
    "Можно закрывать",
    "Подтверждаю",
    "Solved",
    "Solved, thanks",
    "That works",
    "It works now, thank you",
    "All good, thanks!",
    "Issue resolved",
    "You can close the ticket",
    "It’s fixed",
]
NO_CONFIRMATIONS = [
    "Спасибо",
    "Ок",
    "Вопрос не решён",
    "Вопрос решён?",
    "Вопрос ещё не решён",
    "Не помогло",
    "Ничего не помогло",
    "Вопрос решён, но есть ещё один",
    "Всё получили, только счёт не пришёл",
    "Вопрос решён не полностью",
    "Всё получили, кроме акта",
    "Всё хорошо :(",
    "Заработало частично",
    "Когда вопрос решён будет?",
    "Not solved",
    "It is not fixed",
    "Is it solved?",
    "It works, but slowly",
    "Solved, however one more thing",
    "It doesn’t work now",
    "",
    "👍",
]


@pytest.mark.parametrize("text", CONFIRMATIONS)
def test_a_client_confirms(text: str) -> None:
    assert confirms(text)


@pytest.mark.parametrize("text", NO_CONFIRMATIONS)
def test_a_client_does_not_confirm(text: str) -> None:
    assert not confirms(text)


ANSWERS = [
    ("Подскажите, вопрос решён?", "Да", True),
    ("Вопрос решён?", "да, спасибо", True),
    ("Получилось войти?", "Да", True),
    ("Удалось решить?\nПомогло?", "ага", True),
    ("Остались вопросы?", "Нет", True),
    ("Остались ли у вас вопросы? Остались вопросы?", "Нет, всё понятно", True),
    ("Чем ещё помочь?", "Больше нет", True),
    ("Did it help?", "Yes", True),
    ("Is it resolved?", "Yes, it is", True),
    ("Anything else?", "No", True),
    ("Вам удобно завтра?", "Да", False),
    ("Вопрос решён?", "Нет", False),
    ("Остались вопросы?", "Да", False),
    ("Вопрос решён.", "Да", False),
    ("", "Да", False),
    ("Anything else?", "Yes", False),
]


@pytest.mark.parametrize(("before", "text", "confirmed"), ANSWERS)
def test_yes_and_no_confirm_only_what_was_asked(before: str, text: str, confirmed: bool) -> None:
    assert confirms(text, before=before) is confirmed


PROMISES = [
    ("Уточню и вернусь с ответом", "уточню"),
    ("Сейчас проверю и напишу", "проверю"),
    ("Добрый день! Уточняю у коллег", "уточняю"),
    ("Мы вернёмся с ответом завтра", "вернемся с ответом"),
    ("Сообщу вам до вечера", "сообщу"),
    ("Пришлём счёт", "пришлем"),
    ("Сделаем до конца дня", "до конца дня"),
    ("Перезвоню через час", "перезвоню"),
    ("I'll check and let you know", "i'll check"),
    ("I’ll get back to you", "i'll get back"),
    ("We will let you know tomorrow", "we will let you know"),
    ("Let me check", "let me check"),
    ("Не переживайте, уточню", "уточню"),
]
NO_PROMISES = [
    "Не обещаю, что успеем",
    "Я не уточню",
    "Уточните, пожалуйста, ИНН",
    "Документы отправил",
    "Проверил, всё верно",
    "Добрый день!",
    "Спасибо за обращение",
    "Please let us know",
    "I checked it",
    "",
    "🤝",
]


@pytest.mark.parametrize(("text", "phrase"), PROMISES)
def test_an_operator_promises(text: str, phrase: str) -> None:
    assert promise_in(text) == phrase


@pytest.mark.parametrize("text", NO_PROMISES)
def test_an_operator_promises_nothing(text: str) -> None:
    assert promise_in(text) is None


def test_words_of_somebody_else_in_a_quotation_promise_nothing() -> None:
    line = "-" * 54
    quoted = f"{line}\nИван [24.11.2025 10:00]\nуточню и напишу\n{line}\nЗдравствуйте, мы работаем до 18"
    assert promise_in(quoted) is None
    assert promise_in("[quote]уточню[/quote] да, верно") is None
    assert promise_in(">> уточню\nда, верно") is None
    assert promise_in(f"{line}\nИван\nпочините\n{line}\nУточню") == "уточню"


def test_an_administrators_own_promises() -> None:
    lexicon = SHIPPED.with_lists(promises="займ*")
    assert promise_in("Займёмся этим", lexicon=lexicon) == "займ*"
    assert promise_in("Уточню", lexicon=lexicon) is None


MEANINGS = [
    ("Когда будет отчёт?", False, Meaning.QUESTION),
    ("когда будет отчет", False, Meaning.QUESTION),
    ("Подскажите статус заказа", False, Meaning.QUESTION),
    ("Спасибо!", False, Meaning.GRATITUDE),
    ("👍", False, Meaning.GRATITUDE),
    ("Вопрос решён, спасибо", False, Meaning.CONFIRMATION),
    ("5", False, Meaning.NUMBER),
    (" 1 250,50 ", False, Meaning.NUMBER),
    ("", True, Meaning.FILE),
    ("Вот акт", True, Meaning.OTHER),
    ("Нужен счёт", False, Meaning.OTHER),
    ("", False, Meaning.OTHER),
]


@pytest.mark.parametrize(("text", "has_files", "meaning"), MEANINGS)
def test_a_message_has_one_class(text: str, has_files: bool, meaning: Meaning) -> None:
    assert meaning_of(text, has_files=has_files) is meaning


def test_markup_and_entities_are_no_words() -> None:
    said = said_plainly("[b]Да[/b] [url=https://a.b]сюда[/url][br]&quot;x&quot;")
    assert said.split() == ["Да", "сюда", '"x"']
    assert said.count("\n") == 1


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    assert meaning_of(text) in Meaning
    assert promise_in(text) is None or promise_in(text)


@given(st.sampled_from(COURTESY), st.sampled_from(["?", " а когда отчёт", " 5", " жду", " не работает"]))
def test_thanks_with_anything_meaningful_are_a_message(thanks: str, more: str) -> None:
    assert not is_courtesy(thanks + more)


def test_lists_are_read_as_people_type_them() -> None:
    phrases = Phrases.read("Понял(а); Всё ясно,\n\n  —, 👍")
    assert set(phrases.all) == {("понял",), ("поняла",), ("все", "ясно")}


HOSTILE = [
    "[a=" * 7000,
    "[quote]" * 3000,
    "[/quote]" + "[quote" * 3000,
    "1" * 20000 + "x",
    "^_" * 10000,
    "&" * 20000,
    "👍" * 10000,
    "спасибо " * 2500,
    "-" * 20000,
    "(" * 20000,
    "уточню не " * 2000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_longest_message_is_judged_at_once(text: str) -> None:
    began = process_time()
    meaning_of(text, before=text)
    promise_in(text)
    assert process_time() - began < 0.5
