"""What a statement file says: encoding, table, format, numbers, months, lines, control totals."""
