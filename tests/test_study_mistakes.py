"""A mistake in a study is told in one line: the file, the key as it stands there, and what is allowed."""

import pytest

from itt.errors import UserError
from itt.study import load, single

RUNS = "runs: [{envs: [CartPole-v1], methods: [itt], seeds: 2}]\n"


def block(**keys):
    keys = {"envs": "[CartPole-v1]", "methods": "[itt]", "seeds": "1"} | keys
    return "name: a\nruns: [{" + ", ".join(f"{key}: {value}" for key, value in keys.items() if value) + "}]\n"


def line(tmp_path, text):
    """What is said about a study file with that text, after the file's name."""
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as error:
        load(path)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


KEYS = "allowed here: name, iterations, sigma, eta, sigma_schedule, eta_schedule, directions, sampling, estimator, "

IN_THE_GRID = {
    "an unknown key": (
        "name: a\nfoo: 1\n" + RUNS,
        "foo: unknown key",
        "allowed here: name, defaults, methods, variants, envs",
    ),
    "no name": (RUNS, "name: is missing", ""),
    "a name that is no path": (
        "name: a/b\n" + RUNS,
        "name: must be letters, digits, and . _ - after the first, like",
        "not 'a/b'",
    ),
    "no runs": ("name: a\n", "runs: is missing", ""),
    "an empty grid": ("name: a\nruns: []\n", "runs: is empty", "at least one"),
    "no envs": (block(envs="[]"), "runs[0].envs: is empty", "at least one"),
    "an env without a list": (block(envs="Swimmer-v2"), "runs[0].envs: must be a list, like [Swimmer-v2]", "not 'Sw"),
    "no methods": (block(methods="[]"), "runs[0].methods: is empty", "at least one"),
    "no variants": (block(variants="[]"), "runs[0].variants: is empty", "at least one"),
    "an empty list of seeds": (block(seeds="[]"), "runs[0].seeds: at least one", ""),
    "zero seeds": (block(seeds="0"), "runs[0].seeds: at least 1, not 0", ""),
    "seeds left out": (block(seeds=""), "runs[0].seeds: is missing", ""),
    "a seed twice": (block(seeds="[1, 2, 1]"), "runs[0].seeds: 1 stands there twice", ""),
    "a negative seed": (block(seeds="[-1]"), "runs[0].seeds: from 0 to 2^32 - 1", "not -1"),
    "a seed that is too large": (block(seeds="[4294967296]"), "runs[0].seeds: from 0 to 2^32 - 1", "not 4294967296"),
    "a seed that is a word": (block(seeds="[1, one]"), "runs[0].seeds: a number, a range like 0-4, or a list", "'one'"),
    "half a seed": (block(seeds="2.5"), "runs[0].seeds: input should be a valid integer", "not 2.5"),
    "a truth value": (block(seeds="true"), "runs[0].seeds: true is not a value", ""),
    "a truth value among seeds": (block(seeds="[1, true]"), "runs[0].seeds: true is not a value", ""),
    "a range downwards": (block(seeds="4-0"), "runs[0].seeds: a range goes from the lower", "not 4-0"),
    "a range over a seed": (block(seeds="[0-4, 2]"), "runs[0].seeds: 2 stands there twice", ""),
    "half a range": (block(seeds="0-"), "runs[0].seeds: a number, a range like 0-4", "not '0-'"),
    "more seeds than anyone runs": (block(seeds="1000000000"), "runs[0].seeds: at most 100000", "1000000000"),
    "a range that long": (block(seeds="0-999999999"), "runs[0].seeds: at most 100000", "1000000000"),
    "the name of a rehearsal": ("name: a-rehearsal\n" + RUNS, "name: a-rehearsal: only rehearsals", "-rehearsal"),
    "an unknown method": (
        block(methods="[ttt]"),
        "runs[0].methods[0]: ",
        "'itt', 'iot', 'explicit' or 'sac', not 'ttt'",
    ),
    "an unknown variant": (block(variants="[lasy]"), "runs[0].variants: unknown variant 'lasy'", "vanilla, lazy"),
    "an env that is a number": (block(envs="[3]"), "runs[0].envs[0]: input should be a valid string", "not 3"),
    "an env that a shell would run": (
        block(envs="['$(touch x)']"),
        "runs[0].envs[0]: must be letters, digits, _, and . : / - after the first, like",
        "$(touch x)",
    ),
    "an env that is an option": (
        block(envs="[--help]"),
        "runs[0].envs[0]: must be letters, digits, _, and . : / - after the first, like",
        "not '--help'",
    ),
    "an env that leads elsewhere": (
        block(envs="['..']"),
        "runs[0].envs[0]: must be letters, digits, _, and . : / - after the first, like",
        "not '..'",
    ),
    "one run twice in a block": (
        block(envs="[fish-swim, 'DMCS:FishSwim']"),
        "runs[0]: ",
        "fish-swim/itt/vanilla/seed0",
    ),
    "one path with two specs": (
        "name: a\nruns:\n- {envs: [CartPole-v1], methods: [itt], seeds: 2}\n"
        "- {envs: [CartPole-v1], methods: [itt], seeds: [1], set: {algorithm: {sigma: 2}}}\n",
        "runs[1]: CartPole-v1/itt/vanilla has another algorithm.sigma here than in a block before",
        "",
    ),
    "no episodes": (
        "name: a\nevaluation: {episodes: 0}\n" + RUNS,
        "evaluation.episodes: ",
        "greater than or equal to 1",
    ),
}

