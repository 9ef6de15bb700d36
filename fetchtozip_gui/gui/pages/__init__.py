"""The window's pages and panes, a file each: strangers that share only the models they are given."""
