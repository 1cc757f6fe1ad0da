"""What a render costs, in ratios from one run."""
