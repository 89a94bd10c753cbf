"""代役: the network, other municipalities and the 住基GW, honest or misbehaving, for trials and tests."""
