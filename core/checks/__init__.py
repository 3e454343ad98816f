"""Whether all is well: the same checks for `dezhurny doctor` and for the page that people of a portal see."""
