"""What a policy is: layer shapes and one flat theta, with a PyTorch twin that is imported only where it acts."""

from itt.policies.activations import ACTIVATIONS
from itt.policies.architecture import Architecture, Layer, Theta, architecture, encoded_size
from itt.policies.latents import latents

__all__ = ["ACTIVATIONS", "Architecture", "Layer", "Theta", "architecture", "encoded_size", "latents"]
