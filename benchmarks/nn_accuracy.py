"""How well LeNet-5 learns the 9,000 digits: coursekit and PyTorch, seed by seed, in one run.

    python -m benchmarks.nn_accuracy                    # five seeds, ten epochs: the table
    python -m benchmarks.nn_accuracy --seeds 1 --epochs 1

Both start from the same weights and see the same batches. In float64 they then end at the same
weights (tests/test_nn_training.py); in float32 their rounding parts them after some hundred
steps, and the two numbers of a row are two draws. One thread.
"""

import argparse
import platform
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from coursekit import data, nn

RESULT = Path(__file__).parent / "results" / "nn_accuracy.md"
BATCH_SIZE, LR, MOMENTUM, WEIGHT_DECAY = 32, 0.05, 0.9, 0.0005
RECIPES = {"digits as they are": None, "with shifts and turns": data.shift_and_rotate}


def schedule_of(epochs):
    n_batches = -(-len(DIGITS[0][1]) // BATCH_SIZE)
    return nn.cosine_decay(LR, epochs * n_batches)


def train_ours(seed, epochs, augment):
    """Validation accuracy of coursekit after training."""
    rng = np.random.default_rng(seed)
    model = nn.models.lenet5(rng=rng, dtype=np.float32)
    sgd = nn.SGD(model, LR, MOMENTUM, WEIGHT_DECAY)
    train, validation = DIGITS
    history = nn.fit(
        model,
        nn.CrossEntropyLoss(),
        sgd,
        train,
        validation=validation,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        schedule=schedule_of(epochs),
        augment=augment,
        rng=rng,
        progress=False,
    )
    return history.validation_accuracy[-1]


def train_torch(seed, epochs, augment):
    """The same recipe, written with torch alone but for the drawing of batches."""
    rng = np.random.default_rng(seed)
    model = torch_lenet5(nn.models.lenet5(rng=rng, dtype=np.float32))
    named = list(model.named_parameters())
    weights = [p for name, p in named if name.endswith("weight")]
    biases = [p for name, p in named if name.endswith("bias")]
    groups = [
        {"params": weights, "weight_decay": WEIGHT_DECAY},
        {"params": biases, "weight_decay": 0.0},
    ]
    sgd = torch.optim.SGD(groups, lr=LR, momentum=MOMENTUM)
    loss, schedule = torch.nn.CrossEntropyLoss(), schedule_of(epochs)
    (x, y), (x_validation, y_validation) = DIGITS
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            pictures = x[batch] if augment is None else augment(x[batch], rng=rng)
            for group in sgd.param_groups:
                group["lr"] = schedule(step)
            sgd.zero_grad()
            loss(model(torch.from_numpy(pictures)), torch.from_numpy(y[batch])).backward()
            sgd.step()
            step += 1
    with torch.no_grad():
        answers = model(torch.from_numpy(x_validation)).argmax(dim=1).numpy()
    return float((answers == y_validation).mean())


def torch_lenet5(ours):
    """torch.nn's LeNet-5 with the weights of ours."""
    t = torch.nn
    layers = [
        t.Conv2d(1, 6, 5, padding=2), t.ReLU(), t.MaxPool2d(2),
        t.Conv2d(6, 16, 5), t.ReLU(), t.MaxPool2d(2), t.Flatten(),
        t.Linear(400, 120), t.ReLU(), t.Linear(120, 84), t.ReLU(), t.Linear(84, 10),
    ]  # fmt: skip
    model = t.Sequential(*layers)
    weights = map(torch.from_numpy, nn.state_dict(ours).values())
    model.load_state_dict(dict(zip(model.state_dict(), weights, strict=True)))
    return model


def table(accuracies):
    """accuracies: recipe -> [(ours, torch) for each seed]. Returns the report."""
    lines = []
    for recipe, pairs in accuracies.items():
        lines += [f"## LeNet-5, {recipe}", "", "| seed | coursekit | PyTorch |", "|---|---|---|"]
        rows = [*enumerate(pairs), ("**median**", np.median(pairs, axis=0))]
        lines += [f"| {name} | {100 * a:.1f} % | {100 * b:.1f} % |" for name, (a, b) in rows]
        lines += [""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    accuracies = {}
    with threadpool_limits(1):
        for recipe, augment in RECIPES.items():
            accuracies[recipe] = []
            for seed in range(arguments.seeds):
                pair = [f(seed, arguments.epochs, augment) for f in (train_ours, train_torch)]
                accuracies[recipe].append(pair)
                print(
                    f"{recipe}, seed {seed}: coursekit {pair[0]:.3f}, PyTorch {pair[1]:.3f}",
                    flush=True,
                )
    report = (
        "# Accuracy of LeNet-5 on the course's digits\n"
        f"Written by `python -m benchmarks.nn_accuracy`: 9,000 digits to train, 1,000 to validate, "
        f"{arguments.epochs} epochs, batches of {BATCH_SIZE}, SGD with momentum {MOMENTUM}, weight "
        f"decay {WEIGHT_DECAY}, learning rate {LR} falling to 0 along a cosine, float32, 1 thread. "
        "Both start from the same weights and see the same batches. "
        f"torch {torch.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}.\n\n"
        f"{table(accuracies)}"
    )
    if (arguments.seeds, arguments.epochs) == (5, 10):
        RESULT.write_text(report, encoding="utf-8")
    print(report)


DIGITS = data.load_digits28()

if __name__ == "__main__":
    main()
