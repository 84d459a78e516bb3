"""The cluster files of the documents hold what Ray accepts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from digitscope.api.settings import ApiSettings


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


def _check(manifest: dict[str, Any]) -> None:
    """Check a manifest against the schema of the newest Kubernetes that the package knows."""
    kubernetes = pytest.importorskip(
        "kubernetes_validate", reason="`pip install kubernetes-validate` brings the schemas"
    )
    kubernetes.validate(manifest, kubernetes.latest_version(), strict=True)


def test_pods_of_kuberay_are_valid(repo_root: Path) -> None:
    job = yaml.safe_load((repo_root / "docs/clusters/kuberay.yaml").read_text())
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        about = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ray"}}
        _check(about | {"spec": group["template"]["spec"]})


@pytest.fixture
def served(repo_root: Path) -> dict[str, Any]:
    """The manifests of the API by their kind."""
    text = (repo_root / "docs/clusters/api.yaml").read_text()
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def test_manifests_of_the_api_are_valid(served: dict[str, Any]) -> None:
    for manifest in served.values():
        _check(manifest)


def test_manifests_of_the_api_fit_each_other_and_the_image(
    served: dict[str, Any], repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = served["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"] == labels
    assert served["Service"]["spec"]["selector"] == labels
    assert served["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    target = served["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target["name"] == served["Deployment"]["metadata"]["name"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    (port,) = container["ports"]
    assert served["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    dockerfile = (repo_root / "Dockerfile").read_text()
    user = pod["securityContext"]["runAsUser"]
    assert f"USER {user}:" in dockerfile and f"EXPOSE {port['containerPort']}\n" in dockerfile
    for variable in container["env"]:
        monkeypatch.setenv(variable["name"], variable["value"])
    pause_s = int(
        "".join(filter(str.isdigit, container["lifecycle"]["preStop"]["exec"]["command"][-1]))
    )
    needed_s = pause_s + ApiSettings.from_environment().shutdown_timeout_s
    assert pod["terminationGracePeriodSeconds"] > needed_s
