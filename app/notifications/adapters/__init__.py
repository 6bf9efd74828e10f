"""What goes out of the room signed."""
