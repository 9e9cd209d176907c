"""What a policy is: layer shapes and one flat theta, and where they act a PyTorch twin."""

from itt.policies.activations import ACTIVATIONS
from itt.policies.architecture import Architecture, Layer, Theta, architecture, architecture_of, encoded_size

__all__ = ["ACTIVATIONS", "Architecture", "Layer", "Theta", "architecture", "architecture_of", "encoded_size"]
