"""What Slack and the browser ask of us, one file per feature: read the request, call one service, draw the answer."""
