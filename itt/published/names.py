"""The paper's 15 environments (Table 6, Sec. 3): canonical names, in the order of Table 3, and their aliases."""

GYM = (
    "Swimmer-v2",
    "LunarLanderContinuous-v2",
    "Hopper-v2",
    "HalfCheetah-v2",
    "Walker2d-v2",
    "CartPole-v1",
    "MountainCar-v0",
    "Acrobot-v1",
    "MountainCarContinuous-v0",
    "InvertedPendulumBulletEnv-v0",
)
DMCS = {
    "DMCS:FishSwim": "fish-swim",
    "DMCS:Swimmer6": "swimmer-swimmer6",
    "DMCS:Swimmer15": "swimmer-swimmer15",
    "DMCS:HopperStand": "hopper-stand",
    "DMCS:WalkerWalk": "walker-walk",
}
ENVS: tuple[str, ...] = (*GYM, *DMCS.values())


def canonical(name: str) -> str:
    """The canonical name of an environment: `DMCS:FishSwim` becomes `fish-swim`, any other name stays as it is."""
    return DMCS.get(name, name)
