"""Work that outlives the talk: ticket (values, moves), duplicates, opening."""
