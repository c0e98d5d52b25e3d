"""What files hold: instances, schedules, results, as plain data with its rules; and what to know of an instance."""