IN_A_LAYER = {
    "a negative sigma": ("defaults: {algorithm: {sigma: -1}}", "defaults.algorithm.sigma: ", "greater than 0, not -1"),
    "a sigma that is no number": ("defaults: {algorithm: {sigma: .nan}}", "defaults.algorithm.sigma: ", "finite"),
    "a sigma that is a truth value": ("defaults: {algorithm: {sigma: true}}", "defaults.algorithm.sigma: true", ""),
    "no directions": (
        "envs: {CartPole-v1: {algorithm: {directions: 0}}}",
        "envs.CartPole-v1.algorithm.directions: ",
        "greater than or equal to 1, not 0",
    ),
    "too many directions": (
        "envs: {CartPole-v1: {methods: {itt: {algorithm: {directions: 2000000}}}}}",
        "envs.CartPole-v1.methods.itt.algorithm.directions: ",
        "less than or equal to 1000000",
    ),
    "an unknown key": (
        "defaults: {algorithm: {sigmma: 1}}",
        "defaults.algorithm.sigmma: unknown key, did you mean sigma?",
        KEYS,
    ),
    "a section without the name that says what it is": (
        "defaults: {algorithm: {optimiser: {decay: 0.5}}}",
        "defaults.algorithm.optimiser.name: is missing",
        "which settings are allowed beside it",
    ),
    "a section without a setting that has no default": (
        "defaults: {algorithm: {target: {rows: 3}}}",
        "defaults.algorithm.target.score: is missing",
        "",
    ),
    "a key of another optimiser": (
        "defaults: {algorithm: {optimiser: {name: adam, speed: 1}}}",
        "defaults.algorithm.optimiser.speed: unknown key",
        "allowed here: name, decay, square_decay, damping",
    ),
    "an unknown key that reads like a type": (
        "defaults: {candidates: {int: 1}}",
        "defaults.candidates.int: unknown key",
        "count, resample, subsample",
    ),
    "a key of another search": (
        "defaults: {search: {name: exact, rounds: 3}}",
        "defaults.search.rounds: unknown key",
        "allowed here: name",
    ),
    "an unknown search": (
        "defaults: {search: {name: foo}}",
        "defaults.search.name: must be one of",
        "'exact', 'dfo', 'srp'",
    ),
    "an unknown algorithm": ("defaults: {algorithm: {name: sac}}", "defaults.algorithm.name: ", "'es', not 'sac'"),
    "a run's name as a setting": ("defaults: {env: x}", "defaults.env: unknown key", "candidates, policy, search"),
    "a section that is a number": ("defaults: {algorithm: 5}", "defaults.algorithm: ", "mapping"),
    "a layer that is a list": ("defaults: [1]", "defaults: ", "mapping"),
    "a layer that is empty": ("variants: {x: }", "variants.x: ", "mapping, not None"),
    "a variant that is no path": (
        "variants: {a b: {}}",
        "variants.a b: must be letters, digits, and . _ - after the first, like",
        "",
    ),
    "an env twice": (
        "envs: {fish-swim: {}, 'DMCS:FishSwim': {}}",
        "envs.DMCS:FishSwim: stands there twice",
        "",
    ),
    "an unknown method": ("envs: {Hopper-v2: {methods: {ittt: {}}}}", "envs.Hopper-v2.methods.ittt: ", "'itt', 'iot'"),
    "hidden widths that do not fit": (
        "defaults: {policy: {state: {layers: 2, width: [3, 4]}}}",
        "defaults.policy.state.width: 2 layers have 1 hidden widths, not 2",
        "",
    ),
    "a hidden width that is a word": (
        "defaults: {policy: {state: {layers: 3, width: [3, x]}}}",
        "defaults.policy.state.width[1]: input should be a valid integer",
        "not 'x'",
    ),
    "a sub-sample of a pool that does not stand": (
        "defaults: {candidates: {subsample: 5}}",
        "defaults.candidates.subsample: needs resample: once",
        "",
    ),
    "a sub-sample larger than its pool": (
        "defaults: {candidates: {resample: once, count: 5, subsample: 6}}",
        "defaults.candidates.subsample: at most count (5), not 6",
        "",
    ),
}

