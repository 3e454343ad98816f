"""A Bitrix24 portal to play with and to test against: REST, OAuth, automation, open lines and a queue server."""
