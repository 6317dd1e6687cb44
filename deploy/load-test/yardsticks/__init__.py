"""What compare measures, a module for each kind of yardstick."""
