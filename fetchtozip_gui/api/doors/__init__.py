"""One module a documented API: it turns its document's words into ours and back."""
