"""What runs the engines side by side."""
