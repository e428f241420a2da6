"""A model that answers the way the generated text services expect it."""

import mlflow


class Echo(mlflow.pyfunc.PythonModel):
    """Repeat the prompt. Put the call to your language model here."""

    def predict(self, context, model_input, params=None):
        """Take prompt, max_tokens, temperature and top_p; return text and usage."""
        words = model_input["prompt"].split()[: model_input["max_tokens"]]
        return {
            "text": " ".join(words),
            "usage": {"prompt_tokens": len(words), "completion_tokens": len(words)},
        }


mlflow.models.set_model(Echo())
