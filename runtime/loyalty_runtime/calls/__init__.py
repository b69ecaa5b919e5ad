"""One call from arguments to reply: addresses, authentication, limits, attempts, failures."""
