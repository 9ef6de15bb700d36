"""What the window shows, as Qt objects without widgets; each can be tested without a window."""
