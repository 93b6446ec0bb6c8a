"""Messaging: what we tell people by mail. Nouns: Message, kind, OutboxMail. Verbs: queue_message,
send_message.

A message row is the log: what kind, to whom (masked), which subject, and what became of it. What a mail
says lies encrypted in it until it is sent and is cleared then, so the log never holds a link, a code or a
token.
"""
