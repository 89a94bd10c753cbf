"""統一様式: what each paper asks, in the paper's order, and how one answer is judged."""
