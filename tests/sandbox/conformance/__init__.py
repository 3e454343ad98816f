"""Every rule of the platform that the portal keeps: one case each, named by the rule, with its source."""
