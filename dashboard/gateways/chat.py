"""Placeholder until the chat gateway lands."""


class ChatWebhook:
    def __init__(self, url: str) -> None:
        self._url = url

    def say(self, text: str) -> None: ...
