"""The kinds of messages there are, what each is filled with, and which of that must never be kept or shown.

A kind's words are `templates/messages/<kind>.mjml`, `.txt` and `.subject.txt`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message: `context` names everything its templates may use, `secret` the part that opens
    something.

    `qr` names the entry that is also drawn as a QR code, `colours` those that are turned into what mail
    clients know.
    """

    context: frozenset[str]
    secret: frozenset[str] = field(default=frozenset({"link"}))
    qr: str = ""
    colours: frozenset[str] = frozenset()


_GIFT = {"recipient_name", "sender_name", "message", "merchant_name", "amount", "link", "ground", "ink"}
_RECEIPT = {"buyer_name", "merchant_name", "order_number", "total", "lines", "link"}

KINDS: dict[str, Kind] = {
    "gift": Kind(frozenset(_GIFT), qr="link", colours=frozenset({"ground", "ink"})),
    # Each of `lines` has `product`, `recipient_name` (may be empty) and `amount`.
    "receipt": Kind(frozenset(_RECEIPT)),
    # A paid top-up that its card could not take any more.
    "order_returned": Kind(
        frozenset({"buyer_name", "merchant_name", "order_number", "last4", "total", "link"})
    ),
    "verify_email": Kind(frozenset({"name", "link"})),
    "reset_password": Kind(frozenset({"name", "link"})),
    "account_already_exists": Kind(frozenset({"link"})),
    # To both ends of a change of address; `text` says which end this is.
    "confirm_address": Kind(frozenset({"name", "text", "link"})),
    # An offer to work for a merchant; `places` (may be empty) says where.
    "invitation": Kind(frozenset({"merchant_name", "inviter", "role", "places", "link"})),
    # To the platform's own people: what needs their eyes.
    "platform_alert": Kind(frozenset({"headline", "text", "link"})),
    # What happened to somebody's own account, in words; `detail` (may be empty) says where or with what.
    "security_notice": Kind(frozenset({"name", "headline", "text", "detail", "link"})),
}
