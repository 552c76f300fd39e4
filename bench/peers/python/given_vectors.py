"""Vectors that came with the requests, for memories that ask an embedder for them."""

import base64
from array import array
from collections import OrderedDict

# More than the texts of one request and of all requests under way together.
MAX_TEXTS = 2_048


class GivenVectors:
    def __init__(self):
        self._encoded: OrderedDict[str, str] = OrderedDict()

    def learn(self, text: str, encoded: str) -> None:
        """`encoded`: base64 of float32."""
        self._encoded[text] = encoded
        if len(self._encoded) > MAX_TEXTS:
            self._encoded.popitem(last=False)

    def embed(self, text: str) -> list[float]:
        """KeyError for a text that no request brought."""
        return array("f", base64.b64decode(self._encoded[text])).tolist()