IN_A_LAYER_THAT_NO_RUN_USES = {
    "an env's": ("envs: {Hopper-v2: {algorithm: {sigma: 0}}}", "envs.Hopper-v2.algorithm.sigma: ", "greater than 0"),
    "a method's": (
        "envs: {CartPole-v1: {methods: {iot: {algorithm: {sigma: 0}}}}}",
        "envs.CartPole-v1.methods.iot.algorithm.sigma: ",
        "greater than 0",
    ),
    "a variant's": ("variants: {x: {algorithm: {eta: 0}}}", "variants.x.algorithm.eta: ", "greater than 0"),
    "one for an unknown env": ("envs: {Hoper-v2: {}}", "envs.Hoper-v2: not an env of a run here", "Hopper-v2"),
}

IN_YAML = {
    "an open bracket": ("name: [a\n" + RUNS, "line 2, column 5: expected", ""),
    "a tab": ("name: a\nruns:\n\t- 1\n", "line 3, column 1: found character", ""),
    "a key twice": ("name: a\nname: b\n" + RUNS, "line 2, column 1: found duplicate key", '"name"'),
    "a key of a layer twice": ("name: a\ndefaults: {policy: {}, policy: {}}\n" + RUNS, "line 2, ", "duplicate key"),
    "code": ("name: !!python/object:os.system a\n" + RUNS, "line 1, column 7: could not determine a constructor", ""),
    "two documents": ("name: a\n---\nname: b\n", "line 2, column 1: ", "another document"),
    "a list": ("- 1\n", "a study is a mapping with the keys name, defaults", ""),
    "nothing": ("", "a study is a mapping with the keys name, defaults", ""),
    "bytes": (b"\xff\xfe\x00", "not a text file in UTF-8", ""),
}


@pytest.mark.parametrize(("text", "start", "allowed"), IN_THE_GRID.values(), ids=IN_THE_GRID)
def test_a_mistake_in_the_grid(tmp_path, text, start, allowed):
    message = line(tmp_path, text)
    assert message.startswith(start)
    assert allowed in message


@pytest.mark.parametrize(("layer", "start", "allowed"), IN_A_LAYER.values(), ids=IN_A_LAYER)
def test_a_mistake_in_a_layer(tmp_path, layer, start, allowed):
    message = line(tmp_path, f"name: a\n{layer}\n{RUNS}")
    assert message.startswith(start)
    assert allowed in message


@pytest.mark.parametrize(
    ("layer", "start", "allowed"), IN_A_LAYER_THAT_NO_RUN_USES.values(), ids=IN_A_LAYER_THAT_NO_RUN_USES
)
def test_a_mistake_in_a_layer_that_no_run_uses(tmp_path, layer, start, allowed):
    message = line(tmp_path, f"name: a\n{layer}\n{RUNS}")
    assert message.startswith(start)
    assert allowed in message


@pytest.mark.parametrize(("text", "start", "detail"), IN_YAML.values(), ids=IN_YAML)
def test_a_file_that_is_no_study(tmp_path, text, start, detail):
    message = line(tmp_path, text)
    assert message.startswith(start)
    assert detail in message


