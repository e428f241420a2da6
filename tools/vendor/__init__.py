"""Refresh what others made and the site ships: fonts and icons from npm packages."""
