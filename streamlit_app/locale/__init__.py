"""The catalogues, one folder a language, and how their texts are collected."""
