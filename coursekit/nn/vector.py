"""A network as one function of one vector: what textbooks on optimisation, and scipy, work with."""

import numpy as np

from coursekit.nn.expect import expect


def parameters_to_vector(model):
    """All parameters of a model in a row, (n_parameters,), in the order of named_parameters."""
    return np.concatenate([m.params[key].ravel() for _, m, key in model.named_parameters()])


def vector_to_parameters(vector, model):
    """Write a vector (n_parameters,) back into the model's parameters."""
    sizes = [m.params[key].size for _, m, key in model.named_parameters()]
    expect("vector_to_parameters", vector, (sum(sizes),), "vector")
    parts = np.split(vector, np.cumsum(sizes)[:-1])
    for part, (_, module, key) in zip(parts, model.named_parameters(), strict=True):
        module.params[key] = part.reshape(module.params[key].shape).copy()


def objective(model, loss, x, y):
    """The function θ -> (loss, gradient) of the model on the data x, y; θ and gradient in a row.

    scipy.optimize.minimize(objective(…), parameters_to_vector(model), jac=True) trains with it.
    Each call leaves θ in the model.
    """

    def evaluate(theta):
        vector_to_parameters(theta, model)
        value = loss.forward(model.forward(x), y)
        model.backward_params(loss.backward())
        gradient = [m.grads[key].ravel() for _, m, key in model.named_parameters()]
        return value, np.concatenate(gradient)

    return evaluate
