"""From a judged file to rows: what differs, what may not be removed, and writing it down."""
