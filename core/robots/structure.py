"""Which parts of a good answer a ready text has: greeting, essence, what to do, ending; pure."""

from __future__ import annotations

import re
from typing import Final

from core.dialogs.lexicon import Phrases, words_of
from core.robots.fields import Choice

#: A shorter text is a remark, and nobody expects parts of it (words).
SHORT: Final = 12
#: So many words beside a greeting say something (words).
_SAYS: Final = 3
_SENTENCE: Final = re.compile(r"[.!?…\n]+")
_GREETINGS: Final = Phrases.read(
    "здравствуйте, добрый день, доброе утро, добрый вечер, доброго дня, приветствуем, приветствую, привет, уважаем*",
    "hello, hi, good morning, good afternoon, good evening, dear",
)
_DEEDS: Final = Phrases.read(
    "напишите, ответьте, пришлите, отправьте, нажмите, перейдите, откройте, позвоните, оплатите, дождитесь, подождите",
    "укажите, заполните, проверьте, сообщите, выберите, скачайте, приложите, свяжитесь, подтвердите, чтобы, нужно",
    "please, reply, write, send, click, open, go to, call, pay, wait, fill in, check, let us know, choose, download",
)
_ENDINGS: Final = Phrases.read(
    "с уважением, всего доброго, хорошего дня, до свидания, до встречи, спасибо за, благодарим, на связи, обращайтесь",
    "best regards, kind regards, sincerely, have a nice day, goodbye, thank you for, thanks for, we are here",
)


class Part(Choice):
    """The parts that the standard of templates asks for, in their order."""

    GREETING = "greeting", "приветствие", "a greeting"
    ESSENCE = "essence", "суть", "the essence"
    DEED = "deed", "что делать клиенту", "what the client is to do"
    ENDING = "ending", "завершение", "an ending"


def missing_parts(text: str) -> tuple[Part, ...]:
    """Return the parts that are not found in a text as the client reads it; a short text misses none."""
    if len(words_of(text)) < SHORT:
        return ()
    sentences = [words for part in _SENTENCE.split(text) if (words := words_of(part))]
    greets = any(_GREETINGS.at(sentences[0], 0))
    ends = [words for words in sentences[-2:] if _ENDINGS.has(words)]
    deeds = [words for words in sentences if words not in ends and _DEEDS.has(words)]
    rest = [words[2:] if greets and number == 0 else words for number, words in enumerate(sentences)]
    essence = any(len(words) >= _SAYS and words not in ends and words not in deeds for words in rest)
    found = {Part.GREETING: greets, Part.ESSENCE: essence, Part.DEED: bool(deeds), Part.ENDING: bool(ends)}
    return tuple(part for part, there in found.items() if not there)
