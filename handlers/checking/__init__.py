"""The parts of the self-check: what is remembered, what is commanded, what is asked next, what is reported."""
