"""`dext-bot doctor`: everything that can be wrong in a set-up, looked at, each with what to do about it.

To add a check, write a function from `Setup` to a `Finding` in the file of its subject, and put it in a chain of
`bot.doctor.doctor`.
"""