@pytest.mark.parametrize(
    ("keys", "start"),
    [
        ({"methods": "[iot]", "variants": "[lazy]"}, "variants.lazy.algorithm.lazy: needs method itt"),
        (
            {"envs": "[Hopper-v2]", "methods": "[explicit]", "variants": "[bootstrap]"},
            "variants.bootstrap.candidates.subsample: needs method itt or iot; explicit has no candidates",
        ),
        ({"envs": "[Hopper-v2]", "set": "{search: {name: dfo}}"}, "runs[0].set.search.name: dfo needs method iot"),
        ({"envs": "[Hopper-v2]", "set": "{search: {name: srp}}"}, "runs[0].set.search.name: srp needs candidates that"),
        (
            {"methods": "[iot]", "set": "{candidates: {resample: once}, search: {name: srp}}"},
            "runs[0].set.search.name: srp needs method itt",
        ),
        *(
            ({"envs": "[Hopper-v2]", "set": f"{{candidates: {{resample: once, count: 100}}, {settings}}}"}, start)
            for settings, start in [
                ("search: {name: srp, projections: 7}", "runs[0].set.search.projections: 2^m may not exceed |A*|, 100"),
                ("search: {name: srp}, policy: {selection: sample}", "runs[0].set.search.name: srp finds the best"),
                ("search: {name: srp}, policy: {kernel: angular}", "runs[0].set.search.name: srp needs policy.kernel"),
                (
                    "search: {name: srp, bound: sqrt_d, latents: plain}",
                    "runs[0].set.search.bound: sqrt_d needs a bounded action tower",
                ),
                (
                    "search: {name: srp, bound: sqrt_d}",
                    "runs[0].set.search.bound: sqrt_d bounds the action tower's own",
                ),
                ("search: {name: srp, mode: released, tables: 2}", "runs[0].set.search.mode: released is one hash"),
                (
                    "search: {name: srp, mode: released, min_candidates: 9}",
                    "runs[0].set.search.mode: released is one hash",
                ),
            ]
        ),
        (
            {"envs": "[fish-swim]", "methods": "[iot]", "set": "{search: {name: dfo}}"},
            "runs[0].set.search.name: dfo draws its own samples, so it needs candidates.resample: transition",
        ),
        ({"set": "{algorithm: {lazzy: {}}}"}, "runs[0].set.algorithm.lazzy: unknown key, did you mean lazy?"),
        *[
            ({"envs": "[Hopper-v2]", "variants": "[rft]", "methods": f"[{method}]", "set": f"{{{settings}}}"}, start)
            for method, settings, start in [
                ("iot", "", "variants.rft.search.name: rft needs method itt"),
                (
                    "itt",
                    "candidates: {resample: transition}",
                    "variants.rft.search.name: rft needs candidates that stand",
                ),
                ("itt", "candidates: {subsample: 9}", "variants.rft.search.name: rft needs candidates that stand"),
                ("itt", "policy: {selection: argmax}", "variants.rft.search.name: rft draws by Eq. 3, so it needs"),
                ("itt", "policy: {kernel: softmax}", "variants.rft.search.name: rft needs policy.kernel: dot, whose"),
                ("itt", "search: {features: 65536}", "runs[0].set.search.features: at most 16384 for 16384 candidates"),
            ]
        ],
    ],
)
def test_settings_that_do_not_go_together_are_blamed_on_the_layer_that_has_them(tmp_path, keys, start):
    assert line(tmp_path, block(**keys)).startswith(start)


def test_a_variant_that_is_right_only_together_with_its_env_is_right(tmp_path):
    path = tmp_path / "a.yaml"
    layers = "envs: {Hopper-v2: {candidates: {resample: once}}}\nvariants: {few: {candidates: {subsample: 9}}}\n"
    path.write_text(layers + block(envs="[Hopper-v2]", variants="[few]"))
    assert load(path).runs[0].candidates.subsample == 9


