"""Jobs: what happens without anybody waiting. The worker, the relay, the reactions to events, and the
schedule.

A job translates an event or a tick into one call of a verb, in the scope of the event's merchant. Every
job may run twice. Which event starts which job is the roof's business: `config/wiring.py`.
"""
