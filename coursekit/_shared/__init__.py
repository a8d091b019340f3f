"""What several rooms need: imports nothing of coursekit."""
