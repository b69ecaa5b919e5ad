"""What generated facades are made of: resources that are imported at first use, and the view of whole replies."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import unreadable


class Resource:
    """A resource of a client, made when it is first asked for."""

    __slots__ = ("attribute", "module", "name")

    def __init__(self, attribute: str, module: str, name: str) -> None:
        self.attribute = attribute
        self.module = module
        self.name = name

    def make(self, client: Any) -> Any:
        """Import the resource's class and bind it to a client; raise `LoyaltyError` where its file cannot be read."""
        try:
            module = import_module(self.module)
        except OSError as error:
            raise unreadable(error) from None
        return getattr(module, self.name)(client)

    def __get__(self, client: Any, owner: type[Any] | None = None) -> Any:
        if client is None:
            return getattr(
                import_module(self.module), self.name
            )  # for tools that look at classes, such as create_autospec
        made = client.__dict__[self.attribute] = self.make(client)  # the next use finds it there
        return made


class WithRawResponse:
    """The attribute `with_raw_response` of a client."""

    __slots__ = ()

    def __get__(self, client: Any, owner: type[Any] | None = None) -> Any:
        return self if client is None else RawView(client)


class RawView:
    """The resources of a client, with methods that return whole replies."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._caller = RawCaller(client)

    def __getattr__(self, name: str) -> Any:
        found = next((vars(cls)[name] for cls in type(self._client).__mro__ if name in vars(cls)), None)
        if not isinstance(found, Resource):
            raise AttributeError(f"{type(self._client).__name__} has no resource {name!r}")
        made = self.__dict__[name] = found.make(self._caller)
        return made

    def __repr__(self) -> str:
        return f"<with_raw_response of {self._client!r}>"


class RawCaller:
    """A client whose every door gives the whole reply."""

    __slots__ = ("call", "pages", "start")

    def __init__(self, client: Any) -> None:
        self.call = self.pages = self.start = client.call_raw
