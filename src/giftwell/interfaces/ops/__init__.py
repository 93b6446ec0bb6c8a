"""Ops: for those who run the platform. Health, the outbox of the sandbox mailer, and the commands of the
business.

Commands live in `commands/`, one file each; the `giftwell` command finds them there.
"""
