"""Pages for people: start, request log, reference. All are made by the server and work without JavaScript."""
