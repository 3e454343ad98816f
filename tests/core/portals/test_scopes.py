"""The rights the application asks for."""

from core.portals.scopes import SCOPES


def test_these_rights_and_no_others_are_asked_for() -> None:
    assert {scope.code for scope in SCOPES} == {
        *("imopenlines", "im", "crm", "task", "timeman", "user_brief"),
        *("department", "calendar", "bizproc", "placement", "lists"),
    }
    assert len(SCOPES) == 11


def test_each_has_a_name_and_a_reason_in_both_languages() -> None:
    for scope in SCOPES:
        for text in (scope.title, scope.reason):
            assert text.ru
            assert text.en
            assert text.ru != text.en or scope.code == "crm"
