"""Files as they come from other people: right ones, hostile ones, and right ones with changes.

What reads them is measured in a child process (reader.py).
"""
