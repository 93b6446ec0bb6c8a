"""The platform's own desk: which merchants there are, how the jobs run, and the way to the outbox."""
