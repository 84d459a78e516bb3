"""The cluster files of the documents hold what Ray accepts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import yaml


def test_the_cluster_for_a_cloud_is_valid(repo_root: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema comes with ray")
    ray = importlib.util.find_spec("ray")
    if ray is None or ray.origin is None:
        pytest.skip("ray (extra `ray`) is not installed")
    schema = json.loads((Path(ray.origin).parent / "autoscaler/ray-schema.json").read_text())
    cluster = yaml.safe_load((repo_root / "docs/clusters/aws.yaml").read_text())
    jsonschema.validate(cluster, schema)
    assert cluster["head_node_type"] in cluster["available_node_types"]


def test_both_machines_of_kuberay_run_one_image(repo_root: Path) -> None:
    job = yaml.safe_load((repo_root / "docs/clusters/kuberay.yaml").read_text())
    cluster = job["spec"]["rayClusterSpec"]
    templates = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    containers = [group["template"]["spec"]["containers"][0] for group in templates]
    assert len({one["image"] for one in containers}) == 1
