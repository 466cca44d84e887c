"""Owns whether Spark can run here, and a small session of it in local mode."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

OLDEST = 17  # the first Java that Spark 4 runs on
WANTED = "INFUSION_ASP_SPARK"
"""Where this is set in the environment, a test of Spark that can't run fails."""


def missing() -> str:
    """Why Spark can't run here; empty where it can."""
    for package in ("pyspark", "pandas", "pyarrow"):
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed (extra spark)"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    if java is None:
        return "there is no Java"
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    _, _, rest = done.stderr.partition('version "')
    version = rest.partition(".")[0].partition('"')[0]
    if not version.isdecimal() or int(version) < OLDEST:
        return f"Java {OLDEST} or later is needed"
    return ""


@contextmanager
def session() -> Iterator[Any]:
    """A Spark session of one core, without its web page."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[1]")
        .appName("infusion-asp tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()
