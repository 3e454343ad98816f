"""What the portal itself says in chats, in Russian and English."""

from __future__ import annotations

_WORDS = {
    "session_started": ("Начат диалог №{session}", "Conversation #{session} started"),
    "session_ended": ("Диалог завершён", "Conversation closed"),
    "accepted": ("{user} начал(а) работу с диалогом", "{user} is now working with the conversation"),
    "to_user": ("{by} передал(а) диалог: {user}", "{by} transferred the conversation to {user}"),
    "to_queue": ("{by} вернул(а) диалог в очередь «{line}»", "{by} returned the conversation to the queue {line}"),
    "finished_by": ("{user} завершил(а) диалог", "{user} closed the conversation"),
    "spam_by": ("{user} отметил(а) диалог как спам", "{user} marked the conversation as spam"),
    "silent_on": ("{user} включил(а) скрытый режим", "{user} turned the silent mode on"),
    "silent_off": ("{user} выключил(а) скрытый режим", "{user} turned the silent mode off"),
    "lead_created": ("Создан лид: {title}", "Lead created: {title}"),
    "joined": ("{user} присоединился(ась) к чату", "{user} joined the chat"),
    "left": ("{user} покинул(а) чат", "{user} left the chat"),
    "renamed": ("{user} изменил(а) название чата на «{title}»", "{user} renamed the chat to {title}"),
    "alone": ("Кроме вас, в очереди никого нет", "There is nobody in the queue but you"),
    "not_sent": ("Сообщение не доставлено клиенту", "The message was not delivered to the client"),
    "sent_by_app": ("Отправлено автоматически", "Sent automatically"),
    "shift_over": ("Рабочий день оператора завершён, диалог в очереди", "Workday over, conversation is in the queue"),
    "like": ("[like] Хорошо", "[like] Good"),
    "dislike": ("[dislike] Плохо", "[dislike] Bad"),
    "deleted": ("Сообщение удалено", "The message was deleted"),
    "vacation": ("Отпуск", "Vacation"),
    "portal": ("Портал", "The portal"),
}


def say(lang: str, key: str, **values: object) -> str:
    ru, en = _WORDS[key]
    return (ru if lang == "ru" else en).format(**values)
