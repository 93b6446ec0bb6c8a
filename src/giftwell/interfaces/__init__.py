"""How anyone gets in: pages, REST, point of sale, jobs, commands, webhooks. They never know each other."""
