"""What was seen of an exchange with a portal, in words that a person reads."""

from __future__ import annotations

from typing import Final

from core.bitrix24.evidence import Evidence, Sign
from core.texts.text import Text

_WORDS: Final = {
    Sign.NO_ADDRESS: Text("у портала нет адреса в сети", "the portal has no address"),
    Sign.ADDRESS_FORBIDDEN: Text("по этому адресу звонить нельзя", "this address may not be called"),
    Sign.CONNECT_FAILED: Text("соединение не установлено", "the connection was refused"),
    Sign.CONNECT_TIMEOUT: Text("соединение устанавливалось слишком долго", "the connection took too long"),
    Sign.TLS_FAILED: Text("не удалось защищённое соединение", "no secure connection was made"),
    Sign.CERTIFICATE_EXPIRED: Text("срок сертификата портала истёк", "the portal's certificate has expired"),
    Sign.CERTIFICATE_OF_ANOTHER: Text(
        "сертификат выдан другому узлу", "the portal's certificate belongs to another host"
    ),
    Sign.CERTIFICATE_UNTRUSTED: Text("сертификату портала нет доверия", "the portal's certificate is not trusted"),
    Sign.NO_FREE_CONNECTION: Text("все соединения заняты", "all connections are busy"),
    Sign.SILENT_BEFORE: Text("портал только что не отвечал, не спрашиваем", "the portal was silent a moment ago"),
    Sign.NOT_REACHED: Text("до этого действия не дошло", "this was not reached"),
    Sign.READ_TIMEOUT: Text("ответа не дождались", "the answer took too long"),
    Sign.CONNECTION_LOST: Text("связь оборвалась", "the connection was lost"),
    Sign.PROTOCOL_BROKEN: Text("ответ оборвался на полуслове", "the answer broke off"),
    Sign.GIVEN_UP: Text("мы перестали ждать ответа", "the answer was no longer waited for"),
    Sign.DEADLINE: Text("ответ не закончился вовремя", "the answer did not end in time"),
    Sign.TOO_LARGE: Text("ответ слишком велик", "the answer was too large"),
    Sign.UNREADABLE_ENCODING: Text("ответ в неизвестной кодировке", "the answer was in an unknown encoding"),
    Sign.NOT_JSON: Text("вместо данных пришла страница", "a page came instead of data"),
    Sign.EMPTY: Text("ответ пуст", "the answer was empty"),
    Sign.WRONG_SHAPE: Text("ответ непонятного вида", "the answer had an unknown form"),
    Sign.SERVER_ERROR: Text("сбой на сервере портала", "the portal's server failed"),
    Sign.MISSING: Text("в ответе нет этой команды", "the answer lacked this command"),
    Sign.MOVED: Text("портал переехал на другой адрес", "the portal has another address now"),
    Sign.ERROR_CODE: Text("ошибка", "an error"),
    Sign.RESULT: Text("получен ответ", "an answer came"),
}


def evidence_words(evidence: Evidence) -> Text:
    """Say what was seen, with the code and the HTTP status that a support person asks for."""
    words = _WORDS[evidence.sign]
    if evidence.code:
        words = words + f" {evidence.code}"
    return words if evidence.status is None else words + f", HTTP {evidence.status}"
