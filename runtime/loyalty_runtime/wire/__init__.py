"""Values to bytes and back: encoding, decoding, bodies, headers."""
