//! The kit: parts that more than one page is made of. Owns no data and calls no server function.
