"""Audit: who did or tried what. Noun: AuditRow. Verb: note_refusal (what took effect is written by
events.record).

Rows are only ever added: the runtime role has no right to change one, and a trigger refuses everybody else.
"""
