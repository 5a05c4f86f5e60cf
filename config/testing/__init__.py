"""What tests of the compose stack share."""
