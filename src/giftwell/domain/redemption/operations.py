"""What came of each operation that a key can name: the prefix of its public id. No Django here."""

RESOURCES: dict[str, str] = {
    "redeem": "red",
    "capture": "red",
    "authorize": "auth",
    "reauthorize": "auth",
    "void": "auth",
    "refund": "ref",
    "unlinked_refund": "ref",
    "load": "post",
}
