"""Webhooks: whether a message is the vendor's, by the signature in its header, and what it holds."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

from .errors import ArgumentError, DecodeError, WebhookError
from .frozen import Frozen
from .secret import Secret, hidden
from .wire.jsonio import InvalidJSON, load_json

PayloadT = TypeVar("PayloadT")
# A text that never ends is taken to the end, so that the search stays linear.
_TOKEN_OR_SPACE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[ \t\r\n]++', re.DOTALL)


class Signature(Frozen):
    """An HMAC of the body in a header.

    `algorithm` is that of `hashlib`; `encoding` is how the header writes the bytes; `payload` says what is signed:
    the body as it came (`raw`), or without the spaces and line ends between its JSON tokens (`minified`).
    """

    header: str
    algorithm: Literal["sha1", "sha256", "sha512"]
    encoding: Literal["hex", "base64"]
    payload: Literal["raw", "minified"] = "raw"

    def verify(self, body: bytes, headers: Mapping[str, str], secret: str | Secret) -> bool:
        """Say whether the header signs the body's bytes as they were received; takes the same time wherever they differ.

        Raises `ArgumentError` for a body that is text already, and for an empty secret, which would let everybody sign.
        """
        secret = hidden({"secret": secret})["secret"]  # so that no frame of an error holds it in clear
        if not isinstance(body, bytes | bytearray | memoryview):
            raise ArgumentError("body is no bytes; give the bytes as they were received.", argument="body")
        if not isinstance(secret, Secret) or not secret:
            raise ArgumentError("secret is empty or no text; give the webhook's secret.", argument="secret")
        given = next((str(value) for name, value in headers.items() if name.lower() == self.header.lower()), "")
        signed = bytes(body) if self.payload == "raw" else minified(bytes(body))
        digest = hmac.new(secret.reveal().encode(), signed, self.algorithm)
        expected = digest.hexdigest().encode() if self.encoding == "hex" else base64.b64encode(digest.digest())
        sent = given.strip().encode("utf-8", "replace")
        return hmac.compare_digest(sent.lower() if self.encoding == "hex" else sent, expected)


class Webhook(Frozen, Generic[PayloadT], kw_only=True):
    """One webhook of a vendor: how it is signed and what its body holds."""

    vendor: str
    id: str
    signature: Signature
    decode: Callable[[Any], PayloadT]

    def read(self, body: bytes, headers: Mapping[str, str], secret: str | Secret) -> PayloadT:
        """Return what a signed body holds; raise `WebhookError` when its signature is missing or wrong, or it is something else."""
        secret = hidden({"secret": secret})["secret"]
        if not self.signature.verify(body, headers, secret):
            raise WebhookError(
                f"{self.vendor} {self.id}: {self.signature.header} does not sign this body.", signed=False
            )
        problem = ""
        try:
            return self.decode(load_json(bytes(body)))
        except InvalidJSON as error:
            problem = f"is not JSON ({error})"
        except DecodeError as error:
            problem = f"does not fit: {error.args[0]}"
        raise WebhookError(f"{self.vendor} {self.id}: the signed body {problem}.", signed=True)


def minified(body: bytes) -> bytes:
    """Return JSON without the spaces and line ends between its tokens; texts and numbers stay as they are written."""
    return _TOKEN_OR_SPACE.sub(lambda found: found[0] if found[0][:1] == b'"' else b"", body)
