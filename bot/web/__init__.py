"""The web gateway: the chat contract over HTTP, and the page with the widget."""
