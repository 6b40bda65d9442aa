"""Reading what other systems know, at addresses that admins registered: nothing is ever changed."""
