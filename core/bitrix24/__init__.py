"""The REST API of Bitrix24 over HTTP: client, batcher, limits, OAuth, errors and wire formats; no database."""
