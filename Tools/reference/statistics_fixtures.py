"""Writes the reference for the evaluation's statistics.

Output: Tests/PrismEvaluationTests/Fixtures/statistics.json. Needs numpy and scipy in the versions of requirements.txt.

Bootstrap, two references for each case. `scipyLow` and `scipyHigh` are scipy.stats.bootstrap's percentile interval with
100,000 resamples of its own; they can only agree within Monte-Carlo error, for which `standardError` (scipy's) gives the
scale, and within `step`, the distance of two neighbouring means where scores are coarse. `low`, `high` and `pValue` draw
the very indices that the Swift code draws (SplitMix64: state mixed(seed + g), a draw mixed(state += g), index =
draw * n / 2^64) and so agree to rounding. Quantiles are numpy's default. The p-value is
2 * (1 + min(#<=0, #>=0)) / (resamples + 1), at least 2^(1 - pairs), at most 1.
McNemar: scipy's exact binomial test of b in b + c. Wilson: scipy's proportion_ci. Correlations and ranks: scipy.
Holm: not the step-down rule but what it is short for, Bonferroni's test of every subset of the family (closed testing).
ROC: rates at every distinct probability, counted threshold by threshold. Calibration: numpy.histogram over ten edges.
"""

import itertools
import json
from pathlib import Path

import numpy as np
from scipy import stats

OUTPUT = Path(__file__).resolve().parents[2] / "Tests/PrismEvaluationTests/Fixtures/statistics.json"
RESAMPLES = 2_000
GAMMA = np.uint64(0x9E3779B97F4A7C15)


def mixed(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Draws:
    """Indices in the order in which they are drawn."""

    def __init__(self, seed):
        with np.errstate(over="ignore"):
            self.state = mixed(np.array([seed], np.uint64) + GAMMA)

    def indices(self, shape, below):
        steps = np.arange(1, np.prod(shape) + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            draws = mixed(self.state + steps * GAMMA)
            self.state = self.state + steps[-1:] * GAMMA
        n, half = np.uint64(below), np.uint64(32)
        low = (draws & np.uint64(0xFFFFFFFF)) * n >> half
        return (((draws >> half) * n + low) >> half).astype(np.int64).reshape(shape)


def resampled(strata, seed):
    draws = Draws(seed)
    return sum(s[draws.indices((RESAMPLES, len(s)), len(s))].mean(1) for s in strata) / len(strata)


def interval(strata, seed):
    low, high = np.quantile(resampled(strata, seed), [0.025, 0.975])
    return {"low": low, "high": high, "seed": seed, "resamples": RESAMPLES}


def macro(*strata, axis):
    return sum(s.mean(axis=axis) for s in strata) / len(strata)


def scipy_interval(samples, statistic, **options):
    found = stats.bootstrap(samples, statistic, n_resamples=100_000, batch=1000, method="percentile",
                            rng=np.random.default_rng(11), vectorized=True, **options)  # fmt: skip
    return {"scipyLow": found.confidence_interval.low, "scipyHigh": found.confidence_interval.high,
            "standardError": found.standard_error}  # fmt: skip


def scores(rng):
    return {
        "accuracy": (rng.random(200) < 0.3).astype(float),
        "ratings of ten": rng.integers(2, 21, 10) / 2,
        "normal": rng.normal(3, 2, 57).round(3),
        "skewed": rng.lognormal(0, 1, 120).round(3),
        "two items": np.array([1.0, 4.0]),
    }


def means(rng):
    steps = {"accuracy": 1 / 200, "ratings of ten": 0.5 / 10, "two items": 1.5}
    return [
        {"name": name, "values": v, "step": steps.get(name, 0), "mean": v.mean(), **interval([v], seed),
         **scipy_interval((v,), lambda x, axis: x.mean(axis=axis))}
        for seed, (name, v) in enumerate(scores(rng).items())
    ]  # fmt: skip


def macro_means(rng):
    cases = []
    for seed, sizes in enumerate([(40, 12, 7), (25, 100), (30,)]):
        strata = [rng.normal(i, 1 + i, size).round(3) for i, size in enumerate(sizes)]
        cases.append({
            "categories": {f"c{i}": s for i, s in enumerate(strata)},
            "mean": np.mean([s.mean() for s in strata]), "step": 0,
            **interval(strata, seed + 100), **scipy_interval(tuple(strata), macro),
        })  # fmt: skip
    return cases


def differences(rng):
    base = (rng.random(150) < 0.5).astype(float)
    flipped = np.where(rng.random(150) < 0.2, 1 - base, base)
    ratings = rng.integers(2, 21, 30) / 2
    pairs = {
        "accuracy": (flipped, base), "clearly higher": (ratings + rng.normal(0.8, 1, 30).round(2), ratings),
        "unclear": (ratings + rng.normal(0.2, 1, 30).round(2), ratings), "equal": (ratings, ratings),
        "four pairs": (np.array([1.0, 2, 3, 4]), np.array([0.0, 1, 2, 5])),
    }  # fmt: skip
    steps = {"accuracy": 1 / 150, "four pairs": 0.5}
    cases = []
    for seed, (name, (x, y)) in enumerate(pairs.items()):
        d = resampled([x - y], seed + 200)
        share = (1 + min((d <= 0).sum(), (d >= 0).sum())) / (RESAMPLES + 1)
        case = {"name": name, "strategy": x, "base": y, "difference": x.mean() - y.mean(), "step": steps.get(name, 0),
                "pValue": min(1, max(2 * share, 2.0 ** (1 - len(x)))), **interval([x - y], seed + 200)}  # fmt: skip
        if name == "equal":
            case |= {"scipyLow": 0, "scipyHigh": 0, "standardError": 0}
        else:
            case |= scipy_interval((x, y), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis), paired=True)
        cases.append(case)
    return cases


def mcnemar():
    pairs = [(0, 0), (1, 0), (0, 5), (3, 3), (4, 5), (10, 2), (12, 30), (117, 80), (500, 500), (500, 501), (900, 1100),
             (7000, 7300), (50_000, 51_000), (400_000, 401_500), (30, 400)]  # fmt: skip
    return [{"b": b, "c": c, "pValue": stats.binomtest(b, b + c).pvalue if b + c else 1.0} for b, c in pairs]


def correlations(rng):
    x = rng.normal(size=15).round(2)
    shares, effects = rng.integers(0, 6, 15) / 5, rng.integers(-2, 3, 15) / 4
    pairs = {
        "normal": (x, (x + rng.normal(size=15)).round(2)), "many ties": (shares, effects),
        "falling": (x, -(x**3)), "two pairs": (np.array([1.0, 2]), np.array([5.0, 3])),
        "far from zero": (x + 1e9, x * 1e-7 + rng.normal(size=15) * 1e-8), "tiny": (x * 1e-200, (x + shares) * 1e-200),
    }  # fmt: skip
    return [
        {"name": name, "first": a, "second": b, "pearson": pearson(a, b),
         "spearman": stats.spearmanr(a, b).statistic, "ranks": stats.rankdata(a)}
        for name, (a, b) in pairs.items()
    ]  # fmt: skip


def pearson(a, b):
    """scipy's; values are first made of one size, exactly, so that no square underflows."""
    return stats.pearsonr(a * 2.0 ** -np.frexp(np.abs(a).max())[1], b * 2.0 ** -np.frexp(np.abs(b).max())[1]).statistic


def agreements(rng):
    cases = []
    for rows, noise in [(40, 0.2), (300, 0.05), (25, 0.9)]:
        first = rng.random(rows) < 0.4
        second = np.where(rng.random(rows) < noise, ~first, first)
        observed = (first == second).mean()
        chance = first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean())
        cases.append({"first": first, "second": second, "agreement": observed,
                      "kappa": (observed - chance) / (1 - chance)})  # fmt: skip
    return cases


