"""The roof: settings, addresses, wiring and the command line. It knows everyone and is known by no one."""
