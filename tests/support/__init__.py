"""What tests stand on: servers, processes, factories. No test in here."""
