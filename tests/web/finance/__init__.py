"""Web tests of finance."""
