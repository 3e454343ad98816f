"""What we promised and what the vendor promises, held against what we do."""
