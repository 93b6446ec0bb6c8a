"""Addresses on pages reached by a link: enough to recognise one's own, not enough to learn another's."""


def masked(address: str) -> str:
    """`m•••@example.com` for an e-mail address."""
    local, at, host = address.rpartition("@")
    return f"{local[:1]}•••{at}{host}"
