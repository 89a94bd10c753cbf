"""測定: our pages beside a floor and a peer, in one run on the same rows; ratios, never bare milliseconds."""
