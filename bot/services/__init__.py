"""What people do, one file each: a short transaction, a frozen result, rows for everything that happens later."""
