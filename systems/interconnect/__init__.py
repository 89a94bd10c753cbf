"""中間サーバ: twelve functions, one room each; the wire format is ours."""
