"""Dext in Slack: what the app knows, decides and keeps."""