@pytest.mark.parametrize("name", ["no-such.yaml", "."])
def test_a_file_that_cannot_be_read(tmp_path, name):
    with pytest.raises(UserError, match="cannot be read") as error:
        load(tmp_path / name)
    assert str(error.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    ("override", "start"),
    [
        ("algorithm.iterations", "--set algorithm.iterations: write it as section.key=value"),
        ("=5", "--set =5: write it as section.key=value"),
        ("a..b=1", "--set a..b=1: write it as section.key=value"),
        ("algorithm.sigma=-1", "--set algorithm.sigma: input should be greater than 0, not -1"),
        ("algorithm.sigma=[", "--set algorithm.sigma=[: line 1, column 2"),
        ("algorithm.sigma=", "--set algorithm.sigma: input should be a valid number, not None"),
        ("algorithm.sgma=1", "--set algorithm.sgma: unknown key, did you mean sigma?"),
        ("algorithm.sigma.x=1", "--set algorithm.sigma: input should be a valid number"),
        ("iterations=5", "--set iterations: unknown key"),
        ("seed=3", "--set seed: unknown key"),
        ("engine=fast", "--set engine: input should be"),
    ],
)
def test_a_mistake_in_set(override, start):
    with pytest.raises(UserError) as error:
        single("CartPole-v1", "itt", overrides=[override])
    assert str(error.value).startswith(start)


@pytest.mark.parametrize(
    ("method", "override", "told"),
    [
        ("sac", "algorithm.hidden_sizes=256", "must be a list, like [256], not 256"),
        ("sac", "algorithm.hidden_sizes={a: 1}", "must be a list"),
        ("sac", "algorithm.hidden_sizes=null", "must be a list, not None"),
        ("sac", "algorithm.normaliser=none", "must be a mapping, like {name: none}, not 'none'"),
        ("sac", "algorithm.normaliser=off", "must be a mapping, like {name: frozen}, not 'off'"),
        ("sac", "algorithm.normaliser=[none]", "must be a mapping, like {name: frozen}"),
        ("itt", "search=dfo", "must be a mapping, like {name: dfo}, not 'dfo'"),
        ("itt", "policy=3", "must be a mapping, not 3"),
    ],
)
def test_a_value_for_a_list_or_a_section_is_told_with_an_example(method, override, told):
    with pytest.raises(UserError) as error:
        single("Pendulum-v1", method, overrides=[override])
    assert str(error.value) == f"--set {override.partition('=')[0]}: {told}"


MIXED = """
variants:
  wide: {{policy: {{width: 8}}}}
  deep: {{algorithm: {{hidden_sizes: [4]}}}}
  off: {{algorithm: {{eta: -1}}}}
runs: [{{envs: [Pendulum-v1], methods: [itt, sac], variants: [{}], seeds: 1, set: {{{}}}}}]
"""


@pytest.mark.parametrize(
    ("variant", "layer", "start", "end"),
    [
        (
            "wide",
            "",
            "variants.wide.policy: unknown",
            "method sac refuses this, itt takes it: put them into blocks apart",
        ),
        (
            "deep",
            "",
            "variants.deep.algorithm.hid",
            "method itt refuses this, sac takes it: put them into blocks apart",
        ),
        ("lazy", "", "runs[0].variants: unknown", "method sac refuses this, itt takes it: put them into blocks apart"),
        ("off", "", "variants.off.algorithm.eta: ", "greater than 0, not -1"),
        ("vanilla", "engine: compiled", "runs[0].set.engine: unknown", "it: put them into blocks apart"),
    ],
)
def test_what_one_of_a_blocks_algorithms_refuses_is_told_with_who_takes_it(tmp_path, variant, layer, start, end):
    told = line(tmp_path, "name: a" + MIXED.format(variant, layer))
    assert told.startswith(start)
    assert told.endswith(end)


def test_defaults_that_one_algorithm_refuses_belong_below_methods(tmp_path):
    told = line(tmp_path, "name: a\ndefaults: {engine: compiled}" + MIXED.format("vanilla", ""))
    assert told.startswith("defaults.engine: unknown key")
    assert told.endswith("method sac refuses this, itt takes it: settings of one method stand below `methods`")


@pytest.mark.parametrize(
    ("identity", "start"),
    [
        ({"method": "ittt"}, "method: must be one of itt, iot, explicit, sac, not ittt"),
        ({"variant": "lasy"}, "unknown variant 'lasy'; known are vanilla"),
        ({"seed": -1}, "seed: input should be greater than or equal to 0, not -1"),
        ({"seed": 2**32}, "seed: input should be less than 4294967296"),
        ({"method": "explicit", "variant": "lazy"}, "variants.lazy.algorithm.lazy: needs method itt"),
    ],
)
def test_a_mistake_in_a_run_by_hand(identity, start):
    with pytest.raises(UserError) as error:
        single(**({"env": "CartPole-v1", "method": "itt"} | identity))
    assert str(error.value).startswith(start)
