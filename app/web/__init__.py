"""Faces: pages by audience. A face parses, calls one use-case, and answers."""
