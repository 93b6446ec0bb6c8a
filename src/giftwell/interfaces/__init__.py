"""How anyone gets in: pages, REST, point of sale, jobs, commands, inbound webhooks. They never know each other."""
