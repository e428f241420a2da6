"""The brand's pictures: icons for browsers and phones, and the ground of social cards."""
