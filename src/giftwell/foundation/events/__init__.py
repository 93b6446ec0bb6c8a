"""Events: what happened, one append-only row per fact. Nouns: Event, DomainEvent, position. Verbs:
record, relay.

The rows are at once the outbox, the timelines, and what webhooks and the events API follow. `record`
writes one in the transaction of the fact itself; `relay` hands them on in commit order, at least once.
"""
