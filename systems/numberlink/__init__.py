"""番号連携サーバ: the only place where a 個人番号 lives; six functions, one room each."""
