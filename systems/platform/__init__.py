"""連携基盤: seven functions, one room each."""
