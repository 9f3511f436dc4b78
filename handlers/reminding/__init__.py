"""The parts of the reminders: when one is due, whom it goes to, what it says, what is answered to it."""
