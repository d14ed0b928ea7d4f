"""From a recipe to a network: backbone, data, trainer, export, calibration."""
