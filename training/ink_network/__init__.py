"""The ink network: a small encoder-decoder that marks the handwritten digits of a photo.

It is trained on simulated photos only, where the true ink of every pixel is known. `pages` makes
one labelled photo, `data` stores many of them on disk, `model` builds the network, `train` fits it,
`export` writes ``models/ink.onnx`` and its card.
"""
