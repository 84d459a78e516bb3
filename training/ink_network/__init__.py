"""The ink network: a small encoder-decoder that marks the handwritten digits of a photo.

It is taught on simulated photos alone, where the true ink is known pixel by pixel. `pages` makes
one labelled photo, `data` keeps many of them on disk, `model` builds the network, `train` fits it,
`export` writes ``models/ink.onnx`` and its card.
"""