def probabilities(rng):
    cases = []
    for rows, digits in [(60, 2), (200, 3), (30, 1)]:
        p = np.concatenate([rng.random(rows - 2).round(digits), [0, 1]])
        labels = rng.random(rows) < p
        points = []
        for threshold in np.unique(p)[::-1]:
            routed = p >= threshold
            points.append((threshold, routed[~labels].mean(), routed[labels].mean()))
        edges = np.arange(11) / 10
        counts = np.histogram(p, edges)[0]
        sums, hits = np.histogram(p, edges, weights=p)[0], np.histogram(p, edges, weights=labels.astype(float))[0]
        cases.append({
            "probabilities": p, "labels": labels, "roc": [list(point) for point in points], "binCounts": counts,
            "expectedError": np.abs(sums - hits).sum() / rows,
        })  # fmt: skip
    return cases


def holm(rng):
    cases = []
    for p in [rng.random(6).round(3) ** 3, np.array([0.01, 0.04, 0.03, 0.005]), np.array([0.02] * 3), np.array([0.2])]:
        adjusted = []
        for i in range(len(p)):
            others = [j for j in range(len(p)) if j != i]
            subsets = [(i, *more) for k in range(len(p)) for more in itertools.combinations(others, k)]
            adjusted.append(max(min(1.0, len(s) * min(p[list(s)])) for s in subsets))
        cases.append({"pValues": p, "adjusted": adjusted})
    return cases


def wilson():
    cases = [(0, 10), (10, 10), (1, 1), (3, 10), (50, 79), (9999, 14042), (0, 1)]
    return [
        {"successes": k, "count": n, "level": level, "low": found.low, "high": found.high}
        for (k, n), level in itertools.product(cases, [0.95, 0.8, 0.999])
        for found in [stats.binomtest(k, n).proportion_ci(level, method="wilson")]
    ]


def overall(rng):
    names = ["mt_bench/" + n for n in
             ["writing", "roleplay", "reasoning", "math", "coding", "extraction", "stem", "humanities"]]  # fmt: skip
    shares = ["mmlu/stem", "mmlu/humanities", "mmlu/social_sciences", "mmlu/other",
              "safety/harmbench", "safety/jailbreak", "safety/pku_saferlhf"]  # fmt: skip
    items = {name: rng.integers(2, 21, 10) / 2 for name in names}
    items |= {name: (rng.random(40) < 0.6).astype(float) for name in shares}
    strata = [v * (10 if name in names else 100) for name, v in items.items()]
    return {"scores": items, "mean": np.mean([s.mean() for s in strata]), "step": 0, **interval(strata, 300),
            **scipy_interval(tuple(strata), macro)}  # fmt: skip


def draws():
    return [{"seed": str(seed), "below": n, "indices": Draws(seed).indices((12,), n)}
            for seed, n in [(0, 10), (1, 1000), (2**64 - 1, 7), (42, 3_000_000_000)]]  # fmt: skip


def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item()


def main():
    rng = np.random.default_rng(4)
    content = {
        "draws": draws(), "means": means(rng), "macroMeans": macro_means(rng), "differences": differences(rng),
        "mcNemar": mcnemar(), "correlations": correlations(rng), "agreements": agreements(rng),
        "probabilities": probabilities(rng), "holm": holm(rng), "wilson": wilson(), "overall": overall(rng),
    }  # fmt: skip
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(key)}: {json.dumps(value, default=plain)}" for key, value in content.items()]
    OUTPUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
