"""Why a key is refused, for those who must not import Django; the other reasons are beside `once`."""

from giftwell.kit.errors import Refused


class KeyReversed(Refused):
    """It was undone before it arrived: a reversal of its key came first."""

    code = "reversed"
    detail = "This request was reversed before it arrived, and takes no effect."
