"""What the office does: a public function is one transaction, and nothing else writes. The caller commits."""
