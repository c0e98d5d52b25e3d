"""What files hold: instances, schedules, results."""
